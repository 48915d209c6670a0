import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A pseudo-terminal whose other end is a TCP port: the simulator as a serial printer. */
export interface PtyWire {
  readonly path: string;
  /** Pulls the plug: the terminal hangs up. */
  unplug(): Promise<void>;
  plug(): Promise<void>;
  close(): Promise<void>;
}

export async function ptyTo(port: number): Promise<PtyWire> {
  const folder = await mkdtemp(join(tmpdir(), 'motcua-pty-'));
  const path = join(folder, 'tty');
  let socat: ChildProcess | undefined;
  let held: Awaited<ReturnType<typeof open>> | undefined;
  const wire: PtyWire = {
    path,
    plug: async () => {
      socat = spawn('socat', [`PTY,link=${path},rawer`, `TCP:127.0.0.1:${port}`], { stdio: 'ignore' });
      while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 10));
      // A terminal that nobody has open would hang up between two openings of the driver.
      held = await open(path, 'r+');
    },
    unplug: async () => {
      const plugged = socat;
      socat = undefined;
      if (plugged && plugged.exitCode === null) {
        plugged.kill();
        await once(plugged, 'exit');
      }
      await held?.close();
      await rm(path, { force: true });
    },
    close: async () => {
      await wire.unplug();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await wire.plug();
  return wire;
}
