import { join } from 'node:path';
import { exec, type Logger, ok } from '@motcua/core';
import { largestFormat, parseFormats } from '../camera/camera-formats.ts';
import type { CameraInput } from '../camera/camera-input.ts';
import type { Timers } from '../timers.ts';
import { codeOfExecError } from './exec-error.ts';
import { isWholeImage } from './image-file.ts';
import { createLeftBehind } from './left-behind.ts';
import type { PageStore, ScannerErrorCode } from './page-store.ts';
import { runScan } from './scan-run.ts';
import { createScanTurns } from './scan-turns.ts';
import type { DocumentScanner } from './scanner.ts';

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
    if (!still.ok) return codeOfExecError(still.error, (_, stderr) => codeOfFfmpeg(stderr, input.isThere()));
    // It ends well also when the camera stopped before the first settled frame.
    if (!(await isWholeImage(file))) return 'scanner-io';
    const kept = await store.keep(file, '.png');
    return kept.ok ? null : kept.error;
  };

  const turns = createScanTurns(async (request, store, signal) => {
    const refusal = leftBehind.isOne() ? 'scanner-busy' : input.isThere() ? null : 'scanner-absent';
    const failure =
      refusal ??
      (await runScan(request, signal, dependencies, (run) => takeStill(store, run.folder, run.signal)));
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

function codeOfFfmpeg(stderr: string, isThere: boolean): ScannerErrorCode {
  if (/device or resource busy/i.test(stderr)) return 'scanner-busy';
  if (/permission denied|operation not permitted/i.test(stderr)) return 'scanner-denied';
  return isThere && !/no such device/i.test(stderr) ? 'scanner-io' : 'scanner-lost';
}
