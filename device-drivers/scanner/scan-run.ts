import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Timers } from '../timers.ts';
import { codeOfFileError, type ScannerErrorCode } from './page-store.ts';
import type { ScanRequest } from './scanner.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

/** What one scan has at hand. */
export interface ScanRun {
  /** Its own, inside the request's; gone when it ends. */
  readonly folder: string;
  /** Aborted when it is cancelled, when it hangs and when `fail` is called. */
  readonly signal: AbortSignal;
  readonly watchdog: Watchdog;
  /** Ends it for this reason, unless another came first. */
  fail(code: ScannerErrorCode): void;
  /** What ended it from outside. */
  failure(): ScannerErrorCode | null;
}

/** One scan from its folder to its end: watched, cancelled by `signal`; faults of the file system become causes. */
export async function runScan(
  request: ScanRequest,
  signal: AbortSignal,
  limits: { readonly pageTimeoutMs: number; readonly timers: Timers },
  work: (run: ScanRun) => Promise<ScannerErrorCode | null>,
): Promise<ScannerErrorCode | null> {
  const stop = new AbortController();
  let failure: ScannerErrorCode | null = null;
  const fail = (code: ScannerErrorCode) => {
    failure ??= code;
    stop.abort();
  };
  const onCancel = () => fail('scanner-cancelled');
  signal.addEventListener('abort', onCancel, { once: true });
  if (signal.aborted) onCancel();
  const watchdog = startWatchdog(limits.pageTimeoutMs, limits.timers, () => fail('scanner-timeout'));
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(request.folder, '.scan-'));
    const end = await work({ folder, signal: stop.signal, watchdog, fail, failure: () => failure });
    return failure ?? end;
  } catch (error) {
    const code = codeOfFileError(error);
    // It is the request's folder that is gone, not the scanner.
    return failure ?? (code === 'scanner-lost' ? 'scanner-io' : code);
  } finally {
    watchdog.stop();
    signal.removeEventListener('abort', onCancel);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}
