import { type PrintView, problem } from '@motcua/contract';
import type { Clock, Ids, Logger, Result } from '@motcua/core';
import { blockingError, type PrinterError, type Slip, type ThermalPrinter } from '@motcua/device-drivers';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Changes } from '../changes.ts';
import type { Db } from '../store/database.ts';

export type PrintKind = 'ticket' | 'provisional-receipt' | 'receipt';

export interface PrintRow {
  readonly id: string;
  readonly visit_id: string;
  readonly kind: PrintKind;
  /** held: waits for the printer; unknown appears only between a crash and the next look at the journal. */
  readonly state: 'queued' | 'sending' | 'held' | 'printed' | 'failed';
  readonly slip: string;
  readonly copy: 0 | 1;
  readonly attempts: number;
  readonly problem: string | null;
  readonly created_at: number;
}

/** Turns a slip into the printer's bytes; `copy` marks it as a copy. */
export type EncodeJob = (slip: Slip, copy: boolean) => Promise<Uint8Array>;

/**
 * The durable print journal: what is in it is printed once, or again marked as a copy when the first may have come out.
 * A job is `sending` on disk before its first byte leaves, so after a crash it counts as possibly printed.
 */
export interface PrintJournal {
  /** Inside the caller's transaction. */
  add(visitId: string, kind: PrintKind, slip: Slip): string;
  latest(visitId: string, kinds: readonly PrintKind[]): PrintRow | null;
  get(id: string): PrintRow | null;
  printAgain(id: string): void;
  view(row: PrintRow): PrintView;
  /** Jobs of a person who has left are not printed any more, and their contents are forgotten. */
  forget(visitId: string): void;
  /** Looks for work; called after each commit that added a job. */
  wake(): void;
  start(): void;
  stop(): Promise<void>;
}

const MAX_ATTEMPTS = 20;

export function createPrintJournal(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditLog;
  readonly changes: Changes;
  readonly logger: Logger;
  readonly printer: ThermalPrinter | null;
  readonly encode: EncodeJob;
}): PrintJournal {
  const { db, audit, printer } = deps;
  const get = db.prepare<[string], PrintRow>('SELECT * FROM print_jobs WHERE id = ?');
  const next = db.prepare<[], PrintRow>(
    `SELECT * FROM print_jobs WHERE state IN ('queued', 'held') ORDER BY created_at, id LIMIT 1`,
  );
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let again = false;
  let unsubscribe = () => {};

  const setState = (
    row: PrintRow,
    state: PrintRow['state'],
    patch: { problem?: string | null; copy?: 0 | 1 } = {},
  ) => {
    const copy = patch.copy ?? row.copy;
    db.prepare('UPDATE print_jobs SET state = ?, problem = ?, copy = ? WHERE id = ?').run(
      state,
      patch.problem ?? null,
      copy,
      row.id,
    );
    audit.record('print-state', row.visit_id, { kind: row.kind, state, reason: patch.problem ?? null });
    deps.changes.bump();
  };

  /** Its slip is forgotten then, and nobody waits for it. */
  const visitIsOver = (row: PrintRow) =>
    db.prepare('SELECT ended_at FROM visits WHERE id = ?').pluck().get(row.visit_id) !== null;

  async function printOne(row: PrintRow, device: ThermalPrinter): Promise<'go-on' | 'wait'> {
    const condition = await device.condition();
    const blocked = blockingError(condition);
    if (blocked) {
      if (row.state !== 'held' || row.problem !== blocked) setState(row, 'held', { problem: blocked });
      return 'wait';
    }
    // Whatever a broken attempt left in the printer's buffer must be gone before the same slip is sent again.
    if (row.attempts > 0) {
      const cleared = await device.clear();
      if (!cleared.ok) {
        setState(row, 'held', { problem: cleared.error.code });
        return 'wait';
      }
    }
    const bytes = await deps.encode(JSON.parse(row.slip) as Slip, row.copy === 1);
    // The person may have left while the printer was asked.
    if (get.get(row.id)?.state !== row.state) return 'go-on';
    db.prepare('UPDATE print_jobs SET attempts = attempts + 1 WHERE id = ?').run(row.id);
    setState(row, 'sending');
    const outcome: Result<unknown, PrinterError> = await device.print(bytes, stopping.signal);
    if (outcome.ok) {
      setState(row, 'printed');
      return 'go-on';
    }
    const copy = row.copy === 1 || outcome.error.mayHavePrinted ? 1 : 0;
    deps.logger.warn(
      { job: row.id, kind: row.kind, code: outcome.error.code, copy },
      'a print job was interrupted',
    );
    if (row.attempts + 1 >= MAX_ATTEMPTS || visitIsOver(row)) {
      setState(row, 'failed', { problem: outcome.error.code, copy });
      return 'go-on';
    }
    setState(row, 'held', { problem: outcome.error.code, copy });
    return 'wait';
  }

  async function drain(device: ThermalPrinter): Promise<void> {
    for (;;) {
      again = false;
      const row = stopping.signal.aborted ? undefined : next.get();
      if (!row) return;
      if ((await printOne(row, device)) === 'wait' && !again) return;
    }
  }

  const wake = () => {
    again = true;
    if (!printer || running || stopping.signal.aborted) return;
    running = drain(printer)
      .catch((error: unknown) => deps.logger.error({ err: error }, 'the print journal stopped at a fault'))
      .finally(() => {
        running = null;
        if (again && next.get()) setImmediate(wake);
      });
  };

  return {
    add: (visitId, kind, slip) => {
      const id = deps.ids.next();
      db.prepare(
        `INSERT INTO print_jobs (id, visit_id, kind, state, slip, created_at) VALUES (?, ?, ?, 'queued', ?, ?)`,
      ).run(id, visitId, kind, JSON.stringify(slip), deps.clock.now().getTime());
      return id;
    },
    latest: (visitId, kinds) =>
      db
        .prepare<string[], PrintRow>(
          `SELECT * FROM print_jobs WHERE visit_id = ? AND kind IN (${kinds.map(() => '?').join(', ')})
           ORDER BY created_at DESC, id DESC LIMIT 1`,
        )
        .get(visitId, ...kinds) ?? null,
    get: (id) => get.get(id) ?? null,
    printAgain: (id) => {
      db.prepare(
        `UPDATE print_jobs SET state = 'queued', copy = 1, problem = NULL WHERE id = ? AND state IN ('printed', 'failed')`,
      ).run(id);
    },
    view: (row) => ({
      id: row.id,
      state: row.state,
      previewUrl: `/api/prints/${row.id}/preview.png`,
      problem: row.problem ? problem(row.problem) : null,
    }),
    forget: (visitId) => {
      db.prepare(
        `UPDATE print_jobs SET state = 'failed' WHERE visit_id = ? AND state IN ('queued', 'held')`,
      ).run(visitId);
      db.prepare(`UPDATE print_jobs SET slip = '{"blocks":[]}' WHERE visit_id = ?`).run(visitId);
    },
    wake,
    start: () => {
      // Bytes may have reached the printer before the crash: print again, and say on the paper that it is a copy.
      db.prepare(
        `UPDATE print_jobs SET copy = 1,
           state = iif((SELECT ended_at FROM visits WHERE visits.id = visit_id) IS NULL, 'held', 'failed')
         WHERE state = 'sending'`,
      ).run();
      unsubscribe = printer?.onCondition(() => wake()) ?? unsubscribe;
      wake();
    },
    stop: async () => {
      stopping.abort();
      unsubscribe();
      await running;
    },
  };
}
