import { commands } from './commands.ts';
import type { Habits } from './habits.ts';
import type { Patience } from './patience.ts';
import type { PrintCertainty, PrinterError } from './printer.ts';
import type { PrinterLine } from './printer-line.ts';
import { blockingError, readPortStatus } from './status.ts';
import type { PrinterTimeouts } from './timeouts.ts';

/** How a job came to its end, and whether any of it had left for the printer. */
export interface JobOutcome {
  readonly end: JobEnd;
  readonly sent: boolean;
}

export type JobEnd =
  | { readonly type: 'done'; readonly certainty: PrintCertainty }
  /** Worked through (`GS r` was answered) and not confirmed within the grace; perhaps another id was. */
  | { readonly type: 'unconfirmed'; readonly otherId: boolean }
  /** The printer said why it stopped. */
  | { readonly type: 'blocked'; readonly code: PrinterError['code'] }
  | { readonly type: 'lost' }
  /** `reachable`: it answered about its status behind the job. */
  | { readonly type: 'timeout'; readonly reachable: boolean }
  | { readonly type: 'cancelled' };

export interface JobContext {
  readonly line: PrinterLine;
  readonly habits: Habits;
  readonly patience: Patience;
  readonly timeouts: PrinterTimeouts;
  /** `GS ( H` is sent at all. */
  readonly asksConfirmation: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onSent: (() => void) | undefined;
}

const CHUNK_BYTES = 4_096;
/** Status is asked again and again while the end of the job is waited for: some models tell nothing by themselves. */
const FIRST_POLL_MS = 15;
const POLL_MS = 25;

/**
 * Sends one job with `GS ( H` (unless this printer has none) and `GS r` behind it and waits for the first thing that
 * ends it. The line must be connected and its printer unblocked.
 */
export async function runJob(job: Uint8Array, processId: string, context: JobContext): Promise<JobOutcome> {
  const { line, habits, patience, timeouts, signal } = context;
  const confirms = habits.get('confirms');
  let ended = false;
  let finish: (end: JobEnd) => void = () => undefined;
  const end = new Promise<JobEnd>((resolve) => {
    finish = (value) => {
      ended = true;
      resolve(value);
    };
  });
  let reachable = false;
  const timeout = () => finish({ type: 'timeout', reachable });
  let timer = setTimeout(timeout, timeouts.writeMs);
  const within = (ms: number, then: () => void = timeout) => {
    clearTimeout(timer);
    timer = setTimeout(then, ms);
  };
  let sentAt: number | undefined;
  let barrierAt: number | undefined;
  let otherId = false;
  let resume: (() => void) | undefined;
  let sent = false;

  const onBarrier = (byte: number) => {
    if (sentAt === undefined || barrierAt !== undefined) return;
    barrierAt = performance.now();
    patience.took('print', barrierAt - sentAt, job.length);
    if ((byte & 0x0c) !== 0 && !line.believesOnlyAnswers())
      return finish({ type: 'blocked', code: 'printer-paper-end' });
    if (confirms === 'no') return finish({ type: 'done', certainty: 'processed' });
    within(patience.limit('confirm', job.length), () => finish({ type: 'unconfirmed', otherId }));
  };

  const onPrinted = (id: string) => {
    if (sentAt === undefined) return;
    if (id !== processId) {
      otherId = true;
      return;
    }
    const now = performance.now();
    if (barrierAt === undefined) patience.took('print', now - sentAt, job.length);
    patience.took('confirm', barrierAt === undefined ? 0 : now - barrierAt, job.length);
    habits.seen('confirms');
    finish({ type: 'done', certainty: 'confirmed' });
  };

  const stops = [
    line.onLost(() => finish({ type: 'lost' })),
    line.onCondition((condition) => {
      const code = blockingError(condition);
      if (code) finish({ type: 'blocked', code });
    }),
    line.onMessage((message) => {
      if (message.type === 'xon') resume?.();
      else if (message.type === 'printed') onPrinted(message.processId);
      else if (message.type === 'paper-status') onBarrier(message.byte);
    }),
  ];
  const onAbort = () => finish({ type: 'cancelled' });
  signal?.addEventListener('abort', onAbort, { once: true });

  const send = async () => {
    for (let at = 0; at < job.length && !ended; at += CHUNK_BYTES) {
      if (line.held())
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
      if (ended) return;
      sent = true;
      await line.write(job.subarray(at, at + CHUNK_BYTES));
      if (!ended) within(timeouts.writeMs);
    }
    if (ended) return;
    sentAt = performance.now();
    context.onSent?.();
    within(patience.limit('print', job.length));
    await line.write(
      Buffer.concat([
        // One that did not answer it so far may do so now, unless its profile says never.
        ...(context.asksConfirmation ? [commands.reportPrinted(processId)] : []),
        commands.transmitPaperStatus,
      ]),
    );
    await poll();
  };

  /** The first answer may take as long as the paper. */
  const poll = async () => {
    // One that has no barrier either can only be asked whether it is still there.
    const onlyStatus = habits.get('barrier') === 'no' && confirms !== 'yes';
    await wait(onlyStatus ? 0 : FIRST_POLL_MS);
    line.setQuiet(false);
    while (!ended) {
      // On USB the port answers while the data pipe is not taken.
      const port = await line.portStatus();
      if (port !== undefined && blockingError(readPortStatus(port))) line.note(readPortStatus(port));
      if (ended) return;
      const condition = await line.queryStatus(patience.limit('print', job.length));
      if (ended) return;
      if (condition !== undefined && !blockingError(condition)) {
        reachable = true;
        if (onlyStatus) return finish({ type: 'done', certainty: 'received' });
      }
      await wait(POLL_MS);
    }
  };

  const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

  line.setQuiet(true);
  void send();
  const outcome = await end;
  line.setQuiet(false);
  resume?.();
  clearTimeout(timer);
  signal?.removeEventListener('abort', onAbort);
  for (const stop of stops) stop();
  return { end: outcome, sent };
}
