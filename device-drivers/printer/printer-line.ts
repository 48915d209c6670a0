import type { Logger } from '@motcua/core';
import { commands } from './commands.ts';
import type { Patience } from './patience.ts';
import type { PrinterCondition } from './printer.ts';
import { createPrinterParser, type PrinterMessage } from './protocol.ts';
import { conditionOf, readAutomaticStatus, readTransmittedStatus } from './status.ts';
import type { PrinterTimeouts } from './timeouts.ts';
import type { OpenChannel, PrinterChannel } from './transport/channel.ts';

/**
 * The line to one printer: connects, reconnects with back-off, keeps the latest condition. Everything that is asked
 * over it has a time limit. Answers to questions that were given up are expected for a while and passed over.
 */
export interface PrinterLine {
  /** `offline` until a connected printer has told its status. */
  condition(): PrinterCondition;
  onCondition(listener: (condition: PrinterCondition) => void): () => void;
  onMessage(listener: (message: PrinterMessage) => void): () => void;
  onLost(listener: () => void): () => void;
  /** True when connected; tries at once if it is not, and is false when that try fails. */
  connected(): Promise<boolean>;
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Asks `DLE EOT` 1 to 4; what it does not answer counts as well. Undefined when the line is lost or nothing at all was
   * answered within `timeoutMs`.
   */
  queryStatus(timeoutMs: number): Promise<PrinterCondition | undefined>;
  /** Takes what is known from elsewhere (the answer to `GS r`, the USB port) for the printer's condition. */
  note(condition: PrinterCondition): void;
  /** Ends the sending and waits for the printer to leave; the line is then lost. See `PrinterChannel.finish`. */
  finish(timeoutMs: number): Promise<'closed' | 'broken' | 'open'>;
  /**
   * From now on, on this connection, only answers to `DLE EOT` count: what the printer says unasked, its port and the
   * paper bits of `GS r` contradict them.
   */
  believeOnlyAnswers(): void;
  believesOnlyAnswers(): boolean;
  /** The USB port's own status, where the channel has one. */
  portStatus(): Promise<number | undefined>;
  /** Writes and waits for the message that `isAnswer` accepts; false when the line is lost or silent. */
  request(
    bytes: Uint8Array,
    isAnswer: (message: PrinterMessage) => boolean,
    timeoutMs: number,
  ): Promise<boolean>;
  /** True between XOFF and XON: the printer asks us to wait. */
  held(): boolean;
  /** While true no status is asked: within raster data the question would be a part of the picture. */
  setQuiet(quiet: boolean): void;
  /** Resets the connection; it is opened again by itself. */
  drop(): void;
  close(): Promise<void>;
}

/** The answer to a question that was given up for something more urgent comes within this, or not at all. */
const STRAY_MS = 200;

export function openPrinterLine(
  openChannel: OpenChannel,
  timeouts: PrinterTimeouts,
  patience: Patience,
  logger: Logger,
): PrinterLine {
  const conditionListeners = new Set<(condition: PrinterCondition) => void>();
  const messageListeners = new Set<(message: PrinterMessage) => void>();
  const lostListeners = new Set<() => void>();
  const attemptListeners = new Set<(success: boolean) => void>();
  let channel: PrinterChannel | undefined;
  let condition: PrinterCondition = 'offline';
  let closed = false;
  let quiet = false;
  let held = false;
  let backOffMs = timeouts.retryFirstMs;
  let query:
    | { readonly answer: Promise<PrinterCondition | undefined>; cancel(): void; shorten(ms: number): void }
    | undefined;
  /** Until when answers to abandoned questions may still come. */
  let strayAnswers: number[] = [];
  let wake: (() => void) | undefined;
  /** Somebody waits for the line: do not wait out the back-off. */
  let hurried = false;
  let pollTimer: NodeJS.Timeout | undefined;
  let onlyAnswers = false;
  /** On this connection it has answered a question about its status. */
  let answeredOnce = false;

  const setCondition = (next: PrinterCondition) => {
    if (next === condition) return;
    logger.info({ from: condition, to: next }, 'printer condition');
    condition = next;
    for (const listener of [...conditionListeners]) listener(next);
  };

  const receive = (message: PrinterMessage) => {
    if (message.type === 'status' && strayAnswers.length > 0) {
      const until = strayAnswers.shift()!;
      if (performance.now() < until) return;
      strayAnswers = [];
    }
    if (message.type === 'xoff' || message.type === 'xon') held = message.type === 'xoff';
    if (message.type === 'automatic-status' && !onlyAnswers)
      setCondition(conditionOf(readAutomaticStatus(message.bytes)));
    for (const listener of [...messageListeners]) listener(message);
  };

  const lost = (which: PrinterChannel) => {
    if (channel !== which) return;
    channel = undefined;
    strayAnswers = [];
    held = false;
    clearTimeout(pollTimer);
    for (const listener of [...lostListeners]) listener();
    setCondition('offline');
    wake?.();
  };

  const attach = (opened: PrinterChannel) => {
    const parser = createPrinterParser();
    channel = opened;
    opened.onData((chunk) => {
      if (channel !== opened) return;
      const messages = parser.push(chunk);
      if (messages.length > 0) backOffMs = timeouts.retryFirstMs;
      for (const message of messages) receive(message);
    });
    opened.onClose(() => lost(opened));
    void opened.write(commands.enableAutomaticStatus);
    answeredOnce = false;
    onlyAnswers = false;
    void pollOnce();
    schedulePoll();
  };

  /** For models whose automatic status back is missing or broken, and to notice a printer that fell silent. */
  const schedulePoll = () => {
    clearTimeout(pollTimer);
    pollTimer = setTimeout(() => {
      if (!quiet) void pollOnce();
      if (channel) schedulePoll();
    }, timeouts.pollMs);
    pollTimer.unref();
  };

  const pollOnce = async () => {
    const polled = channel;
    if ((await line.queryStatus(patience.limit('status'))) !== undefined) answeredOnce = true;
    // The wire of a printer that was switched off looks whole until a new one is tried.
    else if (answeredOnce && !quiet && channel === polled) line.drop();
  };

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      if (hurried) return resolve();
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const keepConnected = async () => {
    while (!closed) {
      hurried = false;
      const opened = await openChannel(timeouts.connectMs);
      if (closed) {
        if (opened.ok) opened.value.destroy();
        break;
      }
      if (opened.ok) attach(opened.value);
      for (const listener of [...attemptListeners]) listener(opened.ok);
      if (opened.ok) await new Promise<void>((resolve) => onceLost(resolve));
      else if (opened.error.code === 'channel-no-driver')
        logger.warn({}, 'USB printer: neither the npm package "usb" nor /dev/usb/lp* is there');
      else logger.debug({ code: opened.error.code, retryMs: backOffMs }, 'printer not reached');
      if (closed) break;
      await pause(backOffMs);
      backOffMs = Math.min(backOffMs * 2, timeouts.retryMaxMs);
    }
    for (const listener of [...attemptListeners]) listener(false);
  };

  const onceLost = (listener: () => void) => {
    const stop = subscribe(lostListeners, () => {
      stop();
      listener();
    });
  };

  const askAll = (timeoutMs: number) => {
    let cancel: () => void = () => undefined;
    let shorten: (ms: number) => void = () => undefined;
    const answer = new Promise<PrinterCondition | undefined>((resolve) => {
      const answers: number[] = [];
      const start = performance.now();
      const finish = (result: PrinterCondition | undefined) => {
        clearTimeout(timer);
        stopMessages();
        stopLost();
        query = undefined;
        if (result) setCondition(result);
        resolve(result);
      };
      const giveUp = () => {
        logger.debug({ answers: answers.length }, 'printer does not answer');
        finish(answers.length > 0 ? conditionSoFar(answers) : undefined);
      };
      let end = performance.now() + timeoutMs;
      let timer = setTimeout(giveUp, timeoutMs);
      shorten = (ms) => {
        if (performance.now() + ms >= end) return;
        end = performance.now() + ms;
        clearTimeout(timer);
        timer = setTimeout(giveUp, ms);
      };
      const ask = () => void channel?.write(commands.transmitStatus((answers.length + 1) as 1 | 2 | 3 | 4));
      let asked = true;
      const stopMessages = subscribe(messageListeners, (message) => {
        // A second answer to the same question comes with the first or not at all.
        if (message.type !== 'status' || !asked) return;
        asked = false;
        answers.push(message.byte);
        if (answers.length === 4) {
          patience.took('status', performance.now() - start);
          return finish(conditionSoFar(answers));
        }
        queueMicrotask(() => {
          asked = true;
          ask();
        });
      });
      const stopLost = subscribe(lostListeners, () => finish(undefined));
      cancel = () => {
        strayAnswers.push(performance.now() + STRAY_MS);
        finish(undefined);
      };
      ask();
    });
    return { answer, cancel, shorten };
  };

  const line: PrinterLine = {
    condition: () => condition,
    onCondition: (listener) => subscribe(conditionListeners, listener),
    onMessage: (listener) => subscribe(messageListeners, listener),
    onLost: (listener) => subscribe(lostListeners, listener),
    connected: () => {
      if (channel) return Promise.resolve(true);
      if (closed) return Promise.resolve(false);
      return new Promise((resolve) => {
        const stop = subscribe(attemptListeners, (success) => {
          stop();
          resolve(success);
        });
        hurried = true;
        wake?.();
      });
    },
    write: async (bytes) => channel?.write(bytes),
    queryStatus: async (timeoutMs) => {
      if (!channel) return undefined;
      if (query) query.shorten(timeoutMs);
      else query = askAll(timeoutMs);
      return query.answer;
    },
    note: setCondition,
    finish: async (timeoutMs) => {
      const finished = channel;
      if (!finished) return 'broken';
      if (!finished.finish) return 'open';
      const how = await finished.finish(timeoutMs);
      lost(finished);
      return how;
    },
    believeOnlyAnswers: () => {
      onlyAnswers = true;
    },
    believesOnlyAnswers: () => onlyAnswers,
    portStatus: async () => (onlyAnswers ? undefined : channel?.portStatus?.()),
    request: (bytes, isAnswer, timeoutMs) =>
      new Promise((resolve) => {
        query?.cancel();
        if (!channel) return resolve(false);
        const finish = (answered: boolean) => {
          clearTimeout(timer);
          stopMessages();
          stopLost();
          resolve(answered);
        };
        const stopMessages = subscribe(messageListeners, (message) => {
          if (isAnswer(message)) finish(true);
        });
        const stopLost = subscribe(lostListeners, () => finish(false));
        const timer = setTimeout(() => finish(false), timeoutMs);
        void channel.write(bytes);
      }),
    held: () => held,
    setQuiet: (next) => {
      quiet = next;
      if (quiet) query?.cancel();
    },
    drop: () => {
      const dropped = channel;
      if (!dropped) return;
      lost(dropped);
      dropped.destroy();
    },
    close: async () => {
      closed = true;
      line.drop();
      wake?.();
      await running;
    },
  };
  const running = keepConnected();
  return line;
}

/** A well printer's answer; stands for what was not answered. */
const WELL = 0x12;

function conditionSoFar(answers: readonly number[]): PrinterCondition {
  const [first = WELL, second = WELL, third = WELL, fourth = WELL] = answers;
  return conditionOf(readTransmittedStatus([first, second, third, fourth]));
}

function subscribe<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
