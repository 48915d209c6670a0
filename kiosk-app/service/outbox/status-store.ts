import { type DossierStatuses, nextStatusQuestion } from '@motcua/contract';
import type { Clock } from '@motcua/core';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Db } from '../store/database.ts';

export type StatusAnswer = DossierStatuses['statuses'][number];

/** A dossier that the city has accepted, and what it said last of it. */
export interface DossierAtCity {
  readonly id: string;
  readonly dossier_code: string;
  readonly procedure_code: string;
  readonly accepted_at: number;
  /** Null: nothing but that it has accepted it. */
  readonly city_status: number | null;
  readonly city_status_since: number;
  readonly city_handover: StatusAnswer['handover'] | null;
  /** Null: it is over, or has stood still for so long that it is not asked for any more. */
  readonly next_status_at: number | null;
}

/** What became of the dossiers that the city has, and when it is asked for next. */
export interface StatusStore {
  /** Ids of those to ask for now, the longest due first. */
  due(most: number): readonly string[];
  nextDue(): number | null;
  /** The city's answer for one of them; null: it did not speak of it. */
  note(id: string, answer: StatusAnswer | null): void;
  /** The newest thousand. */
  list(): readonly DossierAtCity[];
  /** All of them, by what the city said last. */
  counts(): readonly { readonly city_status: number | null; readonly count: number }[];
}

/** Longer than any pause between two questions: a time beyond it was written before the clock was set back. */
const FAR_AHEAD_MS = 2 * 86_400_000;

export function createStatusStore(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: AuditLog;
  readonly random: () => number;
}): StatusStore {
  const { db, audit } = deps;
  const now = () => deps.clock.now().getTime();
  const idsWhere = (when: string) =>
    db
      .prepare<{ now: number; farAhead: number; most: number }, string>(
        `SELECT id FROM dossiers WHERE ${when} ORDER BY next_status_at LIMIT @most`,
      )
      .pluck();
  const selectDue = idsWhere('next_status_at <= @now');
  const selectMisdated = idsWhere('next_status_at > @now + @farAhead');
  const selectNext = db
    .prepare<[], number | null>('SELECT min(next_status_at) FROM dossiers WHERE next_status_at IS NOT NULL')
    .pluck();
  const columns = `id, dossier_code, procedure_code, accepted_at, city_status, city_status_since, city_handover,
    next_status_at`;
  const select = db.prepare<[string], DossierAtCity & { readonly visit_id: string }>(
    `SELECT ${columns}, visit_id FROM dossiers WHERE id = ? AND state = 'accepted'`,
  );
  const update = db.prepare(
    `UPDATE dossiers SET city_status = ?, city_status_since = ?, city_handover = ?, next_status_at = ? WHERE id = ?`,
  );
  return {
    due: (most) => {
      const time = { now: now(), farAhead: FAR_AHEAD_MS, most };
      const due = selectDue.all(time);
      return due.length > 0 ? due : selectMisdated.all(time);
    },
    nextDue: () => selectNext.get() ?? null,
    note: (id, answer) =>
      db
        .transaction(() => {
          const row = select.get(id);
          if (!row) return;
          const status = answer?.status ?? row.city_status;
          const changed = status !== row.city_status;
          const since = changed ? now() : row.city_status_since;
          const next = nextStatusQuestion({ status, since, now: now(), random: deps.random });
          update.run(status, since, answer?.handover ?? row.city_handover, next, id);
          if (changed) audit.record('dossier-status', row.visit_id, { dossier: id, status });
        })
        .immediate(),
    list: () =>
      db
        .prepare<[], DossierAtCity>(
          `SELECT ${columns} FROM dossiers WHERE state = 'accepted' ORDER BY accepted_at DESC LIMIT 1000`,
        )
        .all(),
    counts: () =>
      db
        .prepare<[], { city_status: number | null; count: number }>(
          `SELECT city_status, count(*) AS count FROM dossiers WHERE state = 'accepted'
           GROUP BY city_status ORDER BY city_status`,
        )
        .all(),
  };
}
