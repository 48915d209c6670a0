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
}

export interface NewPage {
  readonly id: string;
  readonly visitId: string;
  readonly paperCode: string;
  readonly file: string;
  readonly thumbnail: string | null;
  readonly problem: string | null;
}

type PagePatch = Partial<
  Pick<PageRow, 'state' | 'rotation' | 'revision' | 'thumbnail' | 'result' | 'problem'>
>;

export interface PageStore {
  get(id: string): PageRow | null;
  ofVisit(visitId: string): readonly PageRow[];
  /** Adds a page behind the paper's others, or in the place of the page that it replaces (whose row it removes). */
  add(page: NewPage, replaces: string | null): void;
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
  const remove = db.prepare('DELETE FROM pages WHERE id = ?');
  return {
    get: (id) => select.get(id) ?? null,
    ofVisit: (visitId) => selectOfVisit.all(visitId),
    add: (page, replaces) => {
      const old = replaces ? select.get(replaces) : undefined;
      const next = db
        .prepare<[string, string], { position: number }>(
          'SELECT coalesce(max(position), 0) + 1 AS position FROM pages WHERE visit_id = ? AND paper_code = ?',
        )
        .get(page.visitId, page.paperCode);
      db.prepare(
        `INSERT INTO pages (id, visit_id, paper_code, position, state, file, thumbnail, problem, scanned_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(
        page.id,
        page.visitId,
        page.paperCode,
        old?.position ?? next?.position ?? 1,
        page.problem ? 'failed' : 'waiting',
        page.file,
        page.thumbnail,
        page.problem,
        clock.now().getTime(),
      );
      if (old) remove.run(old.id);
    },
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
