import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import Database from 'better-sqlite3-multiple-ciphers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { adoptPlainFiles } from './adopt-plain-files.ts';
import { migrate } from './database.ts';
import { createFileLayout, type FileLayout } from './file-layout.ts';
import { openStorage } from './open-storage.ts';

let folder: string;
let files: FileLayout;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adopt-'));
  files = createFileLayout(join(folder, 'data'));
});
afterEach(async () => {
  await rm(files.working, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

/** A kiosk as the second version left it: a draft of two pages in one picture, and a dossier that waits. */
async function populateVersion2() {
  const page = join(files.data, 'work', 'v', 'p.jpg');
  const dossier = join(files.data, 'dossiers', 'd.asice');
  await mkdir(join(files.data, 'work', 'v'), { recursive: true });
  await mkdir(join(files.data, 'dossiers'));
  await writeFile(page, 'Nguyễn Thị Hoa, page');
  await writeFile(dossier, 'Nguyễn Thị Hoa, dossier');
  const db = new Database(files.database);
  migrate(db, 2);
  db.exec(`
    INSERT INTO visits (id, version, step_version, step, language, started_at, active_at, ended_at, draft_until, card)
      VALUES ('v', 9, 9, 'papers', 'vi', 1, 1, 2, 9, 'Nguyễn Thị Hoa');
    INSERT INTO pages (id, visit_id, paper_code, position, state, file, result, scanned_at)
      VALUES ('p', 'v', 'original', 1, 'ready', '${page}', '${page}.json', 1), ('q', 'v', 'original', 2, 'ready', '${page}', NULL, 1);
    INSERT INTO dossiers (id, visit_id, state, procedure_code, file) VALUES ('d', 'v', 'sealed', '2.000815', '${dossier}');
  `);
  db.close();
}

it('a kiosk that kept its files and its database plain has them encrypted at the first start, none lost', async () => {
  await populateVersion2();
  const storage = await openStorage(files, undefined);
  await adoptPlainFiles(storage, files);
  // Interrupted or not, a second time changes nothing.
  await adoptPlainFiles(storage, files);
  const { db, blobs } = storage;
  const pages = db.prepare('SELECT file, state, result, sealed FROM pages ORDER BY id').all() as Record<
    string,
    string
  >[];
  expect(pages).toMatchObject([{ file: 'p.jpg', state: 'waiting', result: null }, { file: 'p.jpg' }]);
  const content = async (ref: string) => {
    const sealed = await blobs.open(ref);
    return (await buffer(sealed.read(0, sealed.size))).toString();
  };
  expect(await content(pages[0]?.['sealed'] ?? '')).toBe('Nguyễn Thị Hoa, page');
  expect(pages[1]?.['sealed']).toBe(pages[0]?.['sealed']);
  const dossier = String(db.prepare('SELECT file FROM dossiers').pluck().get());
  expect(await content(dossier)).toBe('Nguyễn Thị Hoa, dossier');
  db.close();
  const left = await readdir(files.data, { recursive: true, withFileTypes: true });
  for (const entry of left.filter((each) => each.isFile()))
    expect((await readFile(join(entry.parentPath, entry.name))).includes('Hoa')).toBe(false);
});

it('a dossier whose file cannot be found keeps its row, and nothing of the old folders is deleted', async () => {
  await populateVersion2();
  await rm(join(files.data, 'dossiers', 'd.asice'));
  const storage = await openStorage(files, undefined);
  await adoptPlainFiles(storage, files);
  expect(String(storage.db.prepare('SELECT file FROM dossiers').pluck().get())).toContain('d.asice');
  expect(existsSync(join(files.data, 'work'))).toBe(true);
  storage.db.close();
});
