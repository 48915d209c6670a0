import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A server of its own process, so that its memory and its processor time are its own. */
export interface ServerProcess {
  readonly url: () => string;
  start(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Peak resident memory, MB, and processor time, seconds; of the present process. */
  usage(): Promise<{ readonly peakMb: number; readonly cpuSeconds: number }>;
}

const TICKS_PER_SECOND = 100;

/** `program` prints or logs `"address":"http://…"` when it listens; `env` gets a port that stays over restarts. */
export function createServerProcess(program: string, env: Readonly<Record<string, string>>): ServerProcess {
  let url = '';
  let child: ChildProcess | undefined;
  return {
    url: () => url,
    start: async () => {
      child = spawn(process.execPath, [join(import.meta.dirname, program)], {
        env: { ...process.env, ...env, MOTCUA_CITY_PORT: url === '' ? '0' : new URL(url).port },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      url = await new Promise<string>((resolve, reject) => {
        let seen = '';
        const listen = (chunk: Buffer) => {
          seen += chunk.toString();
          const address = /"address":"([^"]+)"/.exec(seen)?.[1];
          if (address === undefined) return;
          child?.stderr?.off('data', listen).resume();
          resolve(address);
        };
        child?.stderr?.on('data', listen);
        child?.once('exit', () => reject(new Error(`${program} ended: ${seen.slice(-1_000)}`)));
      });
    },
    kill: async () => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child?.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
    usage: async () => {
      const status = await readFile(`/proc/${child?.pid}/status`, 'utf8');
      const stat = await readFile(`/proc/${child?.pid}/stat`, 'utf8');
      // After the name in brackets; fields 14 and 15 of proc(5) are user and system time.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return {
        peakMb: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024,
        cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      };
    },
  };
}
