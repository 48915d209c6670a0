import type { Clock } from '@motcua/core';
import type { Db } from '../store/database.ts';

export interface PageRow {
  readonly id: string;
  readonly visit_id: string;
  readonly paper_code: string;
  readonly position: number;
  readonly state: 'waiting' | 'reading' | 'ready' | 'failed';
  /** The page as the scanner gave it. */
  readonly file: string;
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
  /** Hands a draft's pages over to its owner's new visit. */
  moveToVisit(from: string, to: string): number;
}

export function createPageStore(db: Db, clock: Clock): PageStore {
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
    `INSERT INTO pages (id, visit_id, paper_code, position, state, file, thumbnail, problem, scanned_at, sheet, quality)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = db.prepare('DELETE FROM pages WHERE id = ?');
  return {
    get: (id) => select.get(id) ?? null,
    ofVisit: (visitId) => selectOfVisit.all(visitId),
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
          page.file,
          page.thumbnail,
          page.problem,
          clock.now().getTime(),
          page.sheet,
          page.quality,
        );
      });
      for (const page of gone) remove.run(page.id);
      return gone;
    },
    wasTakenIn: (fileId) => selectFile.get(fileId) !== undefined,
    change: (id, patch) => {
      const sets = Object.keys(patch).map((column) => `${column} = @${column}`);
      db.prepare(`UPDATE pages SET ${sets.join(', ')} WHERE id = @id`).run({ ...patch, id });
    },
    remove: (id) => {
      remove.run(id);
    },
    moveToVisit: (from, to) =>
      db.prepare('UPDATE pages SET visit_id = ? WHERE visit_id = ?').run(to, from).changes,
  };
}
