import type { AuditEvent, Clock } from '@motcua/core';
import type { Db } from '../store/database.ts';
import { CHAIN_START, chainHash } from './audit-chain.ts';

/** Appends to the audit trail; inside a caller's transaction it stands or falls with it. */
export interface AuditLog {
  record(
    event: AuditEvent,
    visitId: string | null,
    data?: Readonly<Record<string, string | number | null>>,
  ): void;
}

export function createAuditLog(db: Db, clock: Clock): AuditLog {
  const last = db.prepare<[], { id: number; hash: Buffer }>(
    'SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1',
  );
  const insert = db.prepare(
    'INSERT INTO audit (id, at, event, visit_id, data, hash) VALUES (?, ?, ?, ?, ?, ?)',
  );
  return {
    record: (event, visitId, data = {}) => {
      const { id, hash } = last.get() ?? { id: 0, hash: CHAIN_START };
      const entry = {
        id: id + 1,
        at: clock.now().getTime(),
        event,
        visit_id: visitId,
        data: JSON.stringify(data),
      };
      insert.run(entry.id, entry.at, event, visitId, entry.data, chainHash(hash, entry));
    },
  };
}
