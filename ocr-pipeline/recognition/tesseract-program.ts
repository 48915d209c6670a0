import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExecError, err, exec, ok, type Result, unreachable } from '@motcua/core';
import { ENGINE_PARAMETERS, type EngineError } from './engine.ts';

/** The external program `tesseract`, version 4 or later: everything that this project asks of it is in this file. */
const PROGRAM = 'tesseract';
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
const VERSION_TIMEOUT_MS = 10_000;

export interface TesseractRun {
  /** A TIFF picture. The program takes what is none for a list of files to open, so nothing else may reach it. */
  readonly tiff: Uint8Array;
  /** Holds `vie.traineddata`. */
  readonly dataFolder: string;
  readonly layout: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** For tests: another program that answers in its place. */
  readonly program?: string;
}

/** Its installed version, such as `5.3.0`; `engine-missing` when it is not there or too old for LSTM models. */
export async function tesseractVersion(program: string = PROGRAM): Promise<Result<string, EngineError>> {
  const run = await exec(program, ['--version'], { timeoutMs: VERSION_TIMEOUT_MS, env: environment() });
  // Version 3 said it on standard error.
  const version = run.ok
    ? /^tesseract v?(\d+\.[\w.-]{1,30})/.exec(run.value.stdout.toString('latin1'))
    : null;
  if (!version?.[1] || Number.parseInt(version[1], 10) < 4) return err({ code: 'engine-missing' });
  return ok(version[1]);
}

/** Reads one picture; the answer is its TSV table. */
export async function runTesseract(run: TesseractRun): Promise<Result<Uint8Array, EngineError>> {
  const picture = await namelessFile(run.tiff);
  try {
    return await runOn(picture, run);
  } finally {
    await picture?.close();
  }
}

async function runOn(
  picture: FileHandle | undefined,
  run: TesseractRun,
): Promise<Result<Uint8Array, EngineError>> {
  const parameters = Object.entries({ ...ENGINE_PARAMETERS, tessedit_create_tsv: '1' });
  const program = run.program ?? PROGRAM;
  const args = [
    ...[picture ? '/dev/stdin' : 'stdin', 'stdout', '--tessdata-dir', run.dataFolder],
    ...['-l', 'vie', '--oem', '1', '--psm', run.layout],
    ...parameters.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const { timeoutMs, signal } = run;
  const output = await exec(program, args, {
    timeoutMs,
    ...(signal && { signal }),
    ...(picture ? { inputFile: picture.fd } : { input: run.tiff }),
    env: environment(),
    maxOutputBytes: MAX_OUTPUT_BYTES,
    stopSignal: 'SIGKILL',
  });
  return output.ok ? ok(output.value.stdout) : err({ code: errorCode(output.error) });
}

/**
 * A file that has lost its name already, so that nothing of a page is left whatever becomes of the processes. The
 * program takes a pipe byte by byte, and a Netpbm picture as well: a sixth of its time on a page. Undefined when there is
 * no room for it.
 */
async function namelessFile(bytes: Uint8Array): Promise<FileHandle | undefined> {
  const name = join(tmpdir(), `motcua-picture-${randomUUID()}`);
  let file: FileHandle | undefined;
  try {
    file = await open(name, 'wx+', 0o600);
    await unlink(name);
    await file.writeFile(bytes);
    return file;
  } catch {
    await file?.close();
    return undefined;
  }
}

/** Nothing of ours but the path: `TESSDATA_PREFIX` and others would change what is read. */
function environment(): NodeJS.ProcessEnv {
  // One page a core is faster than one page on all cores: OpenMP's threads wait for each other, 5 × slower on two.
  return { PATH: process.env['PATH'], OMP_THREAD_LIMIT: '1', LC_ALL: 'C.UTF-8' };
}

function errorCode(error: ExecError): EngineError['code'] {
  switch (error.code) {
    case 'exec-missing':
      return 'engine-missing';
    case 'exec-timeout':
      return 'engine-timeout';
    case 'exec-cancelled':
      return 'engine-cancelled';
    case 'exec-output-too-long':
      return 'engine-output-too-long';
    case 'exec-failed':
      if (/loading language|load any languages|opening data file/i.test(error.stderr))
        return 'engine-model-missing';
      return error.exitCode === null ? 'engine-killed' : 'engine-crashed';
    default:
      return unreachable(error);
  }
}
