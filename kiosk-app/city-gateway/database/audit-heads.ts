import type { AuditHead } from '@motcua/ocr-pipeline/dossier';
import type { AuditHeadRow, Connection } from './tables.ts';

/** The signed heads of the kiosks' audit trails. None is ever replaced: each is evidence of the trail as it was. */
export interface AuditHeads {
  /**
   * `lower`: its number went back; `contradicts`: another head has this number. Either is kept as an alarm.
   * `follows`: it is the newest now. `known`: it was here before, and is judged no second time.
   */
  keep(head: AuditHead, token: string, now: Date): Promise<'follows' | 'known' | 'lower' | 'contradicts'>;
  /** The highest that was no alarm when it came. */
  newest(kioskId: string): Promise<AuditHeadRow | undefined>;
  /** Of all kiosks, the latest first; at most 1,000. */
  alarms(): Promise<readonly AuditHeadRow[]>;
}

const MOST_ALARMS = 1_000;

export function createAuditHeads({ db }: Connection): AuditHeads {
  const headsOf = (on: typeof db, kioskId: string) =>
    on.selectFrom('audit_heads').selectAll().where('kiosk_id', '=', kioskId);
  const newest = (on: typeof db, kioskId: string) =>
    headsOf(on, kioskId).where('alarm', 'is', null).orderBy('entry', 'desc').limit(1).executeTakeFirst();
  return {
    keep: (head, token, now) =>
      db.transaction().execute(async (tx) => {
        const same = await headsOf(tx, head.kioskId).where('entry', '=', head.id).execute();
        if (same.some((one) => one.hash === head.hash)) return 'known';
        const last = await newest(tx, head.kioskId);
        const alarm =
          same.length > 0 ? 'contradicts' : last !== undefined && head.id < last.entry ? 'lower' : null;
        await tx
          .insertInto('audit_heads')
          .values({
            kiosk_id: head.kioskId,
            entry: head.id,
            hash: head.hash,
            token,
            received_at: now.getTime(),
            alarm,
          })
          .onConflict((on) => on.doNothing())
          .execute();
        return alarm ?? 'follows';
      }),
    newest: (kioskId) => newest(db, kioskId),
    alarms: () =>
      db
        .selectFrom('audit_heads')
        .selectAll()
        .where('alarm', 'is not', null)
        .orderBy('received_at', 'desc')
        .limit(MOST_ALARMS)
        .execute(),
  };
}
