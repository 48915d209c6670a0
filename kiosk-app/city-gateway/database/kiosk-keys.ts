import type { Connection, KioskKey } from './tables.ts';

/**
 * Which key each kiosk has. The first that shows a valid certificate for an id has the id; a renewal names the next
 * one, which replaces it when it is first seen. Any other key is a second kiosk under the same name.
 */
export interface KioskKeys {
  /** What this key is to this kiosk, after it has been seen now. */
  see(kioskId: string, keyHash: string, now: Date): Promise<'current' | 'superseded' | 'taken'>;
  /** The certificate that was issued for this key, for a renewal that is asked for again. */
  issued(kioskId: string, keyHash: string): Promise<string | null>;
  /** False when the key belongs to another kiosk. Of several renewals the last one counts. */
  renew(kioskId: string, keyHash: string, certificate: string, now: Date): Promise<boolean>;
  /** An operator replaced the machine: the id is free for the next key that shows itself. */
  release(kioskId: string): Promise<number>;
}

export function createKioskKeys({ db, dialect }: Connection): KioskKeys {
  const keysOf = (on: typeof db, kioskId: string): Promise<readonly KioskKey[]> =>
    on.selectFrom('kiosk_keys').selectAll().where('kiosk_id', '=', kioskId).execute();
  const judge = (key: KioskKey | undefined) =>
    key === undefined ? 'taken' : key.state === 'superseded' ? 'superseded' : 'current';

  return {
    see: async (kioskId, keyHash, now) => {
      const keys = await keysOf(db, kioskId);
      const key = keys.find((one) => one.key_hash === keyHash);
      if (key !== undefined && key.state !== 'next') return judge(key);
      return db.transaction().execute(async (tx) => {
        if (key?.state === 'next') {
          await tx
            .updateTable('kiosk_keys')
            .set({ state: 'superseded' })
            .where('kiosk_id', '=', kioskId)
            .where('state', '=', 'current')
            .execute();
          await tx
            .updateTable('kiosk_keys')
            .set({ state: 'current', since: now.getTime() })
            .where('key_hash', '=', keyHash)
            .where('state', '=', 'next')
            .execute();
        } else if (!keys.some((one) => one.state === 'current'))
          await tx
            .insertInto('kiosk_keys')
            .values({ kiosk_id: kioskId, key_hash: keyHash, state: 'current', since: now.getTime() })
            .onConflict((on) => on.doNothing())
            .execute();
        return judge((await keysOf(tx, kioskId)).find((one) => one.key_hash === keyHash));
      });
    },

    issued: async (kioskId, keyHash) =>
      (await keysOf(db, kioskId)).find((one) => one.key_hash === keyHash)?.certificate ?? null,

    renew: (kioskId, keyHash, certificate, now) =>
      db.transaction().execute(async (tx) => {
        const holder = await tx
          .selectFrom('kiosk_keys')
          .selectAll()
          .where('key_hash', '=', keyHash)
          .$if(dialect === 'postgres', (query) => query.forUpdate())
          .executeTakeFirst();
        if (holder !== undefined && (holder.kiosk_id !== kioskId || holder.state === 'superseded'))
          return false;
        await tx
          .deleteFrom('kiosk_keys')
          .where('kiosk_id', '=', kioskId)
          .where('state', '=', 'next')
          .where('key_hash', '!=', keyHash)
          .execute();
        const row = {
          kiosk_id: kioskId,
          key_hash: keyHash,
          state: 'next',
          since: now.getTime(),
          certificate,
        } as const;
        // The same key certified anew stays what it is.
        await tx
          .insertInto('kiosk_keys')
          .values(row)
          .onConflict((on) => on.column('key_hash').doUpdateSet({ certificate }))
          .execute();
        return true;
      }),

    release: async (kioskId) => {
      const { numDeletedRows } = await db
        .deleteFrom('kiosk_keys')
        .where('kiosk_id', '=', kioskId)
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}
