import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { foldVietnamese } from '@motcua/core';
import { digitiseFiles } from '../../digitise-files.ts';
import { createDigitiser } from '../../digitiser.ts';
import type { Line } from '../../page.ts';
import { characterErrorRate, wordErrorRate } from '../../recognition/error-rate.ts';
import { generateHeldOut } from './generate.ts';
import { countChanges } from './word-changes.ts';

/**
 * `npm run bench:correction [-- --pages DIR]`: error rates before and after correction, with and without diacritics, and
 * how many words were changed rightly and wrongly. Without a folder: the held-out test pages (generated at the first
 * run) and the committed specimens.
 */
const CACHE = join(import.meta.dirname, '../../../.cache');
const TEST = { folder: join(CACHE, 'heldout-test'), count: 72, seed: 501 };
const SPECIMENS = join(import.meta.dirname, '../pages');

const measures = ['CER', 'CER plain', 'WER', 'WER plain'] as const;
type Row = { pages: number; right: number; wrong: number; still: number; before: number[]; after: number[] };

const { values } = parseArgs({ options: { pages: { type: 'string' } } });
if (values.pages === undefined && !existsSync(TEST.folder))
  await generateHeldOut(TEST.folder, TEST.count, TEST.seed);
for (const folder of values.pages === undefined ? [TEST.folder, SPECIMENS] : [values.pages])
  print(folder, await measure(folder));

async function measure(folder: string): Promise<ReadonlyMap<string, Row>> {
  const files = (await readdir(folder))
    .filter((file) => /\.(?:jpe?g|png|tiff?)$/i.test(file))
    .map((file) => join(folder, file))
    .filter((file) => existsSync(truthOf(file)))
    .sort();
  const work = await mkdtemp(join(tmpdir(), 'bench-correction-'));
  const digitiser = createDigitiser();
  const rows = new Map<string, Row>();
  try {
    for (const { file, page } of await digitiseFiles(digitiser, files, work)) {
      if (!page.ok) {
        process.stdout.write(`${basename(file)}: ${page.error.code}\n`);
        continue;
      }
      const truth = await readFile(truthOf(file), 'utf8');
      const before = page.value.lines.map(
        (line): Line => ({ words: line.words.map((word) => ({ ...word, text: word.read ?? word.text })) }),
      );
      const found = {
        ...countChanges(truth, page.value.lines),
        before: ratesOf(truth, textOf(before)),
        after: ratesOf(truth, page.value.text),
      };
      for (const name of [await conditionOf(file), 'all']) rows.set(name, add(rows.get(name), found));
    }
  } finally {
    await digitiser.close();
    await rm(work, { recursive: true });
  }
  return rows;
}

function add(row: Row | undefined, found: Omit<Row, 'pages'>): Row {
  const sum = (one: readonly number[], other: readonly number[]) =>
    one.map((value, at) => value + other[at]!);
  if (row === undefined) return { pages: 1, ...found };
  return {
    pages: row.pages + 1,
    right: row.right + found.right,
    wrong: row.wrong + found.wrong,
    still: row.still + found.still,
    before: sum(row.before, found.before),
    after: sum(row.after, found.after),
  };
}

/** In the order of `measures`. */
function ratesOf(truth: string, read: string): number[] {
  const [plainTruth, plainRead] = [foldVietnamese(truth), foldVietnamese(read)];
  return [
    characterErrorRate(truth, read),
    characterErrorRate(plainTruth, plainRead),
    wordErrorRate(truth, read),
    wordErrorRate(plainTruth, plainRead),
  ];
}

function textOf(lines: readonly Line[]): string {
  return lines.map((line) => line.words.map((word) => word.text).join(' ')).join('\n');
}

function truthOf(file: string): string {
  return file.replace(/\.[^.]+$/, '.txt');
}

/** What a held-out page is hard for; a page from elsewhere has no such file. */
async function conditionOf(file: string): Promise<string> {
  const facts = file.replace(/\.[^.]+$/, '.json');
  if (!existsSync(facts)) return 'pages';
  return (JSON.parse(await readFile(facts, 'utf8')) as { condition?: string }).condition ?? 'specimens';
}

function print(folder: string, rows: ReadonlyMap<string, Row>): void {
  process.stdout.write(
    `\n${folder}\n| pages | n | ${measures.join(' | ')} | right | wrong | still wrong |\n`,
  );
  process.stdout.write(`|---|--:|${measures.map(() => '--:').join('|')}|--:|--:|--:|\n`);
  for (const [name, row] of [...rows].sort(([a], [b]) => Number(a === 'all') - Number(b === 'all'))) {
    const percent = (sum: number) => ((100 * sum) / row.pages).toFixed(2);
    const rates = measures.map((_, at) => `${percent(row.before[at]!)} → ${percent(row.after[at]!)} %`);
    process.stdout.write(
      `| ${name} | ${row.pages} | ${rates.join(' | ')} | ${row.right} | ${row.wrong} | ${row.still} |\n`,
    );
  }
}
