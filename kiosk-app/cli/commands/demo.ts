import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { pageImages } from '../demo/page-images.ts';
import { type DemoReport, failedReport, runVisit } from '../demo/run-visit.ts';
import { optionsSwallowedByNpm } from '../npm-options.ts';
import { exitStatus, finish, standardOutput as output } from '../output.ts';

interface DemoCommandOptions {
  readonly pages?: string;
  readonly keep?: string;
  readonly json?: boolean;
}

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('A whole visit without a human: real service, real screen, simulated devices')
    .option('--pages <folder>', 'page images to scan instead of the specimens')
    .option('--keep <folder>', 'where ticket, dossier, PDFs and receipt are put')
    .option('--json', 'print one JSON object and nothing else on standard output')
    .allowExcessArguments()
    .action(async (given: DemoCommandOptions, command: Command) => {
      const swallowed = optionsSwallowedByNpm(process.env, command.args);
      if (!swallowed) {
        const fault = 'motcua demo: with npm, put -- in front: npm run demo -- --json --pages DIR --keep DIR';
        return usedWrongly(fault, given.json ?? process.env['npm_config_json'] === 'true');
      }
      const options = {
        json: given.json ?? swallowed.json,
        pages: given.pages ?? swallowed.folders.pages,
        keep: given.keep ?? swallowed.folders.keep,
      };
      const files = options.pages === undefined ? null : await pageImages(resolve(options.pages));
      if (files?.length === 0) {
        const fault = `motcua demo: ${options.pages} holds no page image (.jpg, .jpeg, .png, .tif, .tiff)`;
        return usedWrongly(fault, options.json);
      }
      const keep = options.keep ? resolve(options.keep) : await mkdtemp(join(tmpdir(), 'motcua-demo-'));
      const folder = await mkdtemp(join(tmpdir(), 'motcua-kiosk-'));
      const say = options.json ? output.fault : output.line;
      const stop = new AbortController();
      const steps: { name: string; ms: number }[] = [];
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
      try {
        const report = await runVisit({
          folder,
          keep,
          files,
          signal: stop.signal,
          onStep: (step) => {
            steps.push(step);
            say(`${String(step.ms).padStart(6)} ms  ${step.name}`);
          },
        });
        if (options.json) output.json(report);
        else describe(report);
        finish(report.accepted ? exitStatus.ok : exitStatus.no);
      } catch (error) {
        const problem = error instanceof Error ? error.message : 'failed';
        output.fault(`motcua demo: ${problem}`);
        if (options.json) output.json(failedReport(problem, steps));
        finish(exitStatus.no);
      } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    });
}

function usedWrongly(fault: string, json: boolean): void {
  output.fault(fault);
  if (json) output.json(failedReport(fault, []));
  finish(exitStatus.usage);
}

function describe(report: DemoReport): void {
  output.line(`number ${report.ticketNumber}, dossier ${report.dossierCode ?? 'not accepted'}`);
  for (const [name, path] of Object.entries(report.artefacts))
    if (path !== null) output.line(`  ${name}: ${[path].flat().join('\n        ')}`);
}
