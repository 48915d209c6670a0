import type { Logger } from '@motcua/core';
import type { OpenChannel, PrinterChannel } from './channel.ts';
import { commands } from './commands.ts';
import type { PrinterCondition } from './printer.ts';
import { createPrinterParser, type PrinterMessage } from './protocol.ts';
import { conditionOf, readAutomaticStatus, readTransmittedStatus } from './status.ts';
import type { PrinterTimeouts } from './timeouts.ts';

/**
 * The line to one printer: connects, reconnects with back-off, keeps the latest condition. Everything that is asked
 * over it has a time limit; a printer that does not answer loses the line, because a late answer to an old question
 * could not be told from the answer to a new one.
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
  /** Asks `DLE EOT` 1 to 4. Undefined when the line is lost or was silent for `timeoutMs` (it is then dropped). */
  queryStatus(timeoutMs: number): Promise<PrinterCondition | undefined>;
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

export function openPrinterLine(
  openChannel: OpenChannel,
  timeouts: PrinterTimeouts,
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
  let query: { readonly answer: Promise<PrinterCondition | undefined>; cancel(): void } | undefined;
  /** Answers to abandoned questions that may still come. */
  let strayAnswers = 0;
  let wake: (() => void) | undefined;
  /** Somebody waits for the line: do not wait out the back-off. */
  let hurried = false;
  let pollTimer: NodeJS.Timeout | undefined;

  const setCondition = (next: PrinterCondition) => {
    if (next === condition) return;
    logger.info({ from: condition, to: next }, 'printer condition');
    condition = next;
    for (const listener of [...conditionListeners]) listener(next);
  };

  const receive = (message: PrinterMessage) => {
    if (message.type === 'status' && strayAnswers > 0) {
      strayAnswers -= 1;
      return;
    }
    if (message.type === 'xoff' || message.type === 'xon') held = message.type === 'xoff';
    if (message.type === 'automatic-status') setCondition(conditionOf(readAutomaticStatus(message.bytes)));
    for (const listener of [...messageListeners]) listener(message);
  };

  const lost = (which: PrinterChannel) => {
    if (channel !== which) return;
    channel = undefined;
    strayAnswers = 0;
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
    void line.queryStatus(timeouts.statusMs);
    schedulePoll();
  };

  /** For models whose automatic status back is missing or broken, and to notice a printer that fell silent. */
  const schedulePoll = () => {
    clearTimeout(pollTimer);
    pollTimer = setTimeout(() => {
      if (!quiet) void line.queryStatus(timeouts.statusMs);
      if (channel) schedulePoll();
    }, timeouts.pollMs);
    pollTimer.unref();
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

  const askAll = () => {
    let cancel: () => void = () => undefined;
    const answer = new Promise<PrinterCondition | undefined>((resolve) => {
      const answers: number[] = [];
      const finish = (result: PrinterCondition | undefined) => {
        stopMessages();
        stopLost();
        query = undefined;
        if (result) setCondition(result);
        resolve(result);
      };
      const ask = () => void channel?.write(commands.transmitStatus((answers.length + 1) as 1 | 2 | 3 | 4));
      const stopMessages = subscribe(messageListeners, (message) => {
        if (message.type !== 'status') return;
        answers.push(message.byte);
        const [first, second, third, fourth] = answers;
        if (first === undefined || second === undefined || third === undefined || fourth === undefined)
          return ask();
        finish(conditionOf(readTransmittedStatus([first, second, third, fourth])));
      });
      const stopLost = subscribe(lostListeners, () => finish(undefined));
      cancel = () => {
        strayAnswers += 1;
        finish(undefined);
      };
      ask();
    });
    return { answer, cancel };
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
      query ??= askAll();
      const timer = setTimeout(() => {
        logger.warn({ timeoutMs }, 'printer does not answer');
        line.drop();
      }, timeoutMs);
      const answer = await query.answer;
      clearTimeout(timer);
      return answer;
    },
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

function subscribe<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
