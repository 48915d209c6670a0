import { type ChildProcess, spawn } from 'node:child_process';
import { err, ok, type Result } from './result.ts';

export interface ExecOptions {
  readonly timeoutMs: number;
  /** Cap of standard output and of standard error each; a program that says more is stopped. */
  readonly maxOutputBytes?: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: Uint8Array | string;
  /** An open file (its descriptor) as standard input, in place of `input`. */
  readonly inputFile?: number | undefined;
  readonly signal?: AbortSignal;
  /** Sees standard output or error while the program runs (progress, names of finished pages). */
  readonly onStdout?: (chunk: Buffer) => void;
  readonly onStderr?: (chunk: Buffer) => void;
  /** What stops the program: some leave half files behind on SIGTERM but not on SIGINT. SIGKILL follows after 2 s. */
  readonly stopSignal?: NodeJS.Signals;
}

export interface ExecOutput {
  readonly stdout: Buffer;
  readonly stderr: string;
}

export type ExecError =
  | { readonly code: 'exec-missing'; readonly program: string }
  | {
      readonly code: 'exec-failed';
      readonly program: string;
      readonly exitCode: number | null;
      readonly stdout: Buffer;
      readonly stderr: string;
    }
  | { readonly code: 'exec-timeout'; readonly program: string }
  | { readonly code: 'exec-output-too-long'; readonly program: string }
  | { readonly code: 'exec-cancelled'; readonly program: string };

const KILL_AFTER_MS = 2_000;

/** Runs an external program without a shell: argument array, time-out, output cap, cancellable. */
export async function exec(
  program: string,
  args: readonly string[],
  options: ExecOptions,
): Promise<Result<ExecOutput, ExecError>> {
  const cap = options.maxOutputBytes ?? 1_048_576;
  if (options.signal?.aborted) return err({ code: 'exec-cancelled', program });
  return new Promise((resolve) => {
    const child = spawn(program, [...args], {
      cwd: options.cwd,
      env: options.env,
      stdio: [options.inputFile ?? 'pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let outBytes = 0;
    let errBytes = 0;
    let stopped: ExecError['code'] | undefined;
    const stop = (why: ExecError['code']) => {
      stopped ??= why;
      stopChild(child, options.stopSignal ?? 'SIGTERM');
    };
    const timer = setTimeout(() => stop('exec-timeout'), options.timeoutMs);
    const onAbort = () => stop('exec-cancelled');
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const finish = (result: Result<ExecOutput, ExecError>) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      resolve(result);
    };
    child.stdout!.on('data', (chunk: Buffer) => {
      outBytes += chunk.length;
      if (outBytes > cap) return stop('exec-output-too-long');
      stdout.push(chunk);
      options.onStdout?.(chunk);
    });
    child.stderr!.on('data', (chunk: Buffer) => {
      errBytes += chunk.length;
      if (errBytes <= cap) stderr.push(chunk);
      options.onStderr?.(chunk);
    });
    // A program that ends without reading its input closes the pipe: its exit code says what happened.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
    child.on('error', () => finish(err({ code: 'exec-missing', program })));
    child.on('close', (exitCode) => {
      if (stopped === 'exec-timeout' || stopped === 'exec-cancelled' || stopped === 'exec-output-too-long')
        return finish(err({ code: stopped, program }));
      const output = { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') };
      if (exitCode === 0) return finish(ok(output));
      finish(err({ code: 'exec-failed', program, exitCode, ...output }));
    });
  });
}

function stopChild(child: ChildProcess, signal: NodeJS.Signals): void {
  child.kill(signal);
  const kill = setTimeout(() => {
    child.kill('SIGKILL');
    // A child of the program may have inherited the pipes and keep them open: nobody waits for that one.
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, KILL_AFTER_MS);
  kill.unref();
  child.once('close', () => clearTimeout(kill));
}
