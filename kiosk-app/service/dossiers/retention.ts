import { rm } from 'node:fs/promises';
import type { Clock } from '@motcua/core';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Db } from '../store/database.ts';

const DAY_MS = 86_400_000;

/** Deletes dossiers from this kiosk once the city's verified receipt is older than the configured days. */
export function createRetention(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: AuditLog;
  readonly days: number;
  /** Of dossiers as they were handed in, or of the later versions that officers made of them. */
  readonly table?: 'dossiers' | 'dossier_versions';
}): { sweep(): Promise<number> } {
  const { table = 'dossiers' } = deps;
  const visit = table === 'dossiers' ? 'visit_id' : 'NULL';
  const due = deps.db.prepare<[number], { id: string; visit_id: string | null; file: string }>(
    `SELECT id, ${visit} AS visit_id, file FROM ${table}
     WHERE state = 'accepted' AND file IS NOT NULL AND accepted_at <= ?`,
  );
  const forget = deps.db.prepare(`UPDATE ${table} SET file = NULL WHERE id = ?`);
  return {
    sweep: async () => {
      const rows = due.all(deps.clock.now().getTime() - deps.days * DAY_MS);
      for (const { id, visit_id, file } of rows) {
        // The file first: a crash in between leaves a row that the next sweep takes again.
        await rm(file, { force: true });
        forget.run(id);
        deps.audit.record('dossier-deleted', visit_id, { dossier: id });
      }
      return rows.length;
    },
  };
}
