import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { backUpDatabase } from './backup.ts';
import { openDatabase } from './database.ts';

const KEY = Buffer.alloc(32, 7);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backup-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('a copy of the database in use is whole, opens with the same key alone, and only the newest are kept', async () => {
  const { db } = openDatabase(join(folder, 'db'), KEY);
  db.exec(`INSERT INTO ticket_counters VALUES ('NGUYEN VAN A', '2026-10-08', 27)`);
  const backups = join(folder, 'backups');
  for (const day of ['2026-10-06', '2026-10-07', '2026-10-08', '2026-10-08'])
    await backUpDatabase(db, backups, day, 2);
  db.close();
  expect((await readdir(backups)).sort()).toEqual(['kiosk-2026-10-07.sqlite', 'kiosk-2026-10-08.sqlite']);
  const copy = join(backups, 'kiosk-2026-10-08.sqlite');
  expect((await stat(copy)).mode & 0o077).toBe(0);
  expect((await readFile(copy)).includes('NGUYEN')).toBe(false);
  expect(() => openDatabase(copy, Buffer.alloc(32, 8))).toThrow('storage-damaged');
  const { db: again } = openDatabase(copy, KEY);
  expect(again.prepare('SELECT last FROM ticket_counters').pluck().get()).toBe(27);
  again.close();
});
