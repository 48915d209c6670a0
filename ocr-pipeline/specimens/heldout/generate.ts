import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { degradePage } from '../degrade.ts';
import { openBrowser, PICTURE_DPI, renderPaper } from '../generate.ts';
import { a4, type Paper } from '../papers/paper.ts';
import { paperStyle } from '../papers/style.ts';
import { seededRandom } from '../random.ts';
import { type Condition, conditions, drawDegradation } from './conditions.ts';
import { application, declaration, receiptForm } from './forms.ts';
import { drawLook, extraFaces } from './look.ts';
import { authorisation, certificate, decision, letter, list, minutes } from './offices.ts';
import { drawFrom } from './people.ts';
import type { Scene } from './scene.ts';

/** Seeds below this are for tuning: their errors may be looked at. Pages of the others are for measuring only. */
export const FIRST_TEST_SEED = 500;

type Template = (scene: Scene) => string;
const forms: readonly Template[] = [application, declaration];
const papers: readonly Template[] = [certificate, decision, letter, list];
/** Papers of a wording that nobody tuned to. */
const testForms: readonly Template[] = [receiptForm];
const testPapers: readonly Template[] = [authorisation, minutes];

export interface HeldOutPage {
  readonly name: string;
  readonly condition: Condition;
  readonly template: string;
}

/** Writes `count` pages (`NNN-condition-template.jpg`, `.txt`, `.json`) that follow from `seed` alone. */
export async function generateHeldOut(
  folder: string,
  count: number,
  seed: number,
): Promise<readonly HeldOutPage[]> {
  await mkdir(folder, { recursive: true });
  const browser = await openBrowser();
  const style = paperStyle() + extraFaces();
  const pages: HeldOutPage[] = [];
  try {
    for (let at = 0; at < count; at += 1) pages.push(await writePage(browser, style, folder, seed, at));
  } finally {
    await browser.close();
  }
  return pages;
}

async function writePage(
  browser: Browser,
  style: string,
  folder: string,
  seed: number,
  at: number,
): Promise<HeldOutPage> {
  const condition = conditions[at % conditions.length]!;
  const { template, rendered } = await renderFitting(
    browser,
    style,
    seed * 10_007 + at,
    condition,
    seed >= FIRST_TEST_SEED,
  );
  const draw = drawFrom(seededRandom(seed * 10_007 + at + 5_000_000));
  const degradation = drawDegradation(draw, condition);
  const name = `${String(at + 1).padStart(3, '0')}-${condition}-${template}`;
  await writeFile(join(folder, `${name}.jpg`), await degradePage(rendered.picture, PICTURE_DPI, degradation));
  await writeFile(join(folder, `${name}.txt`), rendered.text);
  await writeFile(
    join(folder, `${name}.json`),
    `${JSON.stringify({ condition, template, seed, degradation }, null, 2)}\n`,
  );
  return { name, condition, template };
}

/** The same paper in smaller print until nothing is cut off. */
async function renderFitting(
  browser: Browser,
  style: string,
  seed: number,
  condition: Condition,
  test: boolean,
) {
  let fault: unknown;
  for (const shrink of [1, 0.92, 0.85, 0.78, 0.7]) {
    const draw = drawFrom(seededRandom(seed));
    const isForm = condition === 'form' || (condition === 'mixed' && draw.chance(0.5));
    const known = isForm ? forms : papers;
    const template = draw.one(test ? [...known, ...(isForm ? testForms : testPapers)] : known);
    const html = template({
      draw,
      stamped: condition === 'stamp' || (condition === 'mixed' && draw.chance(0.5)),
    });
    const paper: Paper = { kind: 'unknown', ...a4, html, subject: null, prints: [] };
    try {
      const rendered = await renderPaper(browser, paper, style + drawLook(draw, condition, shrink));
      return { template: template.name, rendered };
    } catch (error) {
      fault = error;
    }
  }
  throw fault;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '24' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string', default: '.cache/heldout' },
    },
  });
  const pages = await generateHeldOut(values.out, Number(values.count), Number(values.seed));
  process.stdout.write(`${pages.length} pages in ${values.out}\n`);
}
