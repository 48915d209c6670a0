import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '@motcua/core';
import { type Db, emptyWriteAheadLog } from './database.ts';

const NAME = /^kiosk-\d{4}-\d{2}-\d{2}\.sqlite$/;

/**
 * Copies the database while it is in use, encrypted under the same key, to `folder/kiosk-<day>.sqlite`; the older copies
 * beyond `keep` go. Dossiers and pages are not in it: they lie beside it as files. Returns the copy's path.
 *
 * The copy is for a damaged database, and is never put back by itself: numbers that were given since would be given again.
 */
export async function backUpDatabase(db: Db, folder: string, day: string, keep: number): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `kiosk-${day}.sqlite`);
  const temporary = `${path}.tmp`;
  await rm(temporary, { force: true });
  try {
    emptyWriteAheadLog(db);
    db.prepare('VACUUM INTO ?').run(temporary);
    const handle = await open(temporary, 'r');
    try {
      await handle.chmod(0o600);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(folder);
  const copies = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  for (const old of copies.slice(0, Math.max(0, copies.length - keep))) await rm(join(folder, old));
  return path;
}
