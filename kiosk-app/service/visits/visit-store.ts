import type { Language, VisitStep } from '@motcua/contract';
import type { Clock, IdentityLevel } from '@motcua/core';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Db } from '../store/database.ts';

export interface VisitRow {
  readonly id: string;
  readonly version: number;
  readonly step_version: number;
  readonly step: VisitStep;
  readonly language: Language;
  readonly procedure_code: string | null;
  readonly started_at: number;
  readonly active_at: number;
  readonly ended_at: number | null;
  readonly end_reason: string | null;
  readonly identity_state: 'waiting' | 'read' | 'confirmed';
  /** JSON of a `CitizenCard`; wiped when the visit ends. */
  readonly card: string | null;
  readonly identity_problem: string | null;
  readonly identity_level: IdentityLevel | null;
  /** JSON of a `ChipOutcome`: what the chip proved, nothing of what it says. */
  readonly chip: string | null;
  readonly person_key: string | null;
  readonly reopened_pages: number;
  readonly scan_paper: string | null;
  readonly scan_replaces: string | null;
  readonly scan_problem: string | null;
  readonly dossier_id: string | null;
  readonly problem: string | null;
  readonly draft_until: number | null;
}

export type EndReason = 'finished' | 'timed-out' | 'number-only' | 'cancelled';

type Patch = Partial<Omit<VisitRow, 'id' | 'version' | 'step_version' | 'started_at' | 'active_at'>>;

/** The visits. At most one is open: the database itself refuses a second. */
export interface VisitStore {
  /** Null also when the open one's person has left and only the disk does not take its end. */
  open(): VisitRow | null;
  /** For everybody but the database the visit is over. */
  leave(id: string): void;
  /** The visit whose end is not stored yet. */
  leaving(): string | null;
  get(id: string): VisitRow | null;
  start(id: string, language: Language): void;
  /** Changes an open visit: one version up; a changed step is audited. */
  change(id: string, patch: Patch): void;
  touch(id: string): void;
  findDraft(personKey: string, procedureCode: string): VisitRow | null;
  expiredDrafts(): readonly VisitRow[];
}

export function createVisitStore(db: Db, clock: Clock, audit: AuditLog): VisitStore {
  const now = () => clock.now().getTime();
  const selectOpen = db.prepare<[], VisitRow>('SELECT * FROM visits WHERE ended_at IS NULL');
  const select = db.prepare<[string], VisitRow>('SELECT * FROM visits WHERE id = ?');
  let left: string | null = null;
  const stillOpen = () => selectOpen.get() ?? null;
  return {
    open: () => {
      const visit = stillOpen();
      return visit?.id === left ? null : visit;
    },
    leave: (id) => {
      left = id;
    },
    leaving: () => (left !== null && stillOpen()?.id === left ? left : null),
    get: (id) => select.get(id) ?? null,
    start: (id, language) => {
      db.prepare(
        `INSERT INTO visits (id, version, step_version, step, language, started_at, active_at)
         VALUES (?, 1, 1, 'language', ?, ?, ?)`,
      ).run(id, language, now(), now());
      audit.record('visit-started', id);
    },
    change: (id, patch) => {
      const before = select.get(id);
      if (!before) throw new Error('a visit that does not exist cannot change');
      const columns = Object.keys(patch);
      // Whatever changes a visit is a sign of life: after a crash its idle time counts from here.
      const sets = [
        'version = version + 1',
        'active_at = @now',
        ...columns.map((column) => `${column} = @${column}`),
      ];
      const moved = patch.step !== undefined && patch.step !== before.step;
      if (moved) sets.push('step_version = version + 1');
      db.prepare(`UPDATE visits SET ${sets.join(', ')} WHERE id = @id`).run({ ...patch, id, now: now() });
      if (moved) audit.record('visit-step', id, { step: patch.step as string });
    },
    touch: (id) => {
      db.prepare('UPDATE visits SET active_at = ? WHERE id = ?').run(now(), id);
    },
    findDraft: (personKey, procedureCode) =>
      db
        .prepare<[string, string, number], VisitRow>(
          `SELECT * FROM visits WHERE person_key = ? AND procedure_code = ? AND draft_until > ?
           ORDER BY ended_at DESC LIMIT 1`,
        )
        .get(personKey, procedureCode, now()) ?? null,
    expiredDrafts: () =>
      db.prepare<[number], VisitRow>('SELECT * FROM visits WHERE draft_until <= ?').all(now()),
  };
}
