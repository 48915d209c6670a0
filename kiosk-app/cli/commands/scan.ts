import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { problem } from '@motcua/contract';
import { systemClock, systemIds } from '@motcua/core';
import { claimDevice, openDocumentScanner } from '@motcua/device-drivers';
import { loadProfile } from '@motcua/firmware-config';
import type { Command } from 'commander';
import { exitStatus, finish, standardOutput as output, sayProblem } from '../output.ts';

export function addScan(program: Command): void {
  program
    .command('scan')
    .description('Scans pages into a folder, without the kiosk')
    .requiredOption('--device <uri>', 'sane:DEVICE or folder:/PATH')
    .option('-o, --output <folder>', 'where the pages go', '.')
    .option('--resolution <dpi>', 'dots per inch', '300')
    .option('--source <source>', 'flatbed or feeder', 'flatbed')
    .option('--json', 'print JSON')
    .action(
      async (options: {
        device: string;
        output: string;
        resolution: string;
        source: string;
        json?: boolean;
      }) => {
        const resolutionDpi = Number(options.resolution);
        const source = options.source;
        const valid = Number.isInteger(resolutionDpi) && resolutionDpi >= 75 && resolutionDpi <= 1_200;
        if (
          !valid ||
          (source !== 'flatbed' && source !== 'feeder') ||
          !/^(sane|folder):./.test(options.device)
        ) {
          output.fault(
            'motcua scan: --device sane:… or folder:/…, --resolution 75 to 1200, --source flatbed or feeder',
          );
          return finish(exitStatus.usage);
        }
        const profile = loadProfile(
          'scanners',
          options.device.startsWith('folder:') ? 'folder' : 'sane-test',
        );
        const claim = await claimDevice(options.device);
        if (!claim.ok) {
          sayProblem(output, problem(claim.error.code));
          return finish(exitStatus.no);
        }
        const scanner = openDocumentScanner(options.device, profile.ok ? { profile: profile.value } : {});
        const folder = resolve(options.output);
        mkdirSync(folder, { recursive: true });
        const ids = systemIds(systemClock);
        const abort = new AbortController();
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());
        const files: string[] = [];
        const request = {
          folder,
          nextName: () => ids.next(),
          resolutionDpi,
          colour: 'colour',
          source,
          signal: abort.signal,
        } as const;
        const result = await scanner.scan(request, async ({ file }) => {
          files.push(file);
          if (!options.json) output.line(file);
        });
        await scanner.close();
        if (!result.ok) sayProblem(output, problem(result.error.code));
        if (options.json) output.json({ files, problem: result.ok ? null : problem(result.error.code) });
        finish(result.ok ? exitStatus.ok : exitStatus.no);
      },
    );
}
