import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { cleanScan, type Degradation, degradePage } from './degrade.ts';
import { type SpecimenPlan, specimenPlans } from './papers/index.ts';
import type { Paper } from './papers/paper.ts';
import { paperStyle } from './papers/style.ts';

/** CSS has 96 pixels to the inch; the picture is taken at 300. */
export const PICTURE_DPI = 300;

/**
 * Renders, reads and degrades every planned specimen into `folder`: `NN-name.jpg`, `.txt`, `.json`. `scan` takes the
 * place of what each plan says happened to its paper.
 */
export async function generateSpecimens(
  folder: string,
  only?: string,
  scan?: Degradation,
): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const plans = specimenPlans.filter(({ name }) => only === undefined || name.includes(only));
  if (only === undefined)
    for (const file of await readdir(folder)) if (/^\d\d-/.test(file)) await rm(join(folder, file));
  const browser = await openBrowser();
  try {
    const style = paperStyle();
    for (const plan of plans)
      await writeSpecimen(
        folder,
        { ...plan, degradation: scan ?? plan.degradation },
        await renderPaper(browser, await plan.paper(), style),
      );
  } finally {
    await browser.close();
  }
  return plans.map(({ name }) => name);
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--font-render-hinting=none'],
  });
}

export interface Rendered {
  readonly paper: Paper;
  readonly picture: Buffer;
  readonly text: string;
}

/** Fails when a text would be cut off. */
export async function renderPaper(browser: Browser, paper: Paper, style: string): Promise<Rendered> {
  const pixels = (millimetres: number) => Math.round((millimetres / 25.4) * 96);
  const viewport = { width: pixels(paper.width), height: pixels(paper.height) };
  const page = await browser.newPage({ viewport, deviceScaleFactor: PICTURE_DPI / 96 });
  try {
    const size = `width:${viewport.width}px;height:${viewport.height}px`;
    await page.setContent(
      `<!doctype html><html lang="vi"><style>${style}</style><body><div class="paper" style="${size}">${paper.html}</div></body></html>`,
    );
    await page.evaluate('document.fonts.ready');
    await page.addScriptTag({ path: join(import.meta.dirname, 'read-page.js') });
    const fault = await page.evaluate<string | null>('findOverflow()');
    if (fault !== null) throw new Error(`${paper.kind}: ${fault}`);
    const text = await page.evaluate<string>('readPage()');
    return { paper, text, picture: await page.screenshot() };
  } finally {
    await page.close();
  }
}

async function writeSpecimen(
  folder: string,
  plan: SpecimenPlan,
  { paper, picture, text }: Rendered,
): Promise<void> {
  const { kind, subject, prints } = paper;
  const fields = Object.fromEntries(prints.map((name) => [name, subject?.[name]]));
  const facts = { kind, fields, person: subject?.id ?? null, degradation: plan.degradation };
  await writeFile(
    join(folder, `${plan.name}.jpg`),
    await degradePage(picture, PICTURE_DPI, plan.degradation),
  );
  await writeFile(join(folder, `${plan.name}.txt`), text);
  await writeFile(join(folder, `${plan.name}.json`), `${JSON.stringify(facts, null, 2)}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values, positionals } = parseArgs({
    options: { clean: { type: 'string' } },
    allowPositionals: true,
  });
  const names = values.clean
    ? await generateSpecimens(values.clean, positionals[0], cleanScan)
    : await generateSpecimens(join(import.meta.dirname, 'pages'), positionals[0]);
  process.stdout.write(`${names.length} specimens\n`);
}
