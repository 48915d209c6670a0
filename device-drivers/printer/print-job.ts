import { commands } from './commands.ts';
import type { PrinterError, PrintReceipt } from './printer.ts';
import type { PrinterLine } from './printer-line.ts';
import { blockingError } from './status.ts';
import type { PrinterTimeouts } from './timeouts.ts';

/** How a job came to its end, and whether any of it had left for the printer. */
export interface JobOutcome {
  readonly end: JobEnd;
  readonly sent: boolean;
}

export type JobEnd =
  | { readonly type: 'done'; readonly certainty: PrintReceipt['certainty'] }
  /** The printer said why it stopped. */
  | { readonly type: 'blocked'; readonly code: PrinterError['code'] }
  | { readonly type: 'lost' }
  | { readonly type: 'timeout' }
  | { readonly type: 'cancelled' };

const CHUNK_BYTES = 4_096;

/**
 * Sends one job and its confirmation request and waits for the first thing that ends it. The line must be connected
 * and its printer unblocked. `processId` undefined: the model has no `GS ( H`, a `GS r` barrier stands in.
 */
export async function runJob(
  line: PrinterLine,
  job: Uint8Array,
  processId: string | undefined,
  timeouts: PrinterTimeouts,
  signal: AbortSignal | undefined,
): Promise<JobOutcome> {
  let finish: (end: JobEnd) => void = () => undefined;
  let ended = false;
  const end = new Promise<JobEnd>((resolve) => {
    finish = (value) => {
      ended = true;
      resolve(value);
    };
  });
  let timer = setTimeout(() => finish({ type: 'timeout' }), timeouts.writeMs);
  const within = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => finish({ type: 'timeout' }), ms);
  };
  let confirmationAsked = false;
  let resume: (() => void) | undefined;
  let sent = false;

  const stops = [
    line.onLost(() => finish({ type: 'lost' })),
    line.onCondition((condition) => {
      const code = blockingError(condition);
      if (code) finish({ type: 'blocked', code });
    }),
    line.onMessage((message) => {
      if (message.type === 'xon') resume?.();
      else if (!confirmationAsked) return;
      else if (message.type === 'printed' && message.processId === processId)
        finish({ type: 'done', certainty: 'confirmed' });
      else if (message.type === 'paper-status' && processId === undefined)
        finish(
          (message.byte & 0x0c) !== 0
            ? { type: 'blocked', code: 'printer-paper-end' }
            : { type: 'done', certainty: 'processed' },
        );
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
    confirmationAsked = true;
    within(timeouts.printMs);
    await line.write(
      processId === undefined ? commands.transmitPaperStatus : commands.reportPrinted(processId),
    );
    if (ended) return;
    // For models without automatic status back; its answer may come as late as the confirmation.
    line.setQuiet(false);
    void line.queryStatus(timeouts.printMs);
  };

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
