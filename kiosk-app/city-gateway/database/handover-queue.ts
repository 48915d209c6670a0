import { sql } from 'kysely';
import type { Connection, Handover } from './tables.ts';

/** The outbox towards the city's own system: rows are made by the acceptance itself, in its transaction. */
export interface HandoverQueue {
  /** One that is due, held for `leaseMs` against other gateways; null when there is none. */
  claim(now: Date, leaseMs: number): Promise<Handover | null>;
  done(id: string, status: number): Promise<void>;
  /** For good: an officer has to look at it. */
  refused(id: string, problem: string): Promise<void>;
  /** Tried again at `at`. */
  failed(id: string, problem: string, at: Date): Promise<void>;
  get(id: string): Promise<Handover | undefined>;
  counts(): Promise<Readonly<Record<Handover['state'], number>>>;
  /** An officer has mended what was wrong. */
  retry(id: string, now: Date): Promise<boolean>;
}

export function createHandoverQueue({ db, dialect }: Connection): HandoverQueue {
  return {
    claim: (now, leaseMs) =>
      db.transaction().execute(async (tx) => {
        const due = await tx
          .selectFrom('handovers')
          .selectAll()
          .where('state', '=', 'waiting')
          .where('next_attempt_at', '<=', now.getTime())
          .where('leased_until', '<=', now.getTime())
          // The city's system gets the versions of a dossier in their sequence.
          .where(({ exists, not, selectFrom }) =>
            not(
              exists(
                selectFrom('dossiers')
                  .innerJoin('handovers as before', 'before.dossier_id', 'dossiers.previous')
                  .select('before.dossier_id')
                  .whereRef('dossiers.id', '=', 'handovers.dossier_id')
                  .where('before.state', '=', 'waiting'),
              ),
            ),
          )
          .orderBy('next_attempt_at')
          .limit(1)
          .$if(dialect === 'postgres', (query) => query.forUpdate().skipLocked())
          .executeTakeFirst();
        if (due === undefined) return null;
        await tx
          .updateTable('handovers')
          .set({ leased_until: now.getTime() + leaseMs, attempts: sql<number>`attempts + 1` })
          .where('dossier_id', '=', due.dossier_id)
          .execute();
        return { ...due, attempts: due.attempts + 1 };
      }),
    done: async (id, status) => {
      await db
        .updateTable('handovers')
        .set({ state: 'done', problem: null, status, leased_until: 0 })
        .where('dossier_id', '=', id)
        .execute();
    },
    refused: async (id, problem) => {
      await db
        .updateTable('handovers')
        .set({ state: 'refused', problem, leased_until: 0 })
        .where('dossier_id', '=', id)
        .where('state', '=', 'waiting')
        .execute();
    },
    failed: async (id, problem, at) => {
      await db
        .updateTable('handovers')
        .set({ problem, next_attempt_at: at.getTime(), leased_until: 0 })
        .where('dossier_id', '=', id)
        .where('state', '=', 'waiting')
        .execute();
    },
    get: (id) => db.selectFrom('handovers').selectAll().where('dossier_id', '=', id).executeTakeFirst(),
    counts: async () => {
      const rows = await db
        .selectFrom('handovers')
        .select((on) => ['state', on.fn.countAll<number>().as('count')] as const)
        .groupBy('state')
        .execute();
      const of = (state: Handover['state']) => rows.find((row) => row.state === state)?.count ?? 0;
      return { waiting: of('waiting'), done: of('done'), refused: of('refused') };
    },
    retry: async (id, now) => {
      const { numUpdatedRows } = await db
        .updateTable('handovers')
        .set({ state: 'waiting', next_attempt_at: now.getTime(), problem: null })
        .where('dossier_id', '=', id)
        .where('state', '=', 'refused')
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}
