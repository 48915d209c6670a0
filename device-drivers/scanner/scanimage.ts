import { type ExecError, type ExecOutput, exec, type Result } from '@motcua/core';
import { codeOfExecError } from './exec-error.ts';
import type { ScannerErrorCode } from './page-store.ts';

const LIST_TIMEOUT_MS = 20_000;
const OPTIONS_TIMEOUT_MS = 15_000;

/** `scanimage` of SANE, the one program that this driver runs. SIGINT lets it stop the scanner's motor and clean up. */
export interface Scanimage {
  /** Opens the device and prints its options (`-A`), without scanning. */
  options(signal?: AbortSignal): Promise<Result<ExecOutput, ExecError>>;
  batch(
    args: readonly string[],
    run: {
      readonly signal: AbortSignal;
      readonly timeoutMs: number;
      readonly onStdout: (chunk: Buffer) => void;
      readonly onStderr: (chunk: Buffer) => void;
    },
  ): Promise<Result<ExecOutput, ExecError>>;
}

export function scanimageOf(device: string, environment: Readonly<Record<string, string>>): Scanimage {
  const env = saneEnvironment(environment);
  return {
    options: (signal) =>
      exec('scanimage', [`--device-name=${device}`, '--format=png', '-A'], {
        env,
        timeoutMs: OPTIONS_TIMEOUT_MS,
        stopSignal: 'SIGINT',
        ...(signal ? { signal } : {}),
      }),
    batch: (args, run) =>
      exec('scanimage', [`--device-name=${device}`, ...args], {
        ...run,
        env,
        stopSignal: 'SIGINT',
        // Progress of a long pile of papers: about 2 KB a page.
        maxOutputBytes: 16_777_216,
      }),
  };
}

/** What `scanimage -L` finds, as device names; empty when there is no `scanimage` or it finds nothing in time. */
export async function listSaneDevices(
  environment: Readonly<Record<string, string>>,
): Promise<readonly { readonly device: string; readonly model: string }[]> {
  const listed = await exec('scanimage', ['-f', '%d\t%v %m%n'], {
    env: saneEnvironment(environment),
    timeoutMs: LIST_TIMEOUT_MS,
    stopSignal: 'SIGINT',
  });
  if (!listed.ok) return [];
  return listed.value.stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line.includes('\t'))
    .map((line) => {
      const [device = '', model = ''] = line.split('\t');
      return { device, model: model.trim() };
    });
}

/** English messages, because a failed opening shows only in the text. */
function saneEnvironment(environment: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...environment, LC_ALL: 'C.UTF-8' };
}

/** Exit status = SANE_Status (SANE standard 4.2.7), once the device was opened. */
const BY_STATUS: Readonly<Record<number, ScannerErrorCode>> = {
  2: 'scanner-cancelled',
  3: 'scanner-busy',
  6: 'scanner-jam',
  7: 'scanner-empty',
  8: 'scanner-cover-open',
  9: 'scanner-io',
  10: 'scanner-io',
  11: 'scanner-denied',
};

/** A failed opening exits with 1 and only says why: `open of device X failed: Invalid argument`. */
const BY_OPENING: readonly [RegExp, ScannerErrorCode][] = [
  [/device busy/i, 'scanner-busy'],
  [/access to resource has been denied/i, 'scanner-denied'],
  [/cover is open/i, 'scanner-cover-open'],
];

export const codeOfScanimage = (error: ExecError): ScannerErrorCode => codeOfExecError(error, codeOfExit);

function codeOfExit(exitCode: number | null, stderr: string): ScannerErrorCode {
  if (/libpng error: write error/i.test(stderr)) return 'scanner-disk-full';
  const opening = /open of device .* failed: (.*)/i.exec(stderr)?.[1];
  if (opening !== undefined)
    return BY_OPENING.find(([pattern]) => pattern.test(opening))?.[1] ?? 'scanner-absent';
  if (/no scanners were identified|no SANE devices found/i.test(stderr)) return 'scanner-absent';
  // Killed, or crashed in the scanner's own backend: the scan was lost, not the program's arguments wrong.
  if (exitCode === null || exitCode >= 128) return 'scanner-lost';
  return BY_STATUS[exitCode] ?? 'scanner-io';
}
