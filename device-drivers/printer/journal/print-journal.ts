import type { Logger } from '@motcua/core';
import type { PrinterError, ThermalPrinter } from '../printer.ts';
import { blockingError } from '../status.ts';
import type { JournalChange, JournalJob, JournalStore } from './journal-store.ts';

/**
 * The durable print journal. What is in it is printed once; or again, marked as a copy, when the first may have come out.
 * A job is `sending` on disk before its first byte leaves, so after a crash it counts as possibly printed.
 */
export interface PrintJournal {
  /** Looks for work; called after each job that was added. */
  wake(): void;
  /** Takes up what an earlier process left, and begins. */
  start(): void;
  /** Ends the running job (it stays in the journal) and waits for that. */
  stop(): Promise<void>;
  /** Resolves when no job is queued. Waits as long as the printer makes us wait. */
  settled(): Promise<void>;
}

export interface PrintJournalDependencies {
  readonly store: JournalStore;
  readonly printer: ThermalPrinter;
  /** The job's bytes, marked when `job.copy` says so. */
  readonly encode: (job: JournalJob) => Promise<Uint8Array>;
  readonly logger: Logger;
  /** False: nobody waits for it any more, do not print it again. */
  readonly isWanted?: (id: string) => boolean;
  /** After so many times sent, it is given up. */
  readonly maxAttempts?: number;
  /** Every change of a job, after it is durable. */
  readonly onChange?: (job: JournalJob) => void;
}

const MAX_ATTEMPTS = 20;
/** A printer that works through a job so often without confirming it, or contradicts itself over it, goes on doing so. */
const MAX_UNBELIEVABLE = 5;
const RETRY_FIRST_MS = 50;
const RETRY_MAX_MS = 2_000;
/**
 * A printer without barrier takes jobs into its buffer and says nothing of them: when it loses its buffer, the last ones
 * are lost. The largest buffer that we know of, and the longest that a printer takes to print it.
 */
const BUFFER_BYTES = 65_536;
const BUFFER_MS = 60_000;

export function createPrintJournal(deps: PrintJournalDependencies): PrintJournal {
  const { store, printer, logger } = deps;
  const maxAttempts = deps.maxAttempts ?? MAX_ATTEMPTS;
  const isWanted = deps.isWanted ?? (() => true);
  const stopping = new AbortController();
  const unbelievable = new Map<string, number>();
  let weak: { readonly id: string; readonly bytes: number; readonly at: number }[] = [];
  let running: Promise<void> | undefined;
  let again = false;
  let retryMs = RETRY_FIRST_MS;
  let retryTimer: NodeJS.Timeout | undefined;
  let unsubscribe = () => {};
  let onSettled: (() => void)[] = [];

  const record = (job: JournalJob, change: Partial<JournalChange>): JournalJob => {
    const next = { ...job, ...change };
    store.record(job.id, next);
    deps.onChange?.(next);
    return next;
  };

  /** Jobs that only lay in the printer's buffer when it failed. */
  const doubtWeak = () => {
    let bytes = 0;
    const now = performance.now();
    for (const one of weak.reverse()) {
      bytes += one.bytes;
      const job = store.get(one.id);
      if (job?.state === 'unknown' && isWanted(one.id) && now - one.at < BUFFER_MS)
        record(job, { state: 'queued', copy: true, certainty: null });
      if (bytes >= BUFFER_BYTES) break;
    }
    weak = [];
  };

  const conclude = (job: JournalJob, error: PrinterError): 'go-on' | 'wait' => {
    logger.warn(
      { job: job.id, code: error.code, mayHavePrinted: error.mayHavePrinted },
      'a print job was interrupted',
    );
    doubtWeak();
    const copy = job.copy || error.mayHavePrinted;
    const attempts = error.mayHavePrinted ? job.attempts : job.attempts - 1;
    const times = (unbelievable.get(job.id) ?? 0) + (isUnbelievable(error.code) ? 1 : 0);
    unbelievable.set(job.id, times);
    if (attempts >= maxAttempts || times >= MAX_UNBELIEVABLE || !isWanted(job.id)) {
      unbelievable.delete(job.id);
      record(job, { state: copy ? 'unknown' : 'failed', problem: error.code, copy, attempts });
      return 'go-on';
    }
    record(job, { state: 'queued', problem: error.code, copy, attempts });
    // What was sent and is in doubt is sent again at once; the driver itself asks how the printer is.
    return error.mayHavePrinted ? 'go-on' : 'wait';
  };

  const printOne = async (job: JournalJob): Promise<'go-on' | 'wait'> => {
    // The driver asks before each job. A job that waits is not noted as being sent for the sake of that question.
    const blocked = job.problem ? blockingError(await printer.condition()) : undefined;
    if (stopping.signal.aborted) return 'wait';
    if (blocked) {
      if (job.problem !== blocked && store.get(job.id)?.state === 'queued') record(job, { problem: blocked });
      return 'wait';
    }
    const bytes = await deps.encode(job);
    // It may have been withdrawn while the printer was asked.
    if (store.get(job.id)?.state !== 'queued') return 'go-on';
    let current = record(job, { state: 'sending', attempts: job.attempts + 1, problem: null });
    const outcome = await printer.print(bytes, stopping.signal, () => {
      current = record(current, { state: 'sent' });
    });
    if (!outcome.ok) return conclude(current, outcome.error);
    retryMs = RETRY_FIRST_MS;
    unbelievable.delete(job.id);
    const { certainty } = outcome.value;
    const proven = certainty === 'confirmed' || certainty === 'processed';
    record(current, { state: proven ? 'confirmed' : 'unknown', certainty });
    weak = proven ? [] : [...weak.slice(-100), { id: job.id, bytes: bytes.length, at: performance.now() }];
    return 'go-on';
  };

  const drain = async (): Promise<void> => {
    for (;;) {
      again = false;
      const job = stopping.signal.aborted ? undefined : store.next();
      if (!job) return;
      if ((await printOne(job)) === 'go-on' || again) continue;
      if (stopping.signal.aborted) return;
      // Some printers say nothing when they are well again.
      clearTimeout(retryTimer);
      retryTimer = setTimeout(wake, retryMs);
      retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
      return;
    }
  };

  const wake = () => {
    again = true;
    if (running || stopping.signal.aborted) return;
    running = drain()
      .catch((error: unknown) => {
        logger.error({ err: error }, 'the print journal stopped at a fault');
        clearTimeout(retryTimer);
        retryTimer = setTimeout(wake, RETRY_MAX_MS);
      })
      .finally(() => {
        running = undefined;
        if (stopping.signal.aborted) return;
        if (!store.next()) for (const settle of onSettled.splice(0)) settle();
        else if (again) setImmediate(wake);
      });
  };

  return {
    wake,
    start: () => {
      for (const job of store.interrupted())
        record(job, { state: isWanted(job.id) ? 'queued' : 'unknown', copy: true });
      unsubscribe = printer.onCondition((condition) => {
        if (!blockingError(condition)) retryMs = RETRY_FIRST_MS;
        wake();
      });
      wake();
    },
    stop: async () => {
      stopping.abort();
      clearTimeout(retryTimer);
      unsubscribe();
      await running;
      for (const settle of onSettled.splice(0)) settle();
    },
    settled: () =>
      new Promise((resolve) => {
        onSettled = [...onSettled, resolve];
        wake();
      }),
  };
}

const isUnbelievable = (code: PrinterError['code']) =>
  code === 'printer-unconfirmed' || code === 'printer-contradictory';
