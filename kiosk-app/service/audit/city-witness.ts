import type { Clock, Logger } from '@motcua/core';
import { type AuditHead, type DeviceKey, signAuditHead, verifyAuditHead } from '@motcua/ocr-pipeline/dossier';
import type { Db } from '../store/database.ts';
import type { AuditLog } from './audit-log.ts';

/** A head of the trail that the city has, signed by this kiosk, and that its trail does not have. */
export interface AuditAlarm {
  readonly entry: number;
  /** By the kiosk's clock, when it signed it and when it found that it is not there. */
  readonly signed_at: number;
  readonly found_at: number;
  /** When a technician has said that it is looked into; null: not yet. */
  readonly acknowledged_at: number | null;
}

/**
 * Holds heads that the city kept against the kiosk's own trail. A database that was put back to an older state and has
 * written on since has a whole chain and a higher number than ever before: only who kept an older head sees it.
 */
export interface CityWitness {
  /**
   * Believed are heads of this kiosk's own key only, so that no city raises an alarm with words of its own. Returns the
   * kiosk's own head of an entry on which it disagrees, signed, for the city to keep beside its own; null when none is.
   */
  compare(tokens: readonly string[]): string | null;
  alarms(): readonly AuditAlarm[];
  /** A technician looks into those that there are; how many. */
  acknowledge(): number;
}

export function createCityWitness(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: AuditLog;
  readonly logger: Logger;
  readonly key: Pick<DeviceKey, 'privateKey' | 'certificatePem'>;
  readonly kioskId: string;
}): CityWitness {
  const { db, audit, key, kioskId } = deps;
  const now = () => deps.clock.now().getTime();
  const hashOf = db.prepare<[number], Buffer>('SELECT hash FROM audit WHERE id = ?').pluck();
  const insert = db.prepare(
    'INSERT INTO audit_alarms (entry, hash, signed_at, found_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const keep = ({ id, hash, at }: AuditHead) => {
    try {
      const isNew = db
        .transaction(() => {
          const { changes } = insert.run(id, hash, at, now());
          if (changes > 0) audit.record('audit-alarm', null, { entry: id, hash });
          return changes > 0;
        })
        .immediate();
      if (isNew) deps.logger.error({ entry: id }, 'the audit trail is not the one that the city knows');
    } catch (error) {
      // A full disk: the upload goes on, and the next one tells it again.
      deps.logger.error({ err: error, entry: id }, 'an alarm of the audit trail was not kept');
    }
  };
  return {
    compare: (tokens) => {
      let answer: string | null = null;
      for (const token of tokens) {
        const head = verifyAuditHead(token, key.certificatePem);
        if (head?.kioskId !== kioskId) continue;
        const own = hashOf.get(head.id)?.toString('hex') ?? null;
        if (own === head.hash) continue;
        keep(head);
        if (own !== null)
          answer = signAuditHead({ version: 1, kioskId, id: head.id, hash: own, at: now() }, key.privateKey);
      }
      return answer;
    },
    alarms: () =>
      db
        .prepare<[], AuditAlarm>(
          'SELECT entry, signed_at, found_at, acknowledged_at FROM audit_alarms ORDER BY entry DESC LIMIT 100',
        )
        .all(),
    acknowledge: () =>
      db
        .transaction(() => {
          const { changes } = db
            .prepare('UPDATE audit_alarms SET acknowledged_at = ? WHERE acknowledged_at IS NULL')
            .run(now());
          if (changes > 0) audit.record('audit-alarm-acknowledged', null, { alarms: changes });
          return changes;
        })
        .immediate(),
  };
}
