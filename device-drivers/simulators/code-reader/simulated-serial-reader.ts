import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asSent, type SimulatedReader, sendInTwo } from './simulated-reader.ts';

/**
 * A USB-COM reader: a pty made by `socat`, whose other side we write. The driver opens `path` as it would a tty.
 * Pulling the cable ends socat, which hangs the pty up; the symbolic link goes with it.
 */
export async function startSimulatedSerialReader(): Promise<SimulatedReader & { readonly path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'motcua-reader-'));
  const path = join(folder, 'tty');
  let socat: ChildProcess | undefined;

  const plugIn = async () => {
    // -d -d tells on standard error when the pty is there and the transfer has begun.
    const child = spawn('socat', ['-d', '-d', '-u', 'STDIN', `PTY,link=${path},raw,echo=0`], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    child.stdin?.on('error', () => undefined);
    await new Promise<void>((resolve, reject) => {
      let said = '';
      child.once('error', reject);
      child.once('exit', () => reject(new Error('socat ended at once')));
      child.stderr?.on('data', (chunk: Buffer) => {
        said = `${said}${chunk.toString('latin1')}`.slice(-2_000);
        if (said.includes('starting data transfer loop')) resolve();
      });
    });
    socat = child;
  };
  const unplug = async () => {
    const child = socat;
    socat = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
    await rm(path, { force: true });
  };

  await plugIn();
  const send = (code: Uint8Array | string) =>
    new Promise<void>((resolve) => {
      if (socat?.stdin) socat.stdin.write(asSent(code), () => resolve());
      else resolve();
    });
  return {
    uri: `serial:${path}`,
    path,
    send,
    sendInTwo: (code, cutAt) => sendInTwo(send, code, cutAt),
    unplug,
    plugIn,
    close: async () => {
      await unplug();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
