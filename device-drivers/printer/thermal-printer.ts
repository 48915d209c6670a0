import { randomInt } from 'node:crypto';
import { err, type Logger, ok, type Result, silentLogger } from '@motcua/core';
import type { OpenChannel } from './channel.ts';
import { commands } from './commands.ts';
import { type JobOutcome, runJob } from './print-job.ts';
import type { PrinterCondition, PrinterError, PrintReceipt, ThermalPrinter } from './printer.ts';
import { openPrinterLine } from './printer-line.ts';
import { parsePrinterUri } from './printer-uri.ts';
import { defaultPrinterProfile, type PrinterProfile } from './profile.ts';
import { blockingError } from './status.ts';
import { tcpChannel } from './tcp-channel.ts';
import { defaultPrinterTimeouts, type PrinterTimeouts } from './timeouts.ts';

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

/**
 * Opens a printer at `tcp://host:port` and keeps the line to it open; the printer may be off or absent and may come
 * later. Throws on an address that is none (`parsePrinterUri` checks one beforehand).
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
  const openChannel = dependencies.openChannel ?? tcpChannel(address.value.host, address.value.port);
  const line = openPrinterLine(openChannel, timeouts, logger);
  let job = dependencies.firstJob ?? randomInt(PROCESS_IDS);
  let closed = false;
  let busy = false;
  /** The printer may hold part of a job. True at first: whoever printed before us may have died in the middle. */
  let unclean = true;
  let turn: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };

  const clearOnce = (): Promise<boolean> =>
    profile.acknowledgesClear
      ? line.request(commands.clearBuffers, (message) => message.type === 'cleared', timeouts.clearMs)
      : line.request(paddedReset(profile), (message) => message.type === 'paper-status', timeouts.clearMs);

  const clear = async (): Promise<Result<void, PrinterError>> => {
    // A full printer cannot hear the command behind the bytes that wait; a new connection drops those.
    for (let attempt = 0; attempt < 2; attempt++) {
      if (!(await line.connected())) return failure('printer-offline', false);
      line.setQuiet(true);
      const cleared = await clearOnce();
      line.setQuiet(false);
      if (cleared) {
        await line.write(commands.initialise);
        unclean = false;
        return ok(undefined);
      }
      line.drop();
    }
    return failure('printer-timeout', false);
  };

  /** Twice: after a power cut of the printer the old connection is dead and only a new one shows it. */
  const askStatus = async (): Promise<PrinterCondition | Pick<PrinterError, 'code'>> => {
    for (let attempt = 0; attempt < 2; attempt++) {
      if (!(await line.connected())) return { code: 'printer-offline' };
      const condition = await line.queryStatus(timeouts.statusMs);
      if (condition !== undefined) return condition;
    }
    return { code: 'printer-timeout' };
  };

  /** Nothing has been sent yet: whatever fails here has printed nothing. */
  const prepare = async (signal: AbortSignal | undefined): Promise<PrinterError['code'] | undefined> => {
    if (closed) return 'printer-offline';
    if (signal?.aborted) return 'printer-cancelled';
    const condition = await askStatus();
    if (typeof condition === 'object') return condition.code;
    const blocked = blockingError(condition);
    if (blocked) return blocked;
    if (unclean) {
      const cleared = await clear();
      if (!cleared.ok) return cleared.error.code;
    }
    return signal?.aborted ? 'printer-cancelled' : blockingError(line.condition());
  };

  /** The rest of a broken job must not come out later, when nobody stands there. */
  const clearAfterFailure = async (processId: string | undefined): Promise<boolean> => {
    let confirmed = false;
    const stop = line.onMessage((message) => {
      confirmed ||= message.type === 'printed' && message.processId === processId;
    });
    await clear();
    stop();
    return confirmed;
  };

  const conclude = async (
    { end, sent }: JobOutcome,
    processId: string | undefined,
  ): Promise<Result<PrintReceipt, PrinterError>> => {
    switch (end.type) {
      case 'done':
        return afterBarrier(end.certainty);
      case 'blocked':
        return (await clearAfterFailure(processId)) ? confirmedReceipt() : failure(end.code, sent);
      case 'cancelled':
        return (await clearAfterFailure(processId)) ? confirmedReceipt() : failure('printer-cancelled', sent);
      case 'timeout':
        line.drop();
        return failure('printer-timeout', sent);
      case 'lost':
        return failure('printer-offline', sent);
    }
  };

  /** A barrier only says that the bytes were worked through: the printer must also be well afterwards. */
  const afterBarrier = async (
    certainty: PrintReceipt['certainty'],
  ): Promise<Result<PrintReceipt, PrinterError>> => {
    if (certainty === 'processed') {
      const condition = await line.queryStatus(timeouts.statusMs);
      const code = condition === undefined ? 'printer-timeout' : blockingError(condition);
      if (code) return failure(code, true);
    }
    unclean = false;
    return ok({ certainty });
  };

  const confirmedReceipt = () => ok({ certainty: 'confirmed' } as const);

  return {
    uri,
    condition: async () => {
      if (closed) return 'offline';
      if (busy) return line.condition();
      const condition = await askStatus();
      return typeof condition === 'object' ? 'offline' : condition;
    },
    onCondition: line.onCondition,
    print: (bytes, signal) =>
      inTurn(async () => {
        busy = true;
        try {
          const code = await prepare(signal);
          if (code) return failure(code, false);
          unclean = true;
          job = (job + 1) % PROCESS_IDS;
          const processId = profile.confirmsPrinting ? processIdOf(job) : undefined;
          const result = await conclude(await runJob(line, bytes, processId, timeouts, signal), processId);
          logger.info(result.ok ? result.value : result.error, 'print job');
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

/** Fills up a raster band that may be open, resets, and asks for an answer in order. */
function paddedReset(profile: PrinterProfile): Uint8Array {
  const band = new Uint8Array((profile.widthDots / 8) * profile.bandDots);
  return Buffer.concat([band, commands.initialise, commands.transmitPaperStatus]);
}
