import { isDeepStrictEqual } from 'node:util';
import type { DossierManifest, ReceiptClaims } from '@motcua/contract';
import { sql } from 'kysely';
import type { Connection, DossierRow } from './tables.ts';

export interface DossierStore {
  get(id: string): Promise<DossierRow | undefined>;
  /** The accepted versions of a dossier, the first one first. */
  byCode(code: string): Promise<readonly DossierRow[]>;
  /**
   * Notes that a kiosk will send this dossier. `conflict`: its id was announced before with another manifest;
   * `too-many`: this kiosk has `maxWaiting` unfinished ones already.
   */
  announce(
    manifest: DossierManifest,
    now: Date,
    maxWaiting: number,
  ): Promise<'announced' | 'conflict' | 'too-many'>;
  /** How often its bytes arrived damaged, this time included. */
  countDamaged(id: string): Promise<number>;
  refuse(id: string, code: string): Promise<void>;
  /**
   * Takes the next number of the unit's day and stores what the receipt will say, and that the dossier is to be handed
   * to the city's system, in one transaction; the number of an earlier call stays. Null when the day's 9,999 numbers
   * are used up.
   */
  assign(
    id: string,
    counter: { readonly unit: string; readonly day: string },
    makeClaims: (number: number) => ReceiptClaims,
    now: Date,
  ): Promise<string | null>;
  /**
   * The same for a later version of an accepted dossier: it keeps the code and is one more version of it. Null when
   * that version has a successor already.
   */
  assignVersion(
    id: string,
    previous: string,
    makeClaims: (first: ReceiptClaims, version: number) => ReceiptClaims,
    now: Date,
  ): Promise<string | null>;
  /** The first receipt stays; the answer is the one that is stored. */
  keepReceipt(id: string, receipt: string): Promise<string>;
  /** Ids whose bytes nobody waits for: announced before `before` and never finished, or refused. */
  expired(before: Date, limit: number): Promise<readonly string[]>;
  /** Forgets an announcement; of a refused dossier only notes that its bytes are gone. Accepted ones stay. */
  expire(id: string, now: Date): Promise<void>;
}

const LAST_NUMBER = 9_999;
/** The time of an announcement is refreshed by repeated ones, but not more often than it matters. */
const REFRESH_MS = 3_600_000;

export function createDossierStore({ db, dialect }: Connection): DossierStore {
  const get = (id: string) => db.selectFrom('dossiers').selectAll().where('id', '=', id).executeTakeFirst();
  const waitingBeside = async ({ dossierId, kioskId }: DossierManifest) => {
    const { count } = await db
      .selectFrom('dossiers')
      .select((on) => on.fn.countAll<number>().as('count'))
      .where('kiosk_id', '=', kioskId)
      // The same announcement may be on its way twice.
      .where('id', '!=', dossierId)
      .where('claims', 'is', null)
      .where('refusal', 'is', null)
      .executeTakeFirstOrThrow();
    return count;
  };
  return {
    get,
    byCode: (code) =>
      db.selectFrom('dossiers').selectAll().where('code', '=', code).orderBy('version').execute(),

    announce: async (manifest, now, maxWaiting) => {
      const id = manifest.dossierId;
      const known = await get(id);
      if (known === undefined) {
        if ((await waitingBeside(manifest)) >= maxWaiting) return 'too-many';
        const inserted = await db
          .insertInto('dossiers')
          .values({
            id,
            manifest: JSON.stringify(manifest),
            kiosk_id: manifest.kioskId,
            announced_at: now.getTime(),
          })
          .onConflict((on) => on.column('id').doNothing())
          .executeTakeFirst();
        if (inserted.numInsertedOrUpdatedRows === 1n) return 'announced';
      }
      const row = known ?? (await get(id));
      if (row === undefined || !isDeepStrictEqual(JSON.parse(row.manifest), manifest)) return 'conflict';
      await db
        .updateTable('dossiers')
        .set({ announced_at: now.getTime() })
        .where('id', '=', id)
        .where('announced_at', '<', now.getTime() - REFRESH_MS)
        .execute();
      return 'announced';
    },

    countDamaged: async (id) => {
      const { damaged_uploads: count } = await db
        .updateTable('dossiers')
        .set({ damaged_uploads: sql<number>`damaged_uploads + 1` })
        .where('id', '=', id)
        .returning('damaged_uploads')
        .executeTakeFirstOrThrow();
      return count;
    },

    refuse: async (id, code) => {
      await db
        .updateTable('dossiers')
        .set({ refusal: code })
        .where('id', '=', id)
        .where('code', 'is', null)
        .execute();
    },

    assign: (id, { unit, day }, makeClaims, now) =>
      db.transaction().execute(async (tx) => {
        const row = await tx
          .selectFrom('dossiers')
          .select('claims')
          .where('id', '=', id)
          // On SQLite the transaction holds the whole database already.
          .$if(dialect === 'postgres', (query) => query.forUpdate())
          .executeTakeFirstOrThrow();
        if (row.claims !== null) return row.claims;
        // A row of the transaction, never a sequence: a number that is rolled back is given again.
        const counted = await tx
          .insertInto('code_counters')
          .values({ unit, day, last: 1 })
          .onConflict((on) =>
            on
              .columns(['unit', 'day'])
              .doUpdateSet({ last: sql<number>`code_counters.last + 1` })
              .where('code_counters.last', '<', LAST_NUMBER),
          )
          .returning('last')
          .executeTakeFirst();
        if (counted === undefined) return null;
        const claims = makeClaims(counted.last);
        const text = JSON.stringify(claims);
        await tx
          .updateTable('dossiers')
          .set({ code: claims.dossierCode, claims: text })
          .where('id', '=', id)
          .execute();
        await tx.insertInto('handovers').values({ dossier_id: id, next_attempt_at: now.getTime() }).execute();
        return text;
      }),

    assignVersion: (id, previousId, makeClaims, now) =>
      db.transaction().execute(async (tx) => {
        const rows = await tx
          .selectFrom('dossiers')
          .selectAll()
          .where('id', 'in', [id, previousId])
          .orderBy('id')
          // Of two successors at the same time the second waits here, and sees the first.
          .$if(dialect === 'postgres', (query) => query.forUpdate())
          .execute();
        const row = rows.find((one) => one.id === id);
        const previous = rows.find((one) => one.id === previousId);
        if (row === undefined || previous?.code == null) throw new Error('a version of nothing');
        if (row.claims !== null) return row.claims;
        const version = previous.version + 1;
        const versions = await tx
          .selectFrom('dossiers')
          .select(['version', 'claims'])
          .where('code', '=', previous.code)
          .orderBy('version')
          .execute();
        if (versions.some((one) => one.version === version)) return null;
        const first = JSON.parse(versions[0]!.claims!) as ReceiptClaims;
        const text = JSON.stringify(makeClaims(first, version));
        await tx
          .updateTable('dossiers')
          .set({ code: previous.code, version, previous: previousId, claims: text })
          .where('id', '=', id)
          .execute();
        await tx.insertInto('handovers').values({ dossier_id: id, next_attempt_at: now.getTime() }).execute();
        return text;
      }),

    keepReceipt: async (id, receipt) => {
      await db
        .updateTable('dossiers')
        .set({ receipt })
        .where('id', '=', id)
        .where('receipt', 'is', null)
        .execute();
      return (await get(id))?.receipt ?? receipt;
    },

    expired: async (before, limit) => {
      const rows = await db
        .selectFrom('dossiers')
        .select('id')
        .where('claims', 'is', null)
        .where('bytes_removed_at', 'is', null)
        .where('announced_at', '<', before.getTime())
        .orderBy('announced_at')
        .limit(limit)
        .execute();
      return rows.map((row) => row.id);
    },

    expire: async (id, now) => {
      await db
        .deleteFrom('dossiers')
        .where('id', '=', id)
        .where('claims', 'is', null)
        .where('refusal', 'is', null)
        .execute();
      await db
        .updateTable('dossiers')
        .set({ bytes_removed_at: now.getTime() })
        .where('id', '=', id)
        .where('claims', 'is', null)
        .execute();
    },
  };
}
