import type { DossierManifest, ReceiptClaims } from '@motcua/contract';
import type { Db } from './database.ts';

export interface DossierRow {
  readonly id: string;
  /** JSON of the manifest as it was announced. */
  readonly manifest: string;
  readonly damaged_uploads: number;
  /** Code of the final refusal. */
  readonly refusal: string | null;
  readonly code: string | null;
  /** JSON of what the receipt says: fixed before it is signed, so that a repeated commit states the same. */
  readonly claims: string | null;
  readonly receipt: string | null;
}

export interface DossierStore {
  get(id: string): DossierRow | undefined;
  /** False when the id was announced before with another manifest. */
  announce(manifest: DossierManifest, now: Date): boolean;
  /** How often its bytes arrived damaged, this time included. */
  countDamaged(id: string): number;
  refuse(id: string, code: string): void;
  /**
   * Takes the next number of the unit's day and stores what the receipt will say, in one transaction; the number of
   * an earlier call stays. Null when the day's 9,999 numbers are used up.
   */
  assign(
    id: string,
    counter: { readonly unit: string; readonly day: string },
    makeClaims: (number: number) => ReceiptClaims,
  ): string | null;
  /** The first receipt stays; the answer is the one that is stored. */
  keepReceipt(id: string, receipt: string): string;
  close(): void;
}

const LAST_NUMBER = 9_999;

export function createDossierStore(db: Db): DossierStore {
  const select = db.prepare<[string], DossierRow>(
    'select id, manifest, damaged_uploads, refusal, code, claims, receipt from dossiers where id = ?',
  );
  const get = (id: string) => select.get(id);
  const known = (id: string): DossierRow => {
    const row = get(id);
    if (row === undefined) throw new Error('a dossier vanished from the store');
    return row;
  };
  const insert = db.prepare('insert into dossiers (id, manifest, announced_at) values (?, ?, ?)');
  const count = db.prepare<[string, string], { last: number }>(
    `insert into code_counters (unit, day, last) values (?, ?, 1)
     on conflict (unit, day) do update set last = last + 1 returning last`,
  );
  const counted = db.prepare<[string, string], { last: number }>(
    'select last from code_counters where unit = ? and day = ?',
  );
  return {
    get,
    announce: (manifest, now) =>
      db
        .transaction(() => {
          const text = JSON.stringify(manifest);
          const row = get(manifest.dossierId);
          if (row === undefined) insert.run(manifest.dossierId, text, now.getTime());
          return row === undefined || row.manifest === text;
        })
        .immediate(),
    countDamaged: (id) => {
      db.prepare('update dossiers set damaged_uploads = damaged_uploads + 1 where id = ?').run(id);
      return known(id).damaged_uploads;
    },
    refuse: (id, code) => {
      db.prepare('update dossiers set refusal = ? where id = ? and code is null').run(code, id);
    },
    assign: (id, { unit, day }, makeClaims) =>
      db
        .transaction(() => {
          const row = known(id);
          if (row.claims !== null) return row.claims;
          if ((counted.get(unit, day)?.last ?? 0) >= LAST_NUMBER) return null;
          const claims = makeClaims(count.get(unit, day)!.last);
          const text = JSON.stringify(claims);
          db.prepare('update dossiers set code = ?, claims = ? where id = ?').run(
            claims.dossierCode,
            text,
            id,
          );
          return text;
        })
        .immediate(),
    keepReceipt: (id, receipt) => {
      db.prepare('update dossiers set receipt = ? where id = ? and receipt is null').run(receipt, id);
      return known(id).receipt ?? receipt;
    },
    close: () => db.close(),
  };
}
