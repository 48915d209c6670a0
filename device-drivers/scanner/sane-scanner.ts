import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type ExecError, err, type Logger, ok } from '@motcua/core';
import type { Timers } from '../timers.ts';
import { fitScan } from './fit-scan.ts';
import { isWholeImage } from './image-file.ts';
import { createLeftBehind } from './left-behind.ts';
import type { PageStore, ScannerErrorCode } from './page-store.ts';
import { argumentsFor, parseSaneOptions, type SaneOptions, saneCapabilities } from './sane-options.ts';
import { runScan, type ScanRun } from './scan-run.ts';
import { createScanTurns } from './scan-turns.ts';
import { codeOfScanimage, scanimageOf } from './scanimage.ts';
import type { DocumentScanner, ScannerCondition, ScanRequest } from './scanner.ts';

export interface SaneScannerDependencies {
  readonly pageTimeoutMs: number;
  readonly scanimageArguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** The whole pile; the watchdog ends it long before when pages stop coming. */
const PILE_TIMEOUT_MS = 3_600_000;
const PAGE_NAME = /^p\d{6,}\.png$/;

/**
 * A scanner of SANE. Pages are written by `scanimage` into a folder of this scan and moved out whole, one by one,
 * while the next is being scanned.
 */
export function openSaneScanner(
  uri: string,
  device: string,
  dependencies: SaneScannerDependencies,
): DocumentScanner {
  const { logger, timers } = dependencies;
  const scanimage = scanimageOf(device, dependencies.environment);
  let options: SaneOptions | undefined;
  const leftBehind = createLeftBehind(timers);

  const probe = async (signal?: AbortSignal): Promise<ScannerErrorCode | null> => {
    const listed = await scanimage.options(signal);
    if (!listed.ok) return codeOfScanimage(listed.error);
    options = parseSaneOptions(listed.value.stdout.toString('utf8'));
    return null;
  };

  const runBatch = async (
    request: ScanRequest,
    store: PageStore,
    { folder, signal, watchdog, fail, failure }: ScanRun,
  ): Promise<ScannerErrorCode | null> => {
    let taking: Promise<void> = Promise.resolve();
    const take = (file: string) => {
      taking = taking.then(async () => {
        // `scanimage` can report a page whose last bytes found no room on the disk.
        const kept = (await isWholeImage(file))
          ? await store.keep(file, '.png')
          : err('scanner-disk-full' as const);
        if (!kept.ok) fail(kept.error);
      });
      // Handled when the scan ends; until then it must not count as unhandled.
      taking.catch(() => fail('scanner-io'));
    };

    const running = scanimage.batch(batchArguments(request, folder), {
      signal,
      timeoutMs: PILE_TIMEOUT_MS,
      onStdout: lines((line) => {
        const name = basename(line);
        if (!PAGE_NAME.test(name)) return;
        watchdog.pageFinished();
        take(join(folder, name));
      }),
      onStderr: watchdog.signOfLife,
    });
    const ended = await leftBehind.endOf(running, signal);
    watchdog.stop();
    // The program can be through while its pages are still being taken: a cancellation counts until the last one.
    await taking;
    // Pages whose names were lost with the process are pages all the same.
    for (const file of await finishedPages(folder)) {
      const kept = await store.keep(file, '.png');
      if (!kept.ok) fail(kept.error);
    }
    if (failure() !== null) return failure();
    if (ended === null) return 'scanner-timeout';
    return ended.ok ? null : nameFailure(ended.error);
  };

  const batchArguments = (request: ScanRequest, folder: string) => {
    const offered = options ?? parseSaneOptions('');
    const scan = fitScan(request, saneCapabilities(offered));
    return [
      ...dependencies.scanimageArguments,
      ...argumentsFor(scan, request.size, offered, dependencies.scanimageArguments),
      '--format=png',
      `--batch=${folder}/p%06d.png`,
      ...(scan.onePage ? ['--batch-count=1'] : []),
      '--batch-print',
      '--progress',
    ];
  };

  const nameFailure = async (error: ExecError): Promise<ScannerErrorCode> => {
    const code = codeOfScanimage(error);
    logger.warn({ code, exitCode: error.code === 'exec-failed' ? error.exitCode : null }, 'scan failed');
    if (code !== 'scanner-io') return code;
    // An I/O error is also how an unplugged scanner shows; then it cannot be opened again.
    options = undefined;
    return (await probe()) === 'scanner-absent' ? 'scanner-lost' : code;
  };

  const turns = createScanTurns(async (request, store, signal) => {
    if (leftBehind.isOne()) return 'scanner-busy';
    if (!options) {
      const failure = await probe(signal);
      if (failure !== null) return failure;
    }
    return runScan(request, signal, dependencies, (run) => runBatch(request, store, run));
  });

  return {
    uri,
    condition: async (): Promise<ScannerCondition> => {
      if (leftBehind.isOne()) return 'failed';
      if (turns.isBusy()) return 'busy';
      const code = await probe();
      if (code === null) return 'ready';
      if (code === 'scanner-busy') return 'busy';
      return code === 'scanner-absent' ? 'absent' : 'failed';
    },
    capabilities: async () => {
      const failure = options || turns.isBusy() ? null : await probe();
      if (failure !== null) return err(failure);
      return options ? ok(saneCapabilities(options)) : err('scanner-busy');
    },
    scan: turns.scan,
    close: turns.close,
  };
}

/** Calls back for each whole line of a stream; a name is short, and what is not is no name. */
function lines(onLine: (line: string) => void): (chunk: Buffer) => void {
  let held = '';
  return (chunk) => {
    const parts = (held + chunk.toString('utf8')).split('\n');
    held = (parts.pop() ?? '').slice(-4_096);
    for (const part of parts) if (part.trim() !== '') onLine(part.trim());
  };
}

async function finishedPages(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => PAGE_NAME.test(name)).sort();
  const whole = await Promise.all(names.map(async (name) => await isWholeImage(join(folder, name))));
  return names.filter((_, index) => whole[index]).map((name) => join(folder, name));
}
