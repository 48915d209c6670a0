import { readdir, rm } from 'node:fs/promises';
import { type Clock, type Logger, ulidPattern } from '@motcua/core';
import type { AuditLog } from '../audit/audit-log.ts';
import type { PrintJournal } from '../devices/print-journal.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import type { DataKeys } from '../store/data-keys.ts';
import { type Db, emptyWriteAheadLog } from '../store/database.ts';
import type { FileLayout } from '../store/file-layout.ts';
import type { Digitising } from './digitising.ts';
import type { PageStore } from './page-store.ts';
import type { EndReason, VisitRow, VisitStore } from './visit-store.ts';

const DAY_MS = 86_400_000;

/** Ends visits and wipes the person: from the database, the print journal and the work folder. */
export interface Ending {
  /** Inside the caller's transaction. Returns what is to be done once it has committed. */
  end(visit: VisitRow, reason: EndReason): () => void;
  /** Deletes what of the visit lies readable in memory. */
  clearMemory(visitId: string): Promise<void>;
  /** Deletes drafts whose time is over, and what an interrupted wipe left behind. */
  sweep(): Promise<void>;
}

export function createEnding(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly visits: VisitStore;
  readonly pages: PageStore;
  readonly prints: PrintJournal;
  readonly digitising: Digitising;
  readonly files: FileLayout;
  readonly blobs: BlobStore;
  readonly dataKeys: DataKeys;
  readonly audit: AuditLog;
  readonly logger: Logger;
  readonly draftDays: () => number;
}): Ending {
  const { db, visits, pages } = deps;

  async function wipe(visitId: string): Promise<void> {
    const rows = pages.ofVisit(visitId);
    await clearMemory(visitId);
    // A reopened draft's pages are still under the key of the visit that scanned them.
    const owners = new Set([visitId, ...rows.flatMap((page) => page.sealed?.split('/')[0] ?? [])]);
    db.transaction(() => {
      for (const page of rows) pages.remove(page.id);
      for (const owner of owners) deps.dataKeys.destroy(owner);
      db.prepare('DELETE FROM scanned_files WHERE visit_id = ?').run(visitId);
      db.prepare('UPDATE visits SET draft_until = NULL, person_key = NULL, wiped = 1 WHERE id = ?').run(
        visitId,
      );
      deps.audit.record('person-wiped', visitId, { pages: rows.length });
    }).immediate();
    // Unreadable by now; what a crash leaves here, the sweep of the blobs deletes.
    for (const owner of owners) await deps.blobs.removeOwner(owner);
  }

  /** The plain pages and everything made from them. */
  async function clearMemory(visitId: string): Promise<void> {
    for (const page of pages.ofVisit(visitId)) deps.digitising.cancel(page.id);
    await deps.digitising.quiet(visitId);
    await rm(deps.files.work(visitId), { recursive: true, force: true, maxRetries: 3 });
  }

  /** Ended visits with something left, except those under whose key are pages that another visit took over. */
  const left = db.prepare<[], { id: string }>(
    `SELECT id FROM visits WHERE ended_at IS NOT NULL AND draft_until IS NULL AND wiped = 0
     AND NOT EXISTS (
       SELECT 1 FROM pages WHERE pages.visit_id <> visits.id AND pages.sealed LIKE visits.id || '/%'
     )`,
  );

  async function wipeLeft(): Promise<void> {
    for (const { id } of left.all()) await wipe(id);
    emptyWriteAheadLog(db);
  }

  /** What a visit that ended in a crash has left in memory. */
  async function clearMemoryOfOthers(): Promise<void> {
    const open = visits.open()?.id;
    for (const name of await readdir(deps.files.working))
      if (ulidPattern.test(name) && name !== open) await clearMemory(name);
  }

  return {
    end: (visit, reason) => {
      const now = deps.clock.now().getTime();
      const rows = pages.ofVisit(visit.id);
      const submitted = visit.dossier_id !== null;
      const keep = !submitted && rows.length > 0 && visit.person_key !== null && deps.draftDays() > 0;
      visits.change(visit.id, {
        ended_at: now,
        end_reason: reason,
        card: null,
        chip: null,
        identity_problem: null,
        scan_paper: null,
        scan_replaces: null,
        draft_until: keep ? now + deps.draftDays() * DAY_MS : null,
      });
      deps.prints.forget(visit.id);
      deps.audit.record('visit-ended', visit.id, { reason });
      if (keep) {
        pages.unread(visit.id);
        deps.audit.record('draft-kept', visit.id, { pages: rows.length });
      }
      return () => {
        // A kept draft stays on the disk, encrypted; the card that was read has gone from its row all the same.
        clearMemory(visit.id)
          .then(wipeLeft)
          .catch((error: unknown) =>
            deps.logger.error({ err: error }, 'wiping a visit failed; the sweep repeats it'),
          );
      };
    },
    clearMemory,
    sweep: async () => {
      for (const draft of visits.expiredDrafts()) await wipe(draft.id);
      await wipeLeft();
      await clearMemoryOfOthers();
      await deps.blobs.sweep();
    },
  };
}
