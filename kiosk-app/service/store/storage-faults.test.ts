import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { demoSiteConfig } from '@motcua/firmware-config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storageProblem } from './faults.ts';
import { createFileLayout, type FileLayout } from './file-layout.ts';
import { openStorage } from './open-storage.ts';

const run = promisify(execFile);
let folder: string;
let data: string;
let files: FileLayout;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faults-'));
  data = join(folder, 'data');
  await mkdir(data);
});
afterEach(async () => {
  await run('umount', ['-l', data]).catch(() => undefined);
  await rm(files.working, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

/** A kiosk that has given one number. */
async function used(): Promise<void> {
  files = createFileLayout(data);
  const { db } = await openStorage(files, undefined);
  db.exec(`INSERT INTO ticket_counters VALUES ('A', '2026-10-08', 27)`);
  db.close();
}
const problemAtStart = () =>
  openStorage(files, undefined).then(
    ({ db }) => db.close() && null,
    (error: unknown) => storageProblem(error),
  );

async function damage(): Promise<Buffer> {
  const file = await open(files.database, 'r+');
  await file.write(Buffer.alloc(64, 0x5a), 0, 64, 20_000);
  await file.close();
  return readFile(files.database);
}

describe('a storage that cannot be opened is told by its fault, and left as it is', () => {
  it('a damaged database', async () => {
    await used();
    const damaged = await damage();
    expect(await problemAtStart()).toBe('storage-damaged');
    expect((await readFile(files.database)).equals(damaged)).toBe(true);
  });

  it('another key, an exposed key, a lost key', async () => {
    await used();
    const key = join(files.keys, 'storage-key');
    await chmod(key, 0o644);
    expect(await problemAtStart()).toBe('storage-locked');
    await chmod(key, 0o600);
    expect(await problemAtStart()).toBeNull();
    await writeFile(key, Buffer.alloc(32, 1));
    expect(await problemAtStart()).toBe('storage-locked');
    await rm(key);
    expect(await problemAtStart()).toBe('storage-locked');
  });

  it.skipIf(process.getuid?.() !== 0)('a disk that became read-only, and one that is full', async () => {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', data]);
    await used();
    await run('mount', ['-o', 'remount,ro', data]);
    expect(await problemAtStart()).toBe('storage-readonly');
    await run('mount', ['-o', 'remount,rw', data]);
    await writeFile(join(data, 'fill'), Buffer.alloc(3_000_000)).catch(() => undefined);
    expect(await problemAtStart()).toBe('disk-full');
    await rm(join(data, 'fill'));
    expect(await problemAtStart()).toBeNull();
  });
});

describe('the service on a damaged database', () => {
  let service: ChildProcess;
  afterEach(() => service.kill('SIGKILL'));

  it('says on the screen that it is closed and why, refuses every step with that sentence, and changes nothing', async () => {
    await used();
    const damaged = await damage();
    const port = 20_000 + (process.pid % 20_000);
    const site = demoSiteConfig({
      folder,
      ports: { service: port, control: 9, gateway: 9, printer: 9 },
      devices: { codeReader: 'tcp://127.0.0.1:9', scanner: `folder:${folder}` },
    });
    await writeFile(join(folder, 'site.json'), JSON.stringify(site));
    const main = join(import.meta.dirname, '..', 'main.ts');
    service = spawn(process.execPath, [main, '--config', join(folder, 'site.json')], { stdio: 'ignore' });
    const ask = async (path: string, body?: object) => {
      const token = (await readFile(join(folder, 'run', 'token'), 'utf8')).trim();
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      });
      return (await answer.json()) as { problem: { code: string }; visit: unknown };
    };
    await expect
      .poll(() => ask('/api/kiosk').catch(() => null), { timeout: 20_000 })
      .toMatchObject({ problem: { code: 'storage-damaged' }, visit: null });
    const start = { requestId: '0'.repeat(26), visitId: null, version: null, command: { type: 'start' } };
    expect((await ask('/api/visit/commands', start)).problem.code).toBe('storage-damaged');
    expect((await readFile(files.database)).equals(damaged)).toBe(true);
  });
});
