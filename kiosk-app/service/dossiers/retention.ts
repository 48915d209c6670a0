import type { Clock } from '@motcua/core';
import type { AuditLog } from '../audit/audit-log.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import type { DataKeys } from '../store/data-keys.ts';
import { type Db, emptyWriteAheadLog } from '../store/database.ts';

const DAY_MS = 86_400_000;

/** Deletes dossiers from this kiosk once the city's verified receipt is older than the configured days. */
export function createRetention(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: AuditLog;
  readonly blobs: BlobStore;
  readonly dataKeys: DataKeys;
  readonly days: () => number;
  /** Of dossiers as they were handed in, or of the later versions that officers made of them. */
  readonly table?: 'dossiers' | 'dossier_versions';
}): { sweep(): Promise<number> } {
  const { db, blobs, dataKeys, audit, table = 'dossiers' } = deps;
  const visit = table === 'dossiers' ? 'visit_id' : 'NULL';
  const due = db.prepare<[number], { id: string; visit_id: string | null }>(
    `SELECT id, ${visit} AS visit_id FROM ${table}
     WHERE state = 'accepted' AND file IS NOT NULL AND accepted_at <= ?`,
  );
  const forget = db.prepare(`UPDATE ${table} SET file = NULL WHERE id = ?`);
  return {
    sweep: async () => {
      const rows = due.all(deps.clock.now().getTime() - deps.days() * DAY_MS);
      for (const { id, visit_id } of rows) {
        // The key first: without it the file is noise, and what a crash leaves of it is swept with the blobs.
        db.transaction(() => {
          forget.run(id);
          dataKeys.destroy(id);
          audit.record('dossier-deleted', visit_id, { dossier: id });
        }).immediate();
        await blobs.removeOwner(id);
      }
      if (rows.length > 0) emptyWriteAheadLog(db);
      return rows.length;
    },
  };
}
