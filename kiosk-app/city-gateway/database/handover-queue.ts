import { sql } from 'kysely';
import type { Connection, Handover } from './tables.ts';

/** The outbox towards the city's own system: rows are made by the acceptance itself, in its transaction. */
export interface HandoverQueue {
  /** One that is due, held for `leaseMs` against other gateways; null when there is none. */
  claim(now: Date, leaseMs: number): Promise<Handover | null>;
  /** Handed over. Of the versions of a dossier only the newest that is there is asked for. */
  done(id: string, status: number, times: StatusTimes): Promise<void>;
  /** One whose status is to be asked for, held for `leaseMs` against other gateways; null when there is none. */
  claimStatus(now: Date, leaseMs: number): Promise<AskedHandover | null>;
  /** What the system answered, or that it did not: then the status is null, and stays what it was. */
  noteStatus(id: string, status: number | null, times: StatusTimes): Promise<void>;
  /** Of accepted dossiers of one kiosk (null: of any), each by the newest version of it that was handed over. */
  statuses(ids: readonly string[], kioskId: string | null): Promise<readonly StatusOfDossier[]>;
  /** For good: an officer has to look at it. */
  refused(id: string, problem: string): Promise<void>;
  /** Tried again at `at`. */
  failed(id: string, problem: string, at: Date): Promise<void>;
  get(id: string): Promise<Handover | undefined>;
  counts(): Promise<Readonly<Record<Handover['state'], number>>>;
  /** An officer has mended what was wrong. */
  retry(id: string, now: Date): Promise<boolean>;
}

export interface StatusTimes {
  /** Milliseconds since 1970: since when it is so (as it was: null), and when it is asked for next (null: never). */
  readonly since: number | null;
  readonly next: number | null;
}

export interface AskedHandover extends Handover {
  readonly code: string;
}

export interface StatusOfDossier {
  readonly dossierId: string;
  /** Null: no version has been handed over yet. */
  readonly status: number | null;
  /** Of its newest version. */
  readonly handover: Handover['state'];
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
    done: (id, status, { since, next }) =>
      db.transaction().execute(async (tx) => {
        await tx
          .updateTable('handovers')
          .set({ next_status_at: null })
          .where('next_status_at', 'is not', null)
          .where('dossier_id', 'in', (from) =>
            from
              .selectFrom('dossiers')
              .select('id')
              .where('code', '=', (one) => one.selectFrom('dossiers').select('code').where('id', '=', id)),
          )
          .execute();
        await tx
          .updateTable('handovers')
          .set({
            state: 'done',
            problem: null,
            status,
            leased_until: 0,
            status_since: since,
            next_status_at: next,
          })
          .where('dossier_id', '=', id)
          .execute();
      }),
    claimStatus: (now, leaseMs) =>
      db.transaction().execute(async (tx) => {
        const due = await tx
          .selectFrom('handovers')
          .selectAll()
          .where('next_status_at', '<=', now.getTime())
          .orderBy('next_status_at')
          .limit(1)
          .$if(dialect === 'postgres', (query) => query.forUpdate().skipLocked())
          .executeTakeFirst();
        if (due === undefined) return null;
        await tx
          .updateTable('handovers')
          .set({ next_status_at: now.getTime() + leaseMs })
          .where('dossier_id', '=', due.dossier_id)
          .execute();
        const { code } = await tx
          .selectFrom('dossiers')
          .select('code')
          .where('id', '=', due.dossier_id)
          .executeTakeFirstOrThrow();
        if (code === null) throw new Error('what was handed over has no code');
        return { ...due, code };
      }),
    noteStatus: async (id, status, { since, next }) => {
      await db
        .updateTable('handovers')
        .set({
          next_status_at: next,
          ...(status !== null && { status }),
          ...(since !== null && { status_since: since }),
        })
        .where('dossier_id', '=', id)
        // A newer version may have been handed over meanwhile.
        .where('next_status_at', 'is not', null)
        .execute();
    },
    statuses: async (ids, kioskId) => {
      const rows = await db
        .selectFrom('dossiers')
        .innerJoin('dossiers as any_version', 'any_version.code', 'dossiers.code')
        .innerJoin('handovers', 'handovers.dossier_id', 'any_version.id')
        .select(['dossiers.id', 'handovers.state', 'handovers.status'])
        .where('dossiers.id', 'in', [...ids])
        .where('dossiers.receipt', 'is not', null)
        .$if(kioskId !== null, (query) => query.where('dossiers.kiosk_id', '=', kioskId!))
        .orderBy('dossiers.id')
        .orderBy('any_version.version')
        .execute();
      const found = new Map<string, StatusOfDossier>();
      for (const { id, state, status } of rows)
        found.set(id, {
          dossierId: id,
          status: status ?? found.get(id)?.status ?? null,
          handover: state,
        });
      return [...found.values()];
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
