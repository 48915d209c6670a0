import { type ChildProcess, spawn } from 'node:child_process';
import { appendFile, existsSync } from 'node:fs';

export interface ChildProgramOptions {
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** What the program says goes here. */
  readonly logFile: string;
  /** Start it again when it dies by itself. On the appliance systemd does this. */
  readonly restart: boolean;
}

/** A Node program of the demo that is started, killed and started again: the service, the gateway. */
export interface ChildProgram {
  start(): void;
  /** Resolves when it is gone; it is not started again. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Dies as in a crash; `restart` decides whether it comes back. */
  kill(): Promise<void>;
  /** Says and does nothing any more until it is killed. */
  freeze(): void;
  running(): boolean;
}

const RESTART_DELAY_MS = 200;
const STOP_LIMIT_MS = 10_000;

const SETPRIV = '/usr/bin/setpriv';
/**
 * A parent that is killed cannot end its children: the kernel does, and at once, so that a demo that is started again
 * finds port and database free.
 */
const tied = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', '--'] : [];

export function createChildProgram(options: ChildProgramOptions): ChildProgram {
  let child: ChildProcess | null = null;
  let wanted = false;
  let writing = Promise.resolve();

  /** In order; lines that a full disk does not take are gone, and neither the program nor the demo goes with them. */
  const log = (lines: Buffer) => {
    writing = writing.then(
      () => new Promise((resolve) => appendFile(options.logFile, lines, () => resolve())),
    );
  };

  const start = () => {
    wanted = true;
    if (child) return;
    const [program = process.execPath, ...before] = [...tied, process.execPath];
    const started = spawn(program, [...before, ...options.args], {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    started.stdout.on('data', log);
    started.stderr.on('data', log);
    started.once('exit', () => {
      child = null;
      if (wanted && options.restart) setTimeout(() => wanted && start(), RESTART_DELAY_MS);
    });
  };

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const dying = child;
    if (!dying) return;
    const gone = new Promise<void>((resolve) => dying.once('exit', () => resolve()));
    dying.kill(signal);
    const limit = setTimeout(() => dying.kill('SIGKILL'), STOP_LIMIT_MS);
    await gone;
    clearTimeout(limit);
  };

  return {
    start,
    stop: async (signal = 'SIGTERM') => {
      wanted = false;
      await end(signal);
    },
    kill: () => end('SIGKILL'),
    freeze: () => void child?.kill('SIGSTOP'),
    running: () => child !== null,
  };
}
