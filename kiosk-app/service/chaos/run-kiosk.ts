import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Acknowledgement, readAcknowledgements } from './acknowledgement.ts';

export const kioskProgram = join(import.meta.dirname, 'kiosk-program.ts');
const mutantHook = join(import.meta.dirname, 'mutant.ts');

export type MutantName =
  | 'default-synchronous'
  | 'missing-blob-fsync'
  | 'missing-folder-fsync'
  | 'commit-before-fsync'
  | 'acknowledge-before-commit'
  | 'non-idempotent-commit';

export interface KioskRun {
  readonly child: ChildProcess;
  /** What it has said so far. */
  readonly said: () => readonly Acknowledgement[];
  readonly errors: () => string;
  /** Resolves when it is over and every line has arrived. */
  readonly over: Promise<void>;
}

/** What Node is told so that it breaks one line of a program of ours while it loads it. */
export function breaking(mutant: MutantName) {
  return { args: ['--import', mutantHook], env: { MUTANT: mutant } } as const;
}

/** Node's arguments for a program of ours, with one line of it broken if a mutant is wanted. */
export function programOf(script: string, args: readonly string[], mutant?: MutantName) {
  const broken = mutant && breaking(mutant);
  return {
    args: [...(broken?.args ?? []), script, ...args],
    // One thread of the pool: its system calls come one after another, and can be counted.
    env: { ...process.env, ...broken?.env, NODE_OPTIONS: '', UV_THREADPOOL_SIZE: '1' },
  };
}

/** Starts the kiosk's program, under `wrapper` (strace and its options) if there is one. */
export function startKiosk(
  args: readonly string[],
  options: { readonly mutant?: MutantName | undefined; readonly wrapper?: readonly string[] } = {},
): KioskRun {
  const program = programOf(kioskProgram, args, options.mutant);
  const [command = process.execPath, ...rest] = [
    ...(options.wrapper ?? []),
    process.execPath,
    ...program.args,
  ];
  const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'pipe'], env: program.env });
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4_000);
  });
  return {
    child,
    said: () => readAcknowledgements(output),
    errors: () => errors,
    over: new Promise((resolve) => child.once('close', () => resolve())),
  };
}
