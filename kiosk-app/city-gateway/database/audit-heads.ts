import type { AuditHead } from '@motcua/ocr-pipeline/dossier';
import type { AuditHeadRow, Connection } from './tables.ts';

/**
 * The signed heads of the kiosks' audit trails, each evidence of the trail as it was. Kept are the first one, the newest
 * eight, the newest of each day and the alarms: a head below the newest is noticed by its number, whether those between
 * are here or not.
 */
export interface AuditHeads {
  /**
   * `lower`: its number went back; `contradicts`: another head has this number. Either is kept as an alarm. `late`: it
   * was signed before the newest and has only been overtaken on the line.
   * `follows`: it is the newest now. `known`: it was here before, and is judged no second time.
   */
  keep(
    head: AuditHead,
    token: string,
    now: Date,
  ): Promise<'follows' | 'known' | 'late' | 'lower' | 'contradicts'>;
  /** The highest that was no alarm when it came. */
  newest(kioskId: string): Promise<AuditHeadRow | undefined>;
  /** The highest ones of those, to be shown to their kiosk. */
  recent(kioskId: string): Promise<readonly AuditHeadRow[]>;
  /** Of all kiosks, the latest first; at most 1,000. */
  alarms(): Promise<readonly AuditHeadRow[]>;
}

const MOST_ALARMS = 1_000;
/** Shown to the kiosk at each announcement: an answer that is lost on the line leaves seven more chances. */
const RECENT = 8;
/** Of one kiosk; more of them tell nothing new, and none is forgotten for them. */
const KEPT_ALARMS = 100;
const DAY_MS = 86_400_000;
/** A request is not longer on its way; a kiosk whose old disk was put back signs later than this before the newest. */
const LATE_MS = DAY_MS;

export function createAuditHeads({ db }: Connection): AuditHeads {
  const headsOf = (on: typeof db, kioskId: string) =>
    on.selectFrom('audit_heads').selectAll().where('kiosk_id', '=', kioskId);
  const highest = (on: typeof db, kioskId: string, most: number) =>
    headsOf(on, kioskId).where('alarm', 'is', null).orderBy('entry', 'desc').limit(most).execute();
  const newest = async (on: typeof db, kioskId: string) => (await highest(on, kioskId, 1))[0];
  const alarmsOf = async (on: typeof db, kioskId: string) => {
    const { count } = await headsOf(on, kioskId)
      .clearSelect()
      .select((of) => of.fn.countAll<number>().as('count'))
      .where('alarm', 'is not', null)
      .executeTakeFirstOrThrow();
    return count;
  };
  /** What is no longer among the newest goes when the next one is of the same day (UTC), but for the very first. */
  const thinOut = async (on: typeof db, kioskId: string) => {
    const [next, last] = (await highest(on, kioskId, RECENT + 1)).slice(RECENT - 1);
    if (next === undefined || last === undefined || dayOf(next) !== dayOf(last)) return;
    await on
      .deleteFrom('audit_heads')
      .where('kiosk_id', '=', kioskId)
      .where('alarm', 'is', null)
      .where('entry', '=', last.entry)
      .where('entry', '>', (from) =>
        from
          .selectFrom('audit_heads')
          .select((of) => of.fn.min('entry').as('first'))
          .where('kiosk_id', '=', kioskId)
          .where('alarm', 'is', null),
      )
      .execute();
  };
  return {
    keep: (head, token, now) =>
      db.transaction().execute(async (tx) => {
        const same = await headsOf(tx, head.kioskId).where('entry', '=', head.id).execute();
        if (same.some((one) => one.hash === head.hash)) return 'known';
        const last = await newest(tx, head.kioskId);
        const ahead = last === undefined || last.signed_at === null ? 0 : last.signed_at - head.at;
        if (same.length === 0 && last !== undefined && head.id < last.entry && ahead > 0 && ahead < LATE_MS)
          return 'late';
        const alarm =
          same.length > 0 ? 'contradicts' : last !== undefined && head.id < last.entry ? 'lower' : null;
        if (alarm !== null && (await alarmsOf(tx, head.kioskId)) >= KEPT_ALARMS) return alarm;
        await tx
          .insertInto('audit_heads')
          .values({
            kiosk_id: head.kioskId,
            entry: head.id,
            hash: head.hash,
            token,
            received_at: now.getTime(),
            signed_at: head.at,
            alarm,
          })
          .onConflict((on) => on.doNothing())
          .execute();
        if (alarm === null) await thinOut(tx, head.kioskId);
        return alarm ?? 'follows';
      }),
    newest: (kioskId) => newest(db, kioskId),
    recent: (kioskId) => highest(db, kioskId, RECENT),
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

function dayOf({ received_at: at }: AuditHeadRow): number {
  return Math.floor(at / DAY_MS);
}
