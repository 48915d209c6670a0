import type { Connection, UploadPart } from './tables.ts';

/** Which objects make up an upload in the object store. The rows are the truth; an object without one is waste. */
export interface UploadParts {
  /** In order, without a gap. */
  of(id: string): Promise<readonly UploadPart[]>;
  end(id: string): Promise<number>;
  /**
   * Adds a part at the end. False when another one has been added there: of two writers that raced, here or in
   * another process, one wins and the other's object is to be deleted.
   */
  add(part: UploadPart): Promise<boolean>;
  remove(id: string): Promise<void>;
  /** Those of `keys` that belong to no upload. */
  unknown(keys: readonly string[]): Promise<readonly string[]>;
  /** Uploads that are accepted, receipt and all, and whose parts nobody has removed yet. */
  leftOver(limit: number): Promise<readonly string[]>;
}

export function createUploadParts({ db, dialect }: Connection): UploadParts {
  const of = (id: string) =>
    db.selectFrom('upload_parts').selectAll().where('dossier_id', '=', id).orderBy('start').execute();
  return {
    of,
    end: async (id) => endOf((await of(id)).at(-1)),
    add: (part) =>
      db.transaction().execute(async (tx) => {
        // The dossier's row is the lock: two parts that overlap have different keys, and would both fit.
        const dossier = await tx
          .selectFrom('dossiers')
          .select('id')
          .where('id', '=', part.dossier_id)
          .$if(dialect === 'postgres', (query) => query.forUpdate())
          .executeTakeFirst();
        const last = await tx
          .selectFrom('upload_parts')
          .selectAll()
          .where('dossier_id', '=', part.dossier_id)
          .orderBy('start', 'desc')
          .limit(1)
          .executeTakeFirst();
        if (dossier === undefined || endOf(last) !== part.start) return false;
        await tx.insertInto('upload_parts').values(part).execute();
        return true;
      }),
    remove: async (id) => {
      await db.deleteFrom('upload_parts').where('dossier_id', '=', id).execute();
    },
    unknown: async (keys) => {
      if (keys.length === 0) return [];
      const rows = await db
        .selectFrom('upload_parts')
        .select('object_key')
        .where('object_key', 'in', keys)
        .execute();
      const known = new Set(rows.map((row) => row.object_key));
      return keys.filter((key) => !known.has(key));
    },
    leftOver: async (limit) => {
      const rows = await db
        .selectFrom('upload_parts')
        .innerJoin('dossiers', 'dossiers.id', 'upload_parts.dossier_id')
        .select('dossiers.id')
        .distinct()
        .where('dossiers.receipt', 'is not', null)
        .limit(limit)
        .execute();
      return rows.map((row) => row.id);
    },
  };
}

function endOf(last: UploadPart | undefined): number {
  return last === undefined ? 0 : last.start + last.length;
}
