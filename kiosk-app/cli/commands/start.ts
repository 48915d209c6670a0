import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createLogger } from '@motcua/core';
import { startShell } from '@motcua/shell';
import type { Command } from 'commander';
import { onEndSignals } from '../demo/end-signals.ts';
import { startDemo } from '../demo/start-demo.ts';
import { folderOfCall } from '../npm-options.ts';
import { exitStatus, finish, standardOutput as output } from '../output.ts';
import { runAppliance } from './start-appliance.ts';

interface StartOptions {
  readonly profile: string;
  readonly config?: string;
  readonly folder: string;
  readonly port: string;
  readonly fresh?: boolean;
  readonly shell: boolean;
  readonly scanner: string;
  readonly camera?: string;
}

export function addStart(program: Command): void {
  program
    .command('start')
    .description(
      'Runs the kiosk: as a demo with simulated devices, or as the appliance that a site file describes',
    )
    .option('--profile <name>', 'demo or appliance', 'demo')
    .option('--config <file>', 'site file of the appliance', '/etc/motcua/site.json')
    .option('--folder <folder>', 'where the demo keeps its data', join(process.cwd(), 'var', 'demo'))
    .option('--port <number>', 'port of the demo’s screen', '8740')
    .option('--fresh', 'forget what an earlier demo has kept')
    .option('--scanner <uri>', 'folder, or a SANE device such as sane:test:0', 'folder')
    .option('--camera <file>', 'no code reader, but a camera that sees this picture or film, over and over')
    .option('--no-shell', 'open no window, only print the address')
    .action(async (options: StartOptions) => {
      if (options.profile === 'appliance') return runAppliance(options.config ?? '/etc/motcua/site.json');
      const port = Number(options.port);
      const known = options.profile === 'demo' && Number.isInteger(port) && port >= 0 && port <= 65_535;
      if (!known || !/^(folder$|sane:)/.test(options.scanner)) {
        output.fault(
          'motcua start: --profile is demo or appliance, --port a port, --scanner folder or sane:…',
        );
        return finish(exitStatus.usage);
      }
      const camera = options.camera && resolve(folderOfCall(process.env), options.camera);
      if (camera !== undefined && !existsSync(camera)) {
        output.fault(`motcua start: ${camera} is not there`);
        return finish(exitStatus.usage);
      }
      await runDemo({ ...options, ...(camera && { camera }) }, port);
    });
}

async function runDemo(options: StartOptions, port: number): Promise<void> {
  const folder = resolve(options.folder);
  const began = performance.now();
  // From the first moment: who is told to end while it starts ends when it has.
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  onEndSignals(end);
  const demo = await startDemo({
    folder,
    fresh: options.fresh ?? false,
    port,
    scanner: options.scanner as 'folder',
    officer: true,
    dotsPerSecond: 1_200,
    ...(options.camera === undefined ? {} : { camera: options.camera }),
    chipReader: true,
  }).catch((error: unknown) => {
    output.fault(`motcua start: ${error instanceof Error ? error.message : 'the demo does not start'}`);
    finish(exitStatus.no);
    return null;
  });
  if (!demo) return;
  const logger = createLogger({ level: 'warn' });
  const shell = options.shell
    ? startShell({ origin: demo.origin, tokenFile: demo.tokenFile, profile: 'demo', logger })
    : null;
  output.line(
    `Một Cửa Kiosk: ready after ${((performance.now() - began) / 1_000).toFixed(1)} s at ${demo.origin}`,
  );
  output.line(`  data and logs: ${folder}`);
  if (demo.officer) {
    const { url, login, password, pin } = demo.officer;
    output.line(`  officer’s desk: ${url} as ${login}, password ${password}, PIN of the tokens ${pin}`);
  }
  if (!shell || shell.kind === 'address') {
    if (shell) output.line(`  no window: ${shell.reason}`);
    output.line(`  open this once, within a minute: ${await demo.launchUrl()}`);
    output.line('  press Enter for another such address, Ctrl-C to end');
    process.stdin.on(
      'data',
      () =>
        void demo.launchUrl().then(
          (url) => output.line(`  ${url}`),
          () => undefined,
        ),
    );
  } else output.line(`  window: ${shell.kind} (${shell.reason}); Ctrl-C ends everything`);

  if (shell && shell.kind !== 'address') void shell.done.then(end);
  await ended;
  output.line('ending …');
  await shell?.close();
  await demo.close();
  process.stdin.destroy();
}
