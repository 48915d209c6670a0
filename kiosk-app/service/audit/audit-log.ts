import type { AuditEvent, Clock } from '@motcua/core';
import type { Db } from '../store/database.ts';

/** Appends to the audit trail; inside a caller's transaction it stands or falls with it. */
export interface AuditLog {
  record(
    event: AuditEvent,
    visitId: string | null,
    data?: Readonly<Record<string, string | number | null>>,
  ): void;
}

export function createAuditLog(db: Db, clock: Clock): AuditLog {
  const insert = db.prepare('INSERT INTO audit (at, event, visit_id, data) VALUES (?, ?, ?, ?)');
  return {
    record: (event, visitId, data = {}) => {
      insert.run(clock.now().getTime(), event, visitId, JSON.stringify(data));
    },
  };
}
