import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileLayout, type FileLayout } from './file-layout.ts';
import { openStorage } from './open-storage.ts';
import { STORAGE_CREDENTIAL } from './storage-key.ts';

const run = promisify(execFile);
const has = (program: string) => {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** The very programs of the appliance (systemd-creds) on a TPM in software. */
describe.skipIf(!has('swtpm') || !has('systemd-creds'))('the storage key bound to a TPM', () => {
  let folder: string;
  let files: FileLayout;
  const tpms: ChildProcess[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tpm-'));
    files = createFileLayout(join(folder, 'data'));
  });
  afterEach(async () => {
    for (const tpm of tpms.splice(0)) tpm.kill('SIGKILL');
    await rm(files.working, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  });

  /** A TPM of its own; what systemd-creds calls it. */
  async function tpm(name: string): Promise<string> {
    const state = join(folder, name);
    await mkdir(state);
    // By convention the control channel is the next port.
    const port = await freePort();
    const control = port + 1;
    const server = (of: number) => `type=tcp,port=${of},bindaddr=127.0.0.1`;
    tpms.push(
      spawn(
        'swtpm',
        [
          'socket',
          '--tpm2',
          '--tpmstate',
          `dir=${state}`,
          '--server',
          server(port),
          '--ctrl',
          server(control),
          '--flags',
          'not-need-init,startup-clear',
        ],
        { stdio: 'ignore' },
      ),
    );
    await expect.poll(() => answers(port), { timeout: 10_000 }).toBe(true);
    return `swtpm:host=127.0.0.1,port=${port}`;
  }

  it('opens the kiosk’s data on that machine; on another one the disk stays shut', async () => {
    const device = await tpm('own');
    const key = join(folder, 'key');
    const sealed = join(folder, 'key.cred');
    const credentials = join(folder, 'credentials');
    await mkdir(credentials);
    await writeFile(key, randomBytes(32), { mode: 0o600 });
    const creds = (what: string, on: string, from: string, to: string) =>
      run(
        'systemd-creds',
        [
          what,
          `--name=${STORAGE_CREDENTIAL}`,
          ...(what === 'encrypt' ? ['--with-key=tpm2'] : []),
          `--tpm2-device=${on}`,
          from,
          to,
        ],
        { timeout: 30_000 },
      );
    await creds('encrypt', device, key, sealed);
    await rm(key);
    await creds('decrypt', device, sealed, join(credentials, STORAGE_CREDENTIAL));
    const first = await openStorage(files, credentials);
    expect(first.key.origin).toBe('credential');
    first.db.exec(`INSERT INTO ticket_counters VALUES ('A', '2026-10-08', 27)`);
    first.db.close();

    const other = await tpm('other');
    await expect(creds('decrypt', other, sealed, join(folder, 'stolen'))).rejects.toThrow();
    await expect(openStorage(files, undefined)).rejects.toThrow('storage-key-missing');
    const again = await openStorage(files, credentials);
    expect(again.db.prepare('SELECT last FROM ticket_counters').pluck().get()).toBe(27);
    again.db.close();
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
