import { type ChildProcess, spawn } from 'node:child_process';
import type { Run, RunEnd } from './supervisor.ts';

export interface ScreenProgram {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Two more pipes, 3 (to the program) and 4 (from it). */
  readonly pipes?: boolean;
  /** Called once after the end: temporary folders go here. */
  readonly cleanUp?: () => Promise<void>;
}

const KILL_AFTER_MS = 3_000;

export interface ScreenProcess extends Run {
  readonly child: ChildProcess;
}

/**
 * Starts a browser as leader of its own process group, so that its many helpers end with it. What it prints is
 * discarded: browsers write addresses and page texts there.
 */
export function startScreenProcess(screen: ScreenProgram): ScreenProcess {
  const child = spawn(screen.program, [...screen.args], {
    env: screen.env,
    detached: true,
    stdio: screen.pipes ? ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] : 'ignore',
  });
  const ended = new Promise<RunEnd>((resolve) => {
    child.once('error', () => resolve({ reason: 'died' }));
    child.once('exit', (code, signal) =>
      resolve({ reason: code === 0 || signal === 'SIGTERM' ? 'closed' : 'died' }),
    );
  }).then(async (end) => {
    // Helpers of a crashed browser would hold the next one's profile and screen.
    signalGroup(child, 'SIGKILL');
    await screen.cleanUp?.();
    return end;
  });
  return {
    child,
    ended,
    stop: async () => {
      signalGroup(child, 'SIGTERM');
      const kill = setTimeout(() => signalGroup(child, 'SIGKILL'), KILL_AFTER_MS);
      await ended;
      clearTimeout(kill);
    },
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone.
  }
}
