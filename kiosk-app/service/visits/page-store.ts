import { basename, join } from 'node:path';
import type { Clock } from '@motcua/core';
import type { BlobRef } from '../store/blobs/blob-store.ts';
import type { Db } from '../store/database.ts';
import type { FileLayout } from '../store/file-layout.ts';

export interface PageRow {
  readonly id: string;
  readonly visit_id: string;
  readonly paper_code: string;
  readonly position: number;
  readonly state: 'waiting' | 'reading' | 'ready' | 'failed';
  /** The page as the scanner gave it; plain, in memory, gone after a power cut: `restorePage` brings it back. */
  readonly file: string;
  /** The same, encrypted on the disk. */
  readonly sealed: BlobRef | null;
  readonly rotation: 0 | 90 | 180 | 270;
  readonly revision: number;
  readonly thumbnail: string | null;
  readonly result: string | null;
  readonly problem: string | null;
  readonly scanned_at: number;
  /** JSON of the paper's corners in the file (`Quad`); null: not examined. */
  readonly sheet: string | null;
  /** JSON of what was found at its arrival (`PageQuality`); null: not examined. */
  readonly quality: string | null;
}

export interface NewPage {
  readonly id: string;
  readonly visitId: string;
  readonly paperCode: string;
  readonly file: string;
  readonly sealed: BlobRef;
  readonly thumbnail: string | null;
  readonly problem: string | null;
  readonly sheet: string | null;
  readonly quality: string | null;
}

type PagePatch = Partial<
  Pick<PageRow, 'state' | 'rotation' | 'revision' | 'thumbnail' | 'result' | 'problem'>
>;

export interface PageStore {
  get(id: string): PageRow | null;
  ofVisit(visitId: string): readonly PageRow[];
  /**
   * Adds the pages of one picture behind the paper's others, or in the place of the page that they replace. That page's
   * row goes; if it came from a picture of as many papers, the rows of all of them go. Returns the rows that went.
   */
  addPicture(fileId: string, pages: readonly NewPage[], replaces: string | null): readonly PageRow[];
  /** Whether that picture has become pages before, be they removed since. */
  wasTakenIn(fileId: string): boolean;
  change(id: string, patch: PagePatch): void;
  remove(id: string): void;
  /** Forgets what was made from the visit's pages in memory: they are to be read again. */
  unread(visitId: string): void;
  /** Hands a draft's pages over to its owner's new visit. */
  moveToVisit(from: string, to: string): number;
}

/** Files of pages are kept by name and given as paths in the folder of the visit that now has them. */
export function createPageStore(db: Db, clock: Clock, files: FileLayout): PageStore {
  const select = db.prepare<[string], PageRow>('SELECT * FROM pages WHERE id = ?');
  const selectOfVisit = db.prepare<[string], PageRow>(
    'SELECT * FROM pages WHERE visit_id = ? ORDER BY paper_code, position, id',
  );
  const selectOfFile = db.prepare<[string, string], PageRow>(
    'SELECT * FROM pages WHERE file = ? AND visit_id = ?',
  );
  const selectNext = db.prepare<[string, string], { position: number }>(
    'SELECT coalesce(max(position), 0) + 1 AS position FROM pages WHERE visit_id = ? AND paper_code = ?',
  );
  const selectFile = db.prepare<[string], { id: string }>('SELECT id FROM scanned_files WHERE id = ?');
  const insertFile = db.prepare('INSERT INTO scanned_files (id, visit_id) VALUES (?, ?)');
  const insert = db.prepare(
    `INSERT INTO pages (id, visit_id, paper_code, position, state, file, thumbnail, problem, scanned_at, sheet, quality, sealed)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = db.prepare('DELETE FROM pages WHERE id = ?');
  const place = (row: PageRow): PageRow => {
    const at = (name: string | null) => name && join(files.working, row.visit_id, name);
    return { ...row, file: at(row.file) as string, thumbnail: at(row.thumbnail), result: at(row.result) };
  };
  const nameOf = (path: string | null) => path && basename(path);
  return {
    get: (id) => {
      const row = select.get(id);
      return row ? place(row) : null;
    },
    ofVisit: (visitId) => selectOfVisit.all(visitId).map(place),
    addPicture: (fileId, added, replaces) => {
      const first = added[0];
      if (!first) return [];
      const old = replaces ? select.get(replaces) : undefined;
      const siblings = old ? selectOfFile.all(old.file, old.visit_id) : [];
      const gone = siblings.length === added.length ? siblings : old ? [old] : [];
      const next = selectNext.get(first.visitId, first.paperCode)?.position ?? 1;
      insertFile.run(fileId, first.visitId);
      added.forEach((page, index) => {
        insert.run(
          page.id,
          page.visitId,
          page.paperCode,
          // In one place several pages stand by their ids, which count up.
          old?.position ?? next + index,
          page.problem ? 'failed' : 'waiting',
          nameOf(page.file),
          nameOf(page.thumbnail),
          page.problem,
          clock.now().getTime(),
          page.sheet,
          page.quality,
          page.sealed,
        );
      });
      for (const page of gone) remove.run(page.id);
      return gone.map(place);
    },
    wasTakenIn: (fileId) => selectFile.get(fileId) !== undefined,
    change: (id, patch) => {
      const named = { ...patch };
      if (patch.thumbnail) named.thumbnail = nameOf(patch.thumbnail);
      if (patch.result) named.result = nameOf(patch.result);
      const sets = Object.keys(patch).map((column) => `${column} = @${column}`);
      db.prepare(`UPDATE pages SET ${sets.join(', ')} WHERE id = @id`).run({ ...named, id });
    },
    remove: (id) => {
      remove.run(id);
    },
    unread: (visitId) => {
      db.prepare(
        `UPDATE pages SET state = iif(state = 'failed', 'failed', 'waiting'), thumbnail = NULL, result = NULL
         WHERE visit_id = ?`,
      ).run(visitId);
    },
    moveToVisit: (from, to) =>
      db.prepare('UPDATE pages SET visit_id = ? WHERE visit_id = ?').run(to, from).changes,
  };
}
