import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ExecError, exec, type Logger, ok } from '@motcua/core';
import { largestFormat, parseFormats } from '../camera/camera-formats.ts';
import type { CameraInput } from '../camera/camera-input.ts';
import type { Timers } from '../timers.ts';
import { isWholeImage } from './image-file.ts';
import { createLeftBehind } from './left-behind.ts';
import { codeOfFileError, type PageStore, type ScannerErrorCode } from './page-store.ts';
import { createScanTurns } from './scan-turns.ts';
import type { DocumentScanner, ScanRequest } from './scanner.ts';
import { startWatchdog } from './watchdog.ts';

export interface CameraDependencies {
  readonly pageTimeoutMs: number;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** The first frames are dark, green or blurred while exposure, white balance and focus settle. */
const SETTLING_FRAMES = 12;

/** A document camera: every scan is one still at its full resolution, taken by `ffmpeg` in a child of its own. */
export function openCameraScanner(
  uri: string,
  input: CameraInput,
  dependencies: CameraDependencies,
): DocumentScanner {
  const { logger, pageTimeoutMs, timers } = dependencies;
  const leftBehind = createLeftBehind(timers);

  const ffmpeg = async (args: readonly string[], signal: AbortSignal) =>
    leftBehind.endOf(
      exec('ffmpeg', ['-hide_banner', '-nostdin', ...args], { timeoutMs: pageTimeoutMs, signal }),
      signal,
    );

  const takeStill = async (store: PageStore, folder: string, signal: AbortSignal) => {
    // Listing ends with an error by design: there is no picture in it.
    const listed = input.listing && (await ffmpeg(input.listing, signal));
    if (input.listing && !listed) return 'scanner-timeout';
    const listing = listed?.ok
      ? listed.value.stderr
      : listed && 'stderr' in listed.error
        ? listed.error.stderr
        : '';
    const file = join(folder, 'still.png');
    const still = await ffmpeg(
      [
        '-loglevel',
        'error',
        ...input.arguments(largestFormat(parseFormats(listing))),
        '-vf',
        `select=gte(n\\,${SETTLING_FRAMES})`,
        '-frames:v',
        '1',
        file,
      ],
      signal,
    );
    if (still === null) return 'scanner-timeout';
    if (!still.ok) return codeOfCamera(still.error, input.isThere());
    // It ends well also when the camera stopped before the first settled frame.
    if (!(await isWholeImage(file))) return 'scanner-io';
    const kept = await store.keep(file, '.png');
    return kept.ok ? null : kept.error;
  };

  const run = async (request: ScanRequest, store: PageStore, signal: AbortSignal) => {
    if (leftBehind.isOne()) return 'scanner-busy';
    if (!input.isThere()) return 'scanner-absent';
    const stop = new AbortController();
    let failure: ScannerErrorCode | null = null;
    const fail = (code: ScannerErrorCode) => {
      failure ??= code;
      stop.abort();
    };
    const onCancel = () => fail('scanner-cancelled');
    signal.addEventListener('abort', onCancel, { once: true });
    const watchdog = startWatchdog(pageTimeoutMs, timers, () => fail('scanner-timeout'));
    let folder: string | undefined;
    try {
      folder = await mkdtemp(join(request.folder, '.scan-'));
      const end = await takeStill(store, folder, stop.signal);
      return failure ?? end;
    } catch (error) {
      const code = codeOfFileError(error);
      return code === 'scanner-lost' ? 'scanner-io' : code;
    } finally {
      watchdog.stop();
      signal.removeEventListener('abort', onCancel);
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    }
  };

  const turns = createScanTurns(async (request, store, signal) => {
    const failure = await run(request, store, signal);
    if (failure !== null) logger.warn({ code: failure }, 'scan failed');
    return failure;
  });

  return {
    uri,
    condition: async () => {
      if (leftBehind.isOne()) return 'failed';
      if (turns.isBusy()) return 'busy';
      return input.isThere() ? 'ready' : 'absent';
    },
    capabilities: async () =>
      ok([{ source: 'flatbed', colours: ['colour'], resolutions: null, largest: null }]),
    scan: turns.scan,
    close: turns.close,
  };
}

function codeOfCamera(error: ExecError, isThere: boolean): ScannerErrorCode {
  switch (error.code) {
    case 'exec-missing':
      return 'scanner-absent';
    case 'exec-timeout':
      return 'scanner-timeout';
    case 'exec-cancelled':
      return 'scanner-cancelled';
    case 'exec-output-too-long':
      return 'scanner-io';
    case 'exec-failed':
      if (/no space left|disk quota/i.test(error.stderr)) return 'scanner-disk-full';
      if (/device or resource busy/i.test(error.stderr)) return 'scanner-busy';
      if (/permission denied|operation not permitted/i.test(error.stderr)) return 'scanner-denied';
      return isThere && !/no such device/i.test(error.stderr) ? 'scanner-io' : 'scanner-lost';
  }
}
