import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FileLayout } from './file-layout.ts';
import type { Storage } from './open-storage.ts';

/**
 * Takes over the files of the versions that kept them plain: each page and dossier is encrypted, its row is pointed to
 * it, then the plain one is deleted. It may be interrupted anywhere and goes on at the next start. Pages are read
 * again; a file that is missing leaves its row as the fault that it is.
 */
export async function adoptPlainFiles({ db, blobs }: Storage, files: FileLayout): Promise<void> {
  const pages = db
    .prepare<[], { visit_id: string; file: string }>(
      `SELECT DISTINCT visit_id, file FROM pages WHERE file LIKE '/%'`,
    )
    .all();
  const pointPages = db.prepare(
    `UPDATE pages SET file = ?, sealed = ?, thumbnail = NULL, result = NULL,
       state = iif(state = 'failed', 'failed', 'waiting') WHERE file = ?`,
  );
  for (const { visit_id, file } of pages)
    pointPages.run(basename(file), existsSync(file) ? await blobs.put(visit_id, file) : null, file);
  const dossiers = db
    .prepare<[], { id: string; file: string }>(`SELECT id, file FROM dossiers WHERE file LIKE '/%'`)
    .all();
  const pointDossier = db.prepare('UPDATE dossiers SET file = ? WHERE id = ?');
  for (const { id, file } of dossiers) if (existsSync(file)) pointDossier.run(await blobs.put(id, file), id);
  const old = [join(files.data, 'dossiers'), join(files.keys, 'person-key')];
  if (files.working !== join(files.data, 'work')) old.push(join(files.data, 'work'));
  const left = db.prepare(`SELECT count(*) FROM dossiers WHERE file LIKE '/%'`).pluck().get();
  if (left === 0) for (const path of old) await rm(path, { recursive: true, force: true });
}
