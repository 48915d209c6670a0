import { type ExecError, err, exec, ok, type Result, unreachable } from '@motcua/core';
import { ENGINE_PARAMETERS, type EngineError } from './engine.ts';

/** The external program `tesseract`, version 4 or later: everything that this project asks of it is in this file. */
const PROGRAM = 'tesseract';
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
const VERSION_TIMEOUT_MS = 10_000;

export interface TesseractRun {
  /** A Netpbm picture. The program takes any other input for a list of files to open, so nothing else may reach it. */
  readonly pgm: Uint8Array;
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
  const parameters = Object.entries({ ...ENGINE_PARAMETERS, tessedit_create_tsv: '1' });
  const program = run.program ?? PROGRAM;
  const args = [
    ...['stdin', 'stdout', '--tessdata-dir', run.dataFolder, '-l', 'vie', '--oem', '1', '--psm', run.layout],
    ...parameters.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const { timeoutMs, signal } = run;
  const output = await exec(program, args, {
    timeoutMs,
    ...(signal && { signal }),
    input: run.pgm,
    env: environment(),
    maxOutputBytes: MAX_OUTPUT_BYTES,
    stopSignal: 'SIGKILL',
  });
  return output.ok ? ok(output.value.stdout) : err({ code: errorCode(output.error) });
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
