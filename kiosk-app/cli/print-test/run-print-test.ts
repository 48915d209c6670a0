import { type Logger, silentLogger } from '@motcua/core';
import {
  blockingError,
  createPrintJournal,
  encodeForPrinter,
  type JournalFile,
  type JournalJob,
  loadSlipFonts,
  openThermalPrinter,
  type PrinterError,
  type PrinterProfile,
  type PrinterTimeouts,
} from '@motcua/device-drivers';
import { testSlip } from './test-slip.ts';

export interface PrintTest {
  readonly device: string;
  readonly profile: PrinterProfile;
  readonly tickets: number;
  readonly file: JournalFile;
  /** Without any progress for so long, it ends. */
  readonly giveUpAfterMs: number;
  readonly signal: AbortSignal;
  /** What keeps the printer from printing, each time that this changes; null when nothing does any more. */
  readonly onProblem: (code: PrinterError['code'] | null) => void;
  readonly logger?: Logger;
}

export interface PrintedTicket {
  readonly number: number;
  readonly state: 'confirmed' | 'unknown' | 'failed';
  readonly certainty: JournalJob['certainty'];
  /** How often it was sent with the mark of a copy. */
  readonly copies: number;
  readonly problem: JournalJob['problem'];
}

/** Impatient with a printer that has shown to be fast: a needless copy costs a test nothing. */
const timeouts: Partial<PrinterTimeouts> = {
  connectMs: 2_000,
  statusMs: 1_000,
  clearMs: 2_000,
  writeMs: 5_000,
  printMs: 15_000,
  pollMs: 2_000,
  retryFirstMs: 20,
  retryMaxMs: 1_000,
  floorMs: 300,
};
const MAX_ATTEMPTS = 50;
const ASK_AGAIN_MS = 100;
/** After these an earlier print may still hang out uncut; the others were cut, or somebody has handled the paper. */
const LEAVES_PAPER: readonly JournalJob['problem'][] = [
  null,
  'printer-offline',
  'printer-timeout',
  'printer-cancelled',
];

/** Prints the tickets that the journal does not hold yet, up to `tickets`, after what an earlier run left in it. */
export async function runPrintTest(test: PrintTest): Promise<readonly PrintedTicket[]> {
  const { file, profile } = test;
  const printer = openThermalPrinter(test.device, { profile, timeouts, logger: test.logger ?? silentLogger });
  const fonts = await loadSlipFonts();
  let lastProgress = performance.now();
  let told: PrinterError['code'] | null = null;
  const tell = (code: PrinterError['code'] | null) => {
    if (code !== told) test.onProblem(code);
    told = code;
  };
  const journal = createPrintJournal({
    store: file,
    printer,
    logger: test.logger ?? silentLogger,
    maxAttempts: MAX_ATTEMPTS,
    encode: (job) =>
      encodeForPrinter(testSlip(Number(job.id), job.copy), profile, fonts, {
        separate: job.copy && LEAVES_PAPER.includes(job.problem),
      }),
    onChange: (job) => {
      if (job.state !== 'queued') lastProgress = performance.now();
      tell(job.problem);
    },
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<'ended'>();
  const watchdog = setInterval(() => {
    if (performance.now() - lastProgress > test.giveUpAfterMs) end('ended');
  }, 200);
  test.signal.addEventListener('abort', () => end('ended'), { once: true });

  journal.start();
  while ((await Promise.race([journal.settled(), ended])) !== 'ended' && file.count() < test.tickets) {
    // A number is issued only when the printer can print it.
    const blocked = blockingError(await printer.condition());
    tell(blocked ?? null);
    if (!blocked) file.add(file.count() + 1);
    else if ((await Promise.race([pause(ASK_AGAIN_MS), ended])) === 'ended') break;
  }
  clearInterval(watchdog);
  await journal.stop();
  await printer.close();
  return [...file.all()].map(ticketOf);
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function ticketOf(job: JournalJob): PrintedTicket {
  const state =
    job.state === 'confirmed' || job.state === 'failed'
      ? job.state
      : job.state === 'queued' && !job.copy
        ? 'failed'
        : 'unknown';
  return {
    number: Number(job.id),
    state,
    certainty: job.certainty,
    copies: job.copy ? Math.max(0, job.attempts - 1) : 0,
    problem: job.problem,
  };
}
