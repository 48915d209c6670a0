import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { type DemoReport, type DemoStep, failedReport, sentenceOf } from '../demo/demo-report.ts';
import { onEndSignals } from '../demo/end-signals.ts';
import { lockFolder } from '../demo/lock-folder.ts';
import { PAGE_ENDINGS, pageImages } from '../demo/page-images.ts';
import { runVisit } from '../demo/run-visit.ts';
import { findBrokenOff, newVisit, saveIn, type VisitRecord } from '../demo/visit-record.ts';
import { folderOfCall, optionsSwallowedByNpm } from '../npm-options.ts';
import { exitStatus, finish, standardOutput as output } from '../output.ts';
import { makeFolder, makeUsableFolder } from '../usable-folder.ts';

interface DemoCommandOptions {
  readonly pages?: string;
  readonly keep?: string;
  readonly folder?: string;
  readonly fresh?: boolean;
  readonly json?: boolean;
}

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description(
      'A whole visit without a human: real service, real screen, simulated devices. A demo that was killed goes on with its visit when it is started again',
    )
    .option('--pages <folder>', 'page images to scan instead of the specimens')
    .option('--keep <folder>', 'where ticket, dossier, PDFs and receipt are put')
    .option('--folder <folder>', 'where kiosk and city have their data (default: var/demo-visit)')
    .option('--fresh', 'forget a visit that broke off')
    .option('--json', 'print one JSON object and nothing else on standard output')
    .addHelpText(
      'after',
      `
The data of kiosk and city stay in the folder until the next demo there begins. The city’s dossiers:
  sqlite3 var/demo-visit/city/gateway.sqlite 'SELECT id, code FROM dossiers WHERE receipt IS NOT NULL'`,
    )
    .allowExcessArguments()
    .action(async (given: DemoCommandOptions, command: Command) => {
      const swallowed = optionsSwallowedByNpm(process.env, command.args);
      if (!swallowed) {
        const fault = 'motcua demo: with npm, put -- in front: npm run demo -- --json --pages DIR --keep DIR';
        return usedWrongly(fault, given.json ?? process.env['npm_config_json'] === 'true');
      }
      const { folders } = swallowed;
      const json = given.json ?? swallowed.json;
      const at = (folder: string | undefined) => folder && resolve(folderOfCall(process.env), folder);
      const [pages, keep] = [at(given.pages ?? folders.pages), at(given.keep ?? folders.keep)];
      const files = pages === undefined ? null : await pageImages(pages);
      const problem =
        files?.length === 0
          ? `${pages} holds no page image (${PAGE_ENDINGS.join(', ')})`
          : keep && (await makeUsableFolder(keep, { option: '--keep' }));
      if (problem) return usedWrongly(`motcua demo: ${problem}`, json);
      await runDemo({
        files,
        keep,
        folder: at(given.folder ?? folders.folder),
        fresh: given.fresh ?? swallowed.fresh,
        json,
      });
    });
}

async function runDemo(options: {
  readonly files: readonly string[] | null;
  readonly keep: string | undefined;
  readonly folder: string | undefined;
  readonly fresh: boolean;
  readonly json: boolean;
}): Promise<void> {
  const say = options.json ? output.fault : output.line;
  const steps: DemoStep[] = [];
  const stop = new AbortController();
  onEndSignals(() => stop.abort());
  let save: ((record: VisitRecord) => Promise<void>) | null = null;
  let record: VisitRecord | null = null;
  const { folder, passing } = await visitFolder(options.folder);
  try {
    const broken = options.fresh ? null : await findBrokenOff(folder, options.files);
    if (broken) say(`a visit broke off in ${folder}: it goes on (--fresh forgets it)`);
    const keep = options.keep ?? broken?.keep ?? (await mkdtemp(join(tmpdir(), 'motcua-demo-')));
    // A temporary folder that the visit before the kill had may have gone since.
    await makeFolder(keep);
    record = broken ? { ...broken, keep, starts: broken.starts + 1 } : newVisit(options.files, keep);
    const saveThere = saveIn(folder);
    save = async (latest) => {
      record = latest;
      await saveThere(latest);
    };
    const report = await runVisit({
      folder,
      record,
      save,
      signal: stop.signal,
      onStep: (step) => {
        steps.push(step);
        say(`${String(step.ms).padStart(6)} ms  ${step.name}`);
      },
    });
    if (options.json) output.json({ ...report, folder: passing ? null : folder });
    else describe(report);
    finish(report.accepted ? exitStatus.ok : exitStatus.no);
  } catch (error) {
    const problem = sentenceOf(error);
    output.fault(`motcua demo: ${problem}`);
    if (options.json) output.json(failedReport(problem, steps, record ?? undefined));
    finish(exitStatus.no);
  } finally {
    // What was only interrupted goes on next time.
    if (record && !stop.signal.aborted) await save?.({ ...record, over: true }).catch(() => undefined);
    if (passing) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * The same folder each time, so that a demo that was killed is found again; one that passes with this run where another
 * demo is running there, or nothing may be written.
 */
async function visitFolder(given: string | undefined): Promise<{ folder: string; passing: boolean }> {
  const folder = given ?? join(process.cwd(), 'var', 'demo-visit');
  const free = await makeFolder(folder, 0o700).then(
    () => becomesFree(folder),
    () => false,
  );
  // Of a folder that was asked for, the start says what is wrong with it.
  if (free || given !== undefined) return { folder, passing: false };
  return { folder: await mkdtemp(join(tmpdir(), 'motcua-kiosk-')), passing: true };
}

const ENDING_MS = 5_000;

/** A demo whose npm was killed just now may still be putting its things in order. */
async function becomesFree(folder: string): Promise<boolean> {
  for (const limit = performance.now() + ENDING_MS; ; ) {
    const lock = await lockFolder(folder);
    await lock?.release();
    if (lock || performance.now() > limit) return lock !== null;
    await new Promise((done) => setTimeout(done, 100));
  }
}

function usedWrongly(fault: string, json: boolean): void {
  output.fault(fault);
  if (json) output.json(failedReport(fault, []));
  finish(exitStatus.usage);
}

function describe(report: DemoReport): void {
  for (const { file, problem } of report.pages) if (problem) output.line(`left out: ${file}: ${problem}`);
  output.line(`number ${report.ticketNumber}, dossier ${report.dossierCode ?? 'not accepted'}`);
  for (const [name, path] of Object.entries(report.artefacts))
    if (path !== null) output.line(`  ${name}: ${[path].flat().join('\n        ')}`);
}
