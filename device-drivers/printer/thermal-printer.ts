import { randomInt } from 'node:crypto';
import { err, type Logger, ok, type Result, silentLogger } from '@motcua/core';
import { commands } from './commands.ts';
import { createHabits } from './habits.ts';
import { createPatience } from './patience.ts';
import { type JobOutcome, runJob } from './print-job.ts';
import type {
  PrintCertainty,
  PrinterCondition,
  PrinterError,
  PrintReceipt,
  ThermalPrinter,
} from './printer.ts';
import { openPrinterLine } from './printer-line.ts';
import { parsePrinterUri } from './printer-uri.ts';
import { defaultPrinterProfile, type PrinterProfile } from './profile.ts';
import type { PrinterMessage } from './protocol.ts';
import { blockingError, conditionOf, readAutomaticStatus, readPaperStatus } from './status.ts';
import { defaultPrinterTimeouts, type PrinterTimeouts } from './timeouts.ts';
import type { OpenChannel } from './transport/channel.ts';
import { openPrinterChannel } from './transport/open-channel.ts';

export interface ThermalPrinterDependencies {
  readonly profile?: PrinterProfile;
  readonly timeouts?: Partial<PrinterTimeouts>;
  readonly logger?: Logger;
  /** Another way to the printer than the one that the address names. */
  readonly openChannel?: OpenChannel;
  /** Where the numbering of jobs begins, so that a confirmation of an earlier process is not taken for ours. */
  readonly firstJob?: number;
}

const PROCESS_IDS = 94 ** 4;
/** So many connections in a row without a word, and it counts as a printer that never speaks (`answersStatus: probe`). */
const SILENT_ROUNDS = 4;
/** An answer to a question that was given up comes within this, or its sender is not alive. */
const SETTLE_MS = 150;
/** So often on one connection, and what the printer says unasked is believed no longer. */
const CONTRADICTIONS = 2;
/** More answers than this to a few barriers are noise. */
const MAX_OLD_ANSWERS = 8;

/**
 * Opens a printer at `tcp://host[:port]`, `serial:/dev/…` or `usb:vid:pid[:serial]` and keeps the line to it open; the
 * printer may be off or absent and may come later. Throws on an address that is none (`parsePrinterUri` checks one
 * beforehand). One sender per printer: two drivers on one printer read each other's answers.
 */
export function openThermalPrinter(
  uri: string,
  dependencies: ThermalPrinterDependencies = {},
): ThermalPrinter {
  const address = parsePrinterUri(uri);
  if (!address.ok) throw new Error(address.error.message);
  const profile = dependencies.profile ?? defaultPrinterProfile;
  const timeouts = { ...defaultPrinterTimeouts, ...dependencies.timeouts };
  const logger = (dependencies.logger ?? silentLogger).child({ printer: uri });
  const openChannel = dependencies.openChannel ?? openPrinterChannel(address.value);
  const patience = createPatience(
    {
      status: timeouts.statusMs,
      clear: timeouts.clearMs,
      print: timeouts.printMs,
      confirm: timeouts.printMs,
    },
    timeouts.floorMs,
  );
  const line = openPrinterLine(openChannel, timeouts, patience, logger);
  const habits = createHabits(profile);
  line.onMessage(habits.hear);
  line.onLost(() => {
    contradictions = 0;
  });
  let job = dependencies.firstJob ?? randomInt(PROCESS_IDS);
  let closed = false;
  let busy = false;
  /** The printer may hold part of a job. True at first: whoever printed before us may have died in the middle. */
  let unclean = true;
  let silentRounds = 0;
  let contradictions = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };

  const never = () => profile.answersStatus === 'probe' && !habits.heard() && silentRounds >= SILENT_ROUNDS;

  /** Asks and learns how long an answer takes. */
  const ask = async (
    kind: 'status' | 'clear',
    bytes: Uint8Array,
    isAnswer: (message: PrinterMessage) => boolean,
    limit = patience.limit(kind),
  ): Promise<boolean> => {
    const start = performance.now();
    const answered = await line.request(bytes, isAnswer, limit);
    logger.debug({ kind, answered, limit: Math.round(limit) }, 'asked');
    if (answered) patience.took(kind, performance.now() - start);
    return answered;
  };

  /** Fills up a raster band that may be open and resets. Only zeros: outside a band they do nothing. */
  const padding = () => {
    const band = new Uint8Array((profile.widthDots / 8) * profile.bandDots + 64);
    return Buffer.concat([band, commands.initialise]);
  };

  const isBarrier = (message: PrinterMessage) => message.type === 'paper-status';

  /** The printer drops what it holds and says so. */
  const clearAcknowledged = async (): Promise<boolean> => {
    if (
      habits.get('clears') === 'no' &&
      (profile.acknowledgesClear === false || habits.get('barrier') === 'no')
    )
      return false;
    const known = habits.get('clears');
    const doubtful = known !== 'yes';
    const longest = known === 'no' ? SETTLE_MS : doubtful ? 1_000 : Number.POSITIVE_INFINITY;
    const limit = Math.min(patience.limit('clear'), longest);
    const cleared = await ask('clear', commands.clearBuffers, (message) => message.type === 'cleared', limit);
    if (!cleared && !doubtful) patience.failed('clear');
    return cleared;
  };

  /** In order behind everything that the printer still holds: what was cut short is filled up, then comes the barrier. */
  const resetInOrder = async (): Promise<boolean> => {
    const kind = habits.get('barrier') === 'yes' ? 'clear' : 'status';
    const asked = await ask(kind, Buffer.concat([padding(), commands.transmitPaperStatus]), isBarrier);
    if (!asked) return false;
    // Answers to barriers of earlier jobs look the same; this one is the last when nothing follows it.
    for (let more = 0; more < MAX_OLD_ANSWERS; more++)
      if (!(await line.request(new Uint8Array(), isBarrier, Math.min(SETTLE_MS, timeouts.clearMs))))
        return true;
    return false;
  };

  /** A full printer cannot hear behind the bytes that wait; a new connection drops those. */
  const clear = async (): Promise<Result<void, PrinterError>> => {
    for (let attempt = 0; attempt < 2; attempt++) {
      if (!(await line.connected())) return failure('printer-offline', false);
      if (never()) return ok(undefined);
      line.setQuiet(true);
      const done = await clearOnce();
      line.setQuiet(false);
      if (done) {
        await probeConfirmation();
        unclean = false;
        return ok(undefined);
      }
      if (attempt === 0) line.drop();
    }
    return failure('printer-timeout', false);
  };

  /** With nothing to print, a printer that knows `GS ( H` answers at once. */
  const probeConfirmation = async (): Promise<void> => {
    if (habits.get('confirms') !== 'unknown' || habits.get('barrier') === 'no') return;
    const question = Buffer.concat([commands.reportPrinted(processIdOf(job)), commands.transmitPaperStatus]);
    if (!(await ask('status', question, isBarrier))) return;
    await line.request(new Uint8Array(), (message) => message.type === 'printed', SETTLE_MS);
    habits.denied('confirms');
  };

  const clearOnce = async (): Promise<boolean> => {
    if (await clearAcknowledged()) {
      // A clone may have forgotten its buffer and still wait for the rest of a band.
      // Not waited for: a printer that takes nothing would hold us here, and what follows comes behind it anyway.
      void line.write(profile.acknowledgesClear === true ? commands.initialise : padding());
      return true;
    }
    if (profile.acknowledgesClear === true && habits.get('clears') === 'yes') return false;
    if (habits.get('clears') === 'yes') {
      if (await alive()) habits.missed('clears');
      return false;
    }
    if (habits.get('barrier') !== 'no' && (await resetInOrder())) {
      habits.missed('clears');
      return true;
    }
    if (!(await alive())) return false;
    habits.missed('clears');
    habits.missed('barrier');
    if (habits.get('barrier') !== 'no') return false;
    void line.write(padding());
    return true;
  };

  const alive = async () => (await line.queryStatus(patience.limit('status'))) !== undefined;

  /** Status by question; where that is not answered, by automatic status or the paper's. */
  const askOnce = async (): Promise<PrinterCondition | undefined> => {
    if (habits.get('status') !== 'no') {
      const condition = await line.queryStatus(patience.limit('status'));
      if (condition !== undefined) return condition;
    }
    let found: PrinterCondition | undefined;
    const isStatus = (message: PrinterMessage): boolean => {
      if (message.type === 'automatic-status') found = conditionOf(readAutomaticStatus(message.bytes));
      else if (message.type === 'paper-status') found = readPaperStatus(message.byte);
      return found !== undefined;
    };
    const question = [commands.enableAutomaticStatus, commands.transmitPaperStatus];
    const answered = await ask(
      'status',
      Buffer.concat(unclean ? [padding(), ...question] : question),
      isStatus,
    );
    if (answered) habits.missed('status');
    else patience.failed('status');
    if (found) line.note(found);
    return found;
  };

  /** Twice: after a power cut of the printer the old connection is dead and only a new one shows it. */
  const askStatus = async (): Promise<PrinterCondition | Pick<PrinterError, 'code'>> => {
    for (let attempt = 0; attempt < 2; attempt++) {
      if (!(await line.connected())) return { code: 'printer-offline' };
      if (never()) return 'ready';
      const port = await line.portStatus();
      const condition = await askOnce();
      if (condition !== undefined) return condition;
      // The port of a USB printer tells what its full pipe does not let it say.
      if (port !== undefined && (port & 0x20) !== 0) return 'paper-end';
      silentRounds += 1;
      line.drop();
    }
    return { code: 'printer-timeout' };
  };

  /** The cause of an error may be gone; the printer then waits for a command to go on. */
  const askAndRecover = async (): ReturnType<typeof askStatus> => {
    const condition = await askStatus();
    if (condition !== 'cutter-error' && condition !== 'error') return condition;
    void line.write(commands.recoverAndClear);
    return askStatus();
  };

  /** Nothing has been sent yet: whatever fails here has printed nothing. */
  const prepare = async (signal: AbortSignal | undefined): Promise<PrinterError['code'] | undefined> => {
    if (closed) return 'printer-offline';
    if (signal?.aborted) return 'printer-cancelled';
    const condition = await askAndRecover();
    if (typeof condition === 'object') return condition.code;
    const blocked = blockingError(condition);
    if (blocked) return blocked;
    if (unclean) {
      const cleared = await clear();
      if (!cleared.ok) return cleared.error.code;
      // Without a line there is no condition; the reset may have cost the line.
      if (never()) return (await line.connected()) ? undefined : 'printer-offline';
    }
    if (signal?.aborted) return 'printer-cancelled';
    return never() ? undefined : blockingError(line.condition());
  };

  /** A printer that never speaks: its leaving after the last byte is the only sign that it took all of them. */
  const sendBlindly = async (
    bytes: Uint8Array,
    onSent: (() => void) | undefined,
  ): Promise<Result<PrintReceipt, PrinterError>> => {
    let lost = false;
    const stop = line.onLost(() => {
      lost = true;
    });
    const limit = AbortSignal.timeout(timeouts.writeMs);
    const gone = new Promise<'late'>((resolve) =>
      limit.addEventListener('abort', () => resolve('late'), { once: true }),
    );
    const wrote = await Promise.race([line.write(bytes), gone]);
    stop();
    if (wrote === 'late') line.drop();
    if (wrote === 'late' || lost) return failure(lost ? 'printer-offline' : 'printer-timeout', true);
    onSent?.();
    const left = await line.finish(timeouts.statusMs);
    return left === 'broken' ? failure('printer-offline', true) : ok({ certainty: 'sent' });
  };

  const conclude = async ({ end, sent }: JobOutcome): Promise<Result<PrintReceipt, PrinterError>> => {
    switch (end.type) {
      case 'done':
        return end.certainty === 'processed' ? afterBarrier() : fine(end.certainty);
      case 'unconfirmed':
        habits.missed('confirms');
        if (end.otherId || habits.get('confirms') === 'yes') return failure('printer-unconfirmed', true);
        return afterBarrier();
      case 'blocked':
        // The rest of a broken job must not come out later, when nobody stands there.
        await clear();
        return failure((await isContradicted(end.code)) ? 'printer-contradictory' : end.code, sent);
      case 'cancelled':
        await clear();
        return failure('printer-cancelled', sent);
      case 'timeout':
        patience.failed('print');
        if (end.reachable) habits.missed('barrier');
        // Its late answer to our barrier would be taken for the next one's.
        if (habits.get('clears') !== 'yes' || line.held()) line.drop();
        return failure('printer-timeout', sent);
      case 'lost':
        return failure('printer-offline', sent);
    }
  };

  /** Nobody puts in paper or closes a cover within the moment since the job stopped: one of the two sensors lies. */
  const isContradicted = async (code: PrinterError['code']): Promise<boolean> => {
    if (code !== 'printer-paper-end' && code !== 'printer-cover-open') return false;
    if (habits.get('status') === 'no') return false;
    const answer = await line.queryStatus(patience.limit('status'));
    if (answer === undefined || blockingError(answer)) return false;
    contradictions += 1;
    logger.warn({ stoppedOver: code, answers: answer, contradictions }, 'the printer contradicts itself');
    if (contradictions >= CONTRADICTIONS) line.believeOnlyAnswers();
    return true;
  };

  const fine = (certainty: PrintCertainty) => {
    unclean = false;
    return ok({ certainty });
  };

  /** A barrier only says that the bytes were worked through: the printer must also be well afterwards. */
  const afterBarrier = async (): Promise<Result<PrintReceipt, PrinterError>> => {
    const condition = await askOnce();
    const code = condition === undefined ? 'printer-timeout' : blockingError(condition);
    return code ? failure(code, true) : fine('processed');
  };

  return {
    uri,
    condition: async () => {
      if (closed) return 'offline';
      if (busy) return line.condition();
      const condition = await askAndRecover();
      return typeof condition === 'object' ? 'offline' : condition;
    },
    onCondition: line.onCondition,
    print: (bytes, signal, onSent) =>
      inTurn(async () => {
        busy = true;
        try {
          const code = await prepare(signal);
          if (code) return failure(code, false);
          unclean = true;
          job = (job + 1) % PROCESS_IDS;
          const result = never()
            ? await sendBlindly(bytes, onSent)
            : await conclude(
                await runJob(bytes, processIdOf(job), {
                  line,
                  habits,
                  patience,
                  timeouts,
                  asksConfirmation: profile.confirmsPrinting !== false,
                  signal,
                  onSent,
                }),
              );
          logger.debug(result.ok ? result.value : result.error, 'print job');
          return result;
        } finally {
          busy = false;
        }
      }),
    clear: () =>
      inTurn(async () => {
        busy = true;
        try {
          return await clear();
        } finally {
          busy = false;
        }
      }),
    close: async () => {
      closed = true;
      await line.close();
      await turn;
    },
  };
}

function failure(code: PrinterError['code'], mayHavePrinted: boolean) {
  return err({ code, mayHavePrinted });
}

/** Four printable characters, as `GS ( H` asks. */
function processIdOf(job: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((digit) => 0x20 + (Math.floor(job / 94 ** digit) % 94)));
}
