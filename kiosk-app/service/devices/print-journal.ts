import { type PrintView, problem } from '@motcua/contract';
import type { Clock, Ids, Logger } from '@motcua/core';
import {
  createPrintJournal as createDriverJournal,
  type JournalJob,
  type JournalState,
  type JournalStore,
  type Slip,
  type ThermalPrinter,
} from '@motcua/device-drivers';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Changes } from '../changes.ts';
import type { Db } from '../store/database.ts';

export type PrintKind = 'ticket' | 'provisional-receipt' | 'receipt';

export interface PrintRow {
  readonly id: string;
  readonly visit_id: string;
  readonly kind: PrintKind;
  /** held: waits for the printer. */
  readonly state: 'queued' | 'sending' | 'held' | 'printed' | 'failed';
  readonly slip: string;
  readonly copy: 0 | 1;
  readonly attempts: number;
  readonly problem: JournalJob['problem'];
  readonly created_at: number;
  /** Of a receipt that is printed after its visit: until when it may come out. */
  readonly wanted_until: number | null;
}

/** Turns a slip into the bytes of the printer that prints its kind; `copy` marks it as a copy. */
export type EncodeJob = (slip: Slip, kind: PrintKind, copy: boolean) => Promise<Uint8Array>;

/** One printer and what goes there. */
interface Lane {
  readonly printer: ThermalPrinter;
  readonly kinds: readonly PrintKind[];
}

/**
 * The kiosk's print jobs: the drivers' durable journal, kept in the service's database beside the visits. Each printer
 * works off its own kinds of slips.
 */
export interface PrintJournal {
  /** Inside the caller's transaction. */
  add(visitId: string, kind: PrintKind, slip: Slip): string;
  /**
   * Inside the caller's transaction, for a visit that is over. It waits for paper so long at most; marked as a copy where
   * an earlier one may have come out.
   */
  addAfterVisit(visitId: string, kind: PrintKind, slip: Slip, waitsMs: number): void;
  /** Gives up what has waited too long after its visit, and forgets what such jobs say. */
  forgetPassed(): void;
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

export function createPrintJournal(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditLog;
  readonly changes: Changes;
  readonly logger: Logger;
  readonly ticketPrinter: ThermalPrinter | null;
  /** Without one, receipts go to the ticket printer. */
  readonly receiptPrinter: ThermalPrinter | null;
  readonly encode: EncodeJob;
  /** Whether the person of this visit is still there. */
  readonly isOpen: (visitId: string) => boolean;
}): PrintJournal {
  const { db, audit } = deps;
  const now = () => deps.clock.now().getTime();
  let passing: NodeJS.Timeout | undefined;
  const get = db.prepare<[string], PrintRow>('SELECT * FROM print_jobs WHERE id = ?');
  const update = db.prepare(
    'UPDATE print_jobs SET state = ?, problem = ?, copy = ?, attempts = ? WHERE id = ?',
  );

  // By the rows' own order: a clock that was set back must not make the older of two slips the latest.
  const storeOf = (kinds: readonly PrintKind[]): JournalStore => {
    const wanted = JSON.stringify(kinds);
    const ofKinds = 'kind IN (SELECT value FROM json_each(?))';
    const next = db.prepare<[string], PrintRow>(
      `SELECT * FROM print_jobs WHERE state IN ('queued', 'held') AND ${ofKinds} ORDER BY rowid LIMIT 1`,
    );
    const interrupted = db.prepare<[string], PrintRow>(
      `SELECT * FROM print_jobs WHERE state = 'sending' AND ${ofKinds} ORDER BY rowid`,
    );
    return {
      next: () => optionalJob(next.get(wanted)),
      get: (id) => optionalJob(get.get(id)),
      interrupted: () => interrupted.all(wanted).map(jobOf),
      record: (id, change) => {
        const row = get.get(id);
        if (!row) return;
        const state = rowState(change);
        update.run(state, change.problem, change.copy ? 1 : 0, change.attempts, id);
        if (state === row.state && change.problem === row.problem) return;
        audit.record('print-state', row.visit_id, { kind: row.kind, state, reason: change.problem });
        deps.changes.bump();
      },
    };
  };
  const journals = lanesOf(deps.ticketPrinter, deps.receiptPrinter).map(({ printer, kinds }) =>
    createDriverJournal({
      store: storeOf(kinds),
      printer,
      logger: deps.logger,
      encode: (job) => {
        const row = get.get(job.id);
        return deps.encode(JSON.parse(row?.slip ?? '{"blocks":[]}') as Slip, row?.kind ?? 'ticket', job.copy);
      },
      // When the person has left, her slip is forgotten, and nobody waits for it.
      isWanted: (id) => {
        const row = get.get(id);
        return row?.wanted_until != null ? now() < row.wanted_until : deps.isOpen(row?.visit_id ?? '');
      },
    }),
  );

  const forgetPassed = () => {
    // Also one from before the clock was set back.
    const passed = 'wanted_until IS NOT NULL AND (wanted_until <= @now OR created_at > @now)';
    db.prepare(`UPDATE print_jobs SET state = 'failed' WHERE state IN ('queued', 'held') AND ${passed}`).run({
      now: now(),
    });
    db.prepare(
      `UPDATE print_jobs SET slip = '{"blocks":[]}', wanted_until = NULL
       WHERE state IN ('printed', 'failed') AND ${passed}`,
    ).run({ now: now() });
  };

  return {
    forgetPassed,
    addAfterVisit: (visitId, kind, slip, waitsMs) => {
      const before = db
        .prepare<[string, PrintKind], number>(
          'SELECT coalesce(sum(attempts), 0) FROM print_jobs WHERE visit_id = ? AND kind = ?',
        )
        .pluck()
        .get(visitId, kind);
      db.prepare(
        `INSERT INTO print_jobs (id, visit_id, kind, state, slip, copy, created_at, wanted_until)
         VALUES (?, ?, ?, 'queued', ?, ?, ?, ?)`,
      ).run(deps.ids.next(), visitId, kind, JSON.stringify(slip), before ? 1 : 0, now(), now() + waitsMs);
      clearTimeout(passing);
      passing = setTimeout(() => {
        try {
          forgetPassed();
        } catch (error) {
          deps.logger.warn({ err: error }, 'a receipt is forgotten with the next sweep');
        }
      }, waitsMs + 1);
      passing.unref();
    },
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
           ORDER BY rowid DESC LIMIT 1`,
        )
        .get(visitId, ...kinds) ?? null,
    get: (id) => get.get(id) ?? null,
    printAgain: (id) => {
      db.prepare(
        `UPDATE print_jobs SET state = 'queued', copy = 1, problem = NULL, attempts = 0 WHERE id = ? AND state IN ('printed', 'failed')`,
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
    wake: () => {
      for (const journal of journals) journal.wake();
    },
    start: () => {
      for (const journal of journals) journal.start();
    },
    stop: async () => {
      clearTimeout(passing);
      await Promise.all(journals.map((journal) => journal.stop()));
    },
  };
}

const RECEIPTS: readonly PrintKind[] = ['provisional-receipt', 'receipt'];

function lanesOf(ticketPrinter: ThermalPrinter | null, receiptPrinter: ThermalPrinter | null): Lane[] {
  const tickets: readonly PrintKind[] = receiptPrinter ? ['ticket'] : ['ticket', ...RECEIPTS];
  return [
    ...(ticketPrinter ? [{ printer: ticketPrinter, kinds: tickets }] : []),
    ...(receiptPrinter ? [{ printer: receiptPrinter, kinds: RECEIPTS }] : []),
  ];
}

function jobOf(row: PrintRow): JournalJob {
  return {
    id: row.id,
    state: jobStates[row.state],
    copy: row.copy === 1,
    attempts: row.attempts,
    problem: row.problem,
    certainty: null,
  };
}

function optionalJob(row: PrintRow | undefined): JournalJob | undefined {
  return row && jobOf(row);
}

const jobStates = {
  queued: 'queued',
  held: 'queued',
  sending: 'sending',
  printed: 'confirmed',
  failed: 'failed',
} as const satisfies Record<PrintRow['state'], JournalState>;

/** The screen knows fewer states: what went to a printer without a word of trouble counts as printed. */
function rowState(job: Pick<JournalJob, 'state' | 'problem' | 'certainty'>): PrintRow['state'] {
  switch (job.state) {
    case 'queued':
      return job.problem ? 'held' : 'queued';
    case 'sending':
    case 'sent':
      return 'sending';
    case 'confirmed':
      return 'printed';
    case 'unknown':
      return job.certainty ? 'printed' : 'failed';
    case 'failed':
      return 'failed';
  }
}
