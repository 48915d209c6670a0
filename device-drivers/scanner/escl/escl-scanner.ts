import { join } from 'node:path';
import { err, type Logger, ok, type Result } from '@motcua/core';
import type { EsclAddress } from '../../device-uri.ts';
import { pause } from '../../pause.ts';
import type { Timers } from '../../timers.ts';
import { type FittedScan, fitScan } from '../fit-scan.ts';
import { isWholeImage, mediaTypeOf } from '../image-file.ts';
import type { PageStore, ScannerErrorCode } from '../page-store.ts';
import { runScan, type ScanRun } from '../scan-run.ts';
import { createScanTurns } from '../scan-turns.ts';
import type { DocumentScanner, ScannerCondition, ScanRequest } from '../scanner.ts';
import { commonCapabilities, type EsclCapabilities } from './capabilities.ts';
import { eSclDevice, RETRY_MS } from './escl-device.ts';
import { writeScanSettings } from './scan-settings.ts';
import { hindrance } from './status.ts';

export interface EsclScannerDependencies {
  readonly pageTimeoutMs: number;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** An answer to a question outside of a scan. */
const QUESTION_TIMEOUT_MS = 5_000;
/** A job that is being created when the scan is cancelled: its address is waited for, to delete it. */
const CREATION_GRACE_MS = 5_000;
/** How often a scanner that is busy is asked to begin. */
const BUSY_ATTEMPTS = 5;
/** How often one that has no page is asked again while it says nothing of a scan: some are asked too soon. */
const SOON_ATTEMPTS = 3;
/** The same behind a page, while it says that it still scans: some say so until the job is deleted. */
const LAST_ATTEMPTS = 10;
const ENDINGS = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/tiff': '.tif',
  'application/octet-stream': '.bin',
} as const;

/** What one scan needs at hand. */
interface Run extends ScanRun {
  readonly scan: FittedScan;
  readonly store: PageStore;
}

/** A network scanner that speaks eSCL (AirScan, Mopria). */
export function openEsclScanner(
  uri: string,
  address: EsclAddress,
  dependencies: EsclScannerDependencies,
): DocumentScanner {
  const { logger, timers } = dependencies;
  const device = eSclDevice(address.url, address.certificate, timers);
  let known: EsclCapabilities | undefined;

  const capabilities = async (signal: AbortSignal): Promise<Result<EsclCapabilities, ScannerErrorCode>> => {
    if (known) return ok(known);
    const asked = await device.capabilities(signal);
    if (asked.ok) known = asked.value;
    return asked.ok ? asked : err(asked.error === 'scanner-lost' ? 'scanner-absent' : asked.error);
  };

  /** A job, begun as soon as the scanner is free; its path. */
  const begin = async (
    { scan, signal, watchdog }: Run,
    settings: string,
  ): Promise<Result<string, ScannerErrorCode>> => {
    for (let attempt = 1; attempt <= BUSY_ATTEMPTS; attempt += 1) {
      if (attempt > 1) await pause(timers, RETRY_MS, signal);
      const status = await device.status(signal);
      // It may have been plugged out since its capabilities were read.
      if (!status.ok) return err(status.error === 'scanner-lost' ? 'scanner-absent' : status.error);
      watchdog.signOfLife();
      const cause = hindrance(status.value, scan.source);
      if (cause) return err(cause);
      if (scan.source !== 'flatbed' && status.value.adfState === 'ScannerAdfEmpty')
        return err('scanner-empty');
      if (status.value.state !== 'Idle') continue;
      const job = await create(settings, signal);
      if (!job.ok) return job;
      if (job.value !== null) return ok(job.value);
    }
    return err('scanner-busy');
  };

  /** Cancelling does not tear this request: nobody would know which job to delete. */
  const create = async (settings: string, signal: AbortSignal) => {
    const stop = new AbortController();
    let cancelGrace = () => {};
    const onAbort = () => {
      cancelGrace = timers.after(CREATION_GRACE_MS, () => stop.abort());
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) stop.abort();
    try {
      return await device.createJob(settings, stop.signal);
    } finally {
      signal.removeEventListener('abort', onAbort);
      cancelGrace();
    }
  };

  const fetchPages = async (run: Run, job: string): Promise<ScannerErrorCode | null> => {
    const { scan, store, folder, signal, watchdog } = run;
    let idle = 0;
    for (let request = 1; ; request += 1) {
      const file = join(folder, `p${request}.part`);
      const next = await device.nextDocument(job, file, { signal, onData: watchdog.signOfLife });
      if (!next.ok) return await whyLost(next.error, run);
      if (next.value.kind === 'page') {
        const failure = await takePage(file, store);
        if (failure !== null) return failure;
        if (scan.onePage) return null;
        watchdog.pageFinished();
        idle = 0;
        continue;
      }
      const end = await judge(run, job, next.value.kind, idle);
      if (end !== 'wait') return end;
      idle += next.value.kind === 'none' ? 1 : 0;
      await pause(timers, next.value.kind === 'wait' ? next.value.milliseconds : RETRY_MS, signal);
      if (signal.aborted) return 'scanner-timeout';
    }
  };

  /** No page came: whether to wait for one, or how the scan ended. `idle`: how often it has been asked in vain. */
  const judge = async (
    { scan, store, signal, watchdog }: Run,
    job: string,
    answer: 'wait' | 'none',
    idle: number,
  ): Promise<ScannerErrorCode | 'wait' | null> => {
    const asked = await device.status(signal);
    if (!asked.ok) return asked.error;
    const status = asked.value;
    const cause = hindrance(status, scan.source);
    if (cause) return cause;
    const own = status.jobs.find(({ path }) => path === job);
    const scanning =
      own?.state === 'Pending' ||
      own?.state === 'Processing' ||
      (own === undefined && status.state === 'Processing');
    if (scanning) watchdog.signOfLife();
    if (answer === 'wait') return 'wait';
    if (scanning && (store.kept() === 0 || idle < LAST_ATTEMPTS)) return 'wait';
    // Somebody pressed the button on the scanner.
    if (own?.state === 'Canceled') return 'scanner-cancelled';
    const isEmpty = status.adfState === 'ScannerAdfEmpty' || status.adfState === null;
    if (own?.state === 'Aborted') return store.kept() > 0 && isEmpty ? null : 'scanner-io';
    const mayFollow = store.kept() === 0 || (own?.imagesToTransfer ?? 0) > 0;
    if (mayFollow && idle < SOON_ATTEMPTS) return 'wait';
    if (store.kept() > 0) return null;
    return scan.source !== 'flatbed' && isEmpty ? 'scanner-empty' : 'scanner-io';
  };

  /** A page that could not be had: the scanner is gone, says why, or only this page is lost. */
  const whyLost = async (code: ScannerErrorCode, { scan, signal }: Run): Promise<ScannerErrorCode> => {
    if (code !== 'scanner-io' && code !== 'scanner-lost') return code;
    const status = await device.status(signal);
    return status.ok ? (hindrance(status.value, scan.source) ?? 'scanner-io') : status.error;
  };

  const scanWith = async (request: ScanRequest, store: PageStore, run: ScanRun) => {
    const offered = await capabilities(run.signal);
    if (!offered.ok) return offered.error;
    const whole: Run = { ...run, store, scan: fitScan(request, commonCapabilities(offered.value)) };
    const begun = await begin(whole, writeScanSettings(whole.scan, offered.value));
    if (!begun.ok) return begun.error;
    try {
      const end = await fetchPages(whole, begun.value);
      // Another model may stand there now, or it has another firmware.
      if (end !== null) known = undefined;
      return end;
    } finally {
      if (!(await device.deleteJob(begun.value)))
        logger.warn({ job: begun.value }, 'the scanner did not let its job be deleted');
    }
  };

  const turns = createScanTurns(async (request, store, signal) => {
    const failure = await runScan(request, signal, dependencies, (run) => scanWith(request, store, run));
    if (failure !== null) logger.warn({ code: failure }, 'scan failed');
    return failure;
  });

  const question = async <Value>(ask: (signal: AbortSignal) => Promise<Value>): Promise<Value> => {
    const stop = new AbortController();
    const cancel = timers.after(QUESTION_TIMEOUT_MS, () => stop.abort());
    return await ask(stop.signal).finally(cancel);
  };

  return {
    uri,
    condition: async (): Promise<ScannerCondition> => {
      if (turns.isBusy()) return 'busy';
      const status = await question(device.status);
      if (!status.ok)
        return status.error === 'scanner-lost' || status.error === 'scanner-absent' ? 'absent' : 'failed';
      switch (status.value.state) {
        case 'Idle':
          return 'ready';
        case 'Processing':
        case 'Testing':
          return 'busy';
        case 'Stopped':
        case 'Down':
          return 'failed';
      }
    },
    capabilities: async () => {
      const offered = await question(capabilities);
      return offered.ok ? ok(commonCapabilities(offered.value)) : offered;
    },
    scan: turns.scan,
    close: turns.close,
  };
}

async function takePage(file: string, store: PageStore): Promise<ScannerErrorCode | null> {
  // Cut short behind the scanner's back, or a page of words where an image was announced.
  if (!(await isWholeImage(file))) return 'scanner-io';
  const kept = await store.keep(file, ENDINGS[await mediaTypeOf(file)]);
  return kept.ok ? null : kept.error;
}
