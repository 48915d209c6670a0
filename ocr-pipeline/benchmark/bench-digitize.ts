// `npm run bench:digitize [-- --pages DIR] [--clean DIR] [--runs N] [--json]`: the same pages through our command, with
// both engines, and through OCRmyPDF, as whole processes, one after the other in turns.
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { exec } from '@motcua/core';
import { inspectPage } from '../imaging/inspect-page.ts';
import { tesseractVersion } from '../recognition/tesseract-program.ts';
import { compareText } from './compare-text.ts';
import { type BenchInput, type Contender, contenders, writeInputPdf } from './contenders.ts';
import { measureProcess, type ProcessCost } from './measure-process.ts';
import { type Errors, judge, median, type Score } from './targets.ts';
import { measureVisit, SECONDS_A_PAGE, VISIT_PAGES } from './visit-latency.ts';

const RUN_TIMEOUT_MS = 3_600_000;
const IMAGE = /\.(jpe?g|png|tiff?)$/i;

const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: join(import.meta.dirname, '..', 'specimens', 'pages') },
    /** The pages are clean: then errors are measured against another target. */
    clean: { type: 'boolean', default: false },
    runs: { type: 'string', default: '3' },
    visit: { type: 'boolean', default: true },
    json: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

const say = (line: string) => process.stderr.write(`${line}\n`);
const work = await mkdtemp(join(tmpdir(), 'motcua-bench-'));
try {
  await run(resolve(values.pages), Math.min(20, Math.max(1, Number.parseInt(values.runs, 10) || 1)));
} finally {
  await rm(work, { recursive: true, force: true });
}

async function run(folder: string, runs: number): Promise<void> {
  const files = await readablePages(folder);
  if (files.length === 0) {
    say(`${folder}: no page image (JPEG, PNG, TIFF) that can be read`);
    process.exitCode = 2;
    return;
  }
  const input: BenchInput = { files, pdf: join(work, 'pages.pdf') };
  await writeInputPdf(files, input.pdf);
  const there = await installed();
  const costs = new Map<Contender, ProcessCost[]>(there.map((one) => [one, []]));
  // In turns, so that whatever else the machine does meets all of them.
  for (let round = 1; round <= runs; round += 1)
    for (const one of there) {
      const to = join(work, `${one.name}.pdf`);
      const cost = await measureProcess(one.program, one.args(input, to), { timeoutMs: RUN_TIMEOUT_MS });
      if (cost.exitCode !== 0) throw new Error(`${one.label} ended with status ${cost.exitCode}`);
      costs.get(one)?.push(cost);
      say(`run ${round}/${runs}  ${one.label}: ${cost.seconds.toFixed(1)} s`);
    }
  const scores = await Promise.all(there.map((one) => scoreOf(one, costs.get(one) ?? [], files)));
  const visits: Partial<Record<'native' | 'js', number>> = {};
  if (values.visit)
    for (const { name } of there) {
      if (name === 'ocrmypdf') continue;
      say(`a visit of ${VISIT_PAGES} pages, one each ${SECONDS_A_PAGE} s, engine ${name}`);
      const visitFolder = join(work, `visit-${name}`);
      await mkdir(visitFolder);
      visits[name] = await measureVisit(name, files, visitFolder);
    }
  const verdicts = judge(scores, values.clean ? 'clean' : 'damaged', visits);
  const facts = { pages: files.length, runs, cores: availableParallelism(), load: loadavg()[1] };
  if (values.json)
    process.stdout.write(`${JSON.stringify({ ...facts, scores, visits, verdicts }, null, 2)}\n`);
  else print(facts, scores, verdicts);
}

/** What none of them could read would only blur the comparison. */
async function readablePages(folder: string): Promise<readonly string[]> {
  if (!existsSync(folder)) return [];
  const found: string[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (!IMAGE.test(name)) continue;
    const facts = await inspectPage(join(folder, name));
    if (facts.ok) found.push(join(folder, name));
    else say(`left out: ${name} (${facts.error.code})`);
  }
  return found;
}

async function installed(): Promise<readonly Contender[]> {
  const native = await tesseractVersion();
  const rival = await exec('ocrmypdf', ['--version'], { timeoutMs: 60_000 });
  return contenders.filter(({ name, label }) => {
    const there = name === 'js' || (name === 'native' ? native.ok : rival.ok);
    if (!there) say(`left out: ${label} is not installed (sh installer/set-up.sh bench)`);
    return there;
  });
}

async function scoreOf(
  contender: Contender,
  costs: readonly ProcessCost[],
  files: readonly string[],
): Promise<Score> {
  const pdf = join(work, `${contender.name}.pdf`);
  const seconds = median(costs.map((cost) => cost.seconds));
  return {
    contender: contender.name,
    pagesPerSecond: files.length / seconds,
    cpuSecondsPerPage: median(costs.map((cost) => cost.cpuSeconds)) / files.length,
    bytesPerPage: (await stat(pdf)).size / files.length,
    peakMemory: median(costs.map((cost) => cost.peakMemory)),
    errors: await errorsOf(pdf, files),
  };
}

/** What `pdftotext` finds on each page of the result, against the text file beside the page's image. */
async function errorsOf(pdf: string, files: readonly string[]): Promise<Errors | null> {
  const all: Omit<Errors, 'pages'>[] = [];
  for (const [index, file] of files.entries()) {
    const truth = file.replace(IMAGE, '.txt');
    if (!existsSync(truth)) continue;
    const page = String(index + 1);
    const text = await exec('pdftotext', ['-enc', 'UTF-8', '-f', page, '-l', page, pdf, '-'], {
      timeoutMs: 60_000,
    });
    if (!text.ok) throw new Error(`pdftotext: ${text.error.code}`);
    all.push(compareText(await readFile(truth, 'utf8'), text.value.stdout.toString('utf8')));
  }
  if (all.length === 0) return null;
  const mean = (of: keyof (typeof all)[number]) => all.reduce((sum, one) => sum + one[of], 0) / all.length;
  return {
    pages: all.length,
    anyOrder: mean('anyOrder'),
    anyOrderWithoutDiacritics: mean('anyOrderWithoutDiacritics'),
    inOrder: mean('inOrder'),
    recall: mean('recall'),
  };
}

function print(
  facts: {
    readonly pages: number;
    readonly runs: number;
    readonly cores: number;
    readonly load: number | undefined;
  },
  scores: readonly Score[],
  verdicts: ReturnType<typeof judge>,
): void {
  const percent = (share: number | undefined) => (share === undefined ? '' : `${(share * 100).toFixed(2)} %`);
  const label = (name: Contender['name']) => contenders.find((one) => one.name === name)?.label ?? name;
  const load = facts.load === undefined ? '' : `, load ${facts.load.toFixed(1)}`;
  process.stdout.write(
    `${facts.pages} pages, medians of ${facts.runs} interleaved run(s), ${facts.cores} cores${load}\n\n`,
  );
  writeTable([
    ['', 'pages/s', 'CPU s/page', 'error', 'no diacritics', 'in order', 'words right', 'KB/page', 'peak MB'],
    ...scores.map((score) => [
      label(score.contender),
      score.pagesPerSecond.toFixed(3),
      score.cpuSecondsPerPage.toFixed(2),
      percent(score.errors?.anyOrder),
      percent(score.errors?.anyOrderWithoutDiacritics),
      percent(score.errors?.inOrder),
      percent(score.errors?.recall),
      (score.bytesPerPage / 1_000).toFixed(0),
      (score.peakMemory / 1e6).toFixed(0),
    ]),
  ]);
  process.stdout.write('\n');
  writeTable([
    ['', 'measured', 'target', ''],
    ...verdicts.map(({ what, measured, target, met }) => [what, measured, target, met ? 'met' : 'not met']),
  ]);
}

function writeTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join(' | ')} |\n`;
  const [head, ...body] = rows;
  process.stdout.write(line(head!));
  process.stdout.write(
    `|${widths.map((width, at) => `${'-'.repeat(width + 1)}${at === 0 ? '-' : ':'}`).join('|')}|\n`,
  );
  for (const row of body) process.stdout.write(line(row));
}
