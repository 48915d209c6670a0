import { type Clock, type Logger, silentLogger, systemClock } from '@motcua/core';
import { parseDeviceUri } from '../device-uri.ts';
import { systemTimers, type Timers } from '../timers.ts';
import type { OpenByteLine } from './byte-line.ts';
import { createCodeFramer } from './code-framer.ts';
import type { CodeReader } from './code-reader.ts';
import { createRepeatFilter } from './repeat-filter.ts';
import { serialLine } from './serial-line.ts';
import { tcpLine } from './tcp-line.ts';

export interface CodeReaderProfile {
  /** Serial readers only. */
  readonly baudRate: number;
  /** A code without a line end is whole after this silence. */
  readonly idleGapMs: number;
  /** The same code again within this time is the same showing of the card. */
  readonly repeatWindowMs: number;
}

export const defaultCodeReaderProfile: CodeReaderProfile = {
  baudRate: 115_200,
  idleGapMs: 80,
  repeatWindowMs: 1_500,
};

export interface CodeReaderDependencies {
  readonly profile?: CodeReaderProfile;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly timers?: Timers;
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;

/**
 * Opens a reader at `serial:/dev/…` or `tcp://host:port` and keeps it open: it may be absent now and come later.
 * Throws on an address that is none (`parseDeviceUri` checks one beforehand). What is read is never logged.
 */
export function openCodeReader(uri: string, dependencies: CodeReaderDependencies = {}): CodeReader {
  const profile = dependencies.profile ?? defaultCodeReaderProfile;
  const timers = dependencies.timers ?? systemTimers;
  const logger = (dependencies.logger ?? silentLogger).child({ codeReader: uri });
  const openLine = lineOf(uri, profile.baudRate);
  const isNew = createRepeatFilter(profile.repeatWindowMs, dependencies.clock ?? systemClock);
  const codeListeners = new Set<(code: Uint8Array) => void>();
  const conditionListeners = new Set<(condition: 'ready' | 'absent') => void>();
  let condition: 'ready' | 'absent' = 'absent';
  let retryMs = FIRST_RETRY_MS;
  let closeLine = () => {};
  let cancelRetry = () => {};
  let onFinished: (() => void) | undefined;
  let lineAlive = false;
  let lastReason = '';

  const change = (next: 'ready' | 'absent') => {
    if (next === condition) return;
    condition = next;
    for (const listener of conditionListeners) listener(next);
  };

  const framer = createCodeFramer({
    idleGapMs: profile.idleGapMs,
    timers,
    onCode: (code) => {
      if (!isNew(code)) return;
      logger.debug({ bytes: code.length }, 'code read');
      for (const listener of codeListeners) listener(code);
    },
    onDropped: (bytes) => logger.warn({ code: 'code-too-long', bytes }, 'reader sent noise; dropped'),
  });

  const connect = () => {
    lineAlive = true;
    closeLine = openLine({
      onOpen: () => {
        if (onFinished) return;
        retryMs = FIRST_RETRY_MS;
        lastReason = '';
        logger.info({}, 'code reader ready');
        change('ready');
      },
      onBytes: (chunk) => {
        if (!onFinished) framer.push(chunk);
      },
      onClose: (reason) => {
        lineAlive = false;
        framer.reset();
        if (onFinished) return onFinished();
        // One line per kind of trouble, not one per attempt through a night without the device.
        if (reason !== lastReason) logger.warn({ reason }, 'code reader not reachable; trying again');
        lastReason = reason;
        change('absent');
        cancelRetry = timers.after(retryMs, connect);
        retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
      },
    });
  };
  connect();

  return {
    uri,
    condition: () => condition,
    onCondition: (listener) => subscribe(conditionListeners, listener),
    onCode: (listener) => subscribe(codeListeners, listener),
    close: () =>
      new Promise<void>((resolve) => {
        conditionListeners.clear();
        codeListeners.clear();
        cancelRetry();
        framer.reset();
        condition = 'absent';
        onFinished = resolve;
        if (lineAlive) closeLine();
        else resolve();
      }),
  };
}

function lineOf(uri: string, baudRate: number): OpenByteLine {
  const address = parseDeviceUri(uri, ['serial', 'tcp']);
  if (!address.ok) throw new Error(address.error.message);
  return address.value.kind === 'serial'
    ? serialLine(address.value.path, baudRate)
    : tcpLine(address.value.host, address.value.port);
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
