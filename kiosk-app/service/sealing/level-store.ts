import type { Clock } from '@motcua/core';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Db } from '../store/database.ts';
import type { SealLevel } from './sealer.ts';

export interface LevelRow {
  readonly dossier_id: string;
  readonly level: SealLevel['level'];
  /** Why it is not higher: the warning that the rules want kept (TT 15/2025/TT-BKHCN). */
  readonly problem: string | null;
  readonly attempts: number;
  /** Null: nothing is left to do. */
  readonly next_attempt_at: number | null;
}

/** How far each dossier's seal has come, and when the next step is due. */
export interface LevelStore {
  get(dossierId: string): LevelRow | null;
  /** The next due dossier that lies here and that no upload is reading. */
  due(): (LevelRow & { readonly file: string }) | null;
  nextDue(): number | null;
  record(dossierId: string, reached: SealLevel, nextAttemptAt: number | null): void;
}

export function createLevelStore(db: Db, clock: Clock, audit: AuditLog): LevelStore {
  const select = db.prepare<[string], LevelRow>('SELECT * FROM seal_levels WHERE dossier_id = ?');
  // The bytes that are on their way to the city stay as they are until it has answered.
  const here = `FROM seal_levels JOIN dossiers ON dossiers.id = dossier_id
    WHERE next_attempt_at IS NOT NULL AND file IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.dossier_id = seal_levels.dossier_id)`;
  const selectDue = db.prepare<[number], LevelRow & { file: string }>(
    `SELECT seal_levels.*, file ${here} AND next_attempt_at <= ? ORDER BY next_attempt_at LIMIT 1`,
  );
  const selectNext = db.prepare<[], { at: number | null }>(`SELECT min(next_attempt_at) AS at ${here}`);
  const visitOf = db.prepare<[string], { visit_id: string }>('SELECT visit_id FROM dossiers WHERE id = ?');
  return {
    get: (id) => select.get(id) ?? null,
    due: () => selectDue.get(clock.now().getTime()) ?? null,
    nextDue: () => selectNext.get()?.at ?? null,
    record: (id, { level, problem }, nextAttemptAt) => {
      db.transaction(() => {
        const before = select.get(id);
        db.prepare(
          `INSERT INTO seal_levels (dossier_id, level, problem, attempts, next_attempt_at) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (dossier_id) DO UPDATE SET level = excluded.level, problem = excluded.problem,
             attempts = excluded.attempts, next_attempt_at = excluded.next_attempt_at`,
        ).run(id, level, problem, problem === null ? 0 : (before?.attempts ?? 0) + 1, nextAttemptAt);
        if (before?.level !== level || before.problem !== problem)
          audit.record('seal-level', visitOf.get(id)?.visit_id ?? null, { dossier: id, level, problem });
      }).immediate();
    },
  };
}
