import { type Clock, type Logger, silentLogger, systemClock, unreachable } from '@motcua/core';
import { parseDeviceUri } from '../device-uri.ts';
import { systemTimers, type Timers } from '../timers.ts';
import type { OpenByteLine } from './byte-line.ts';
import { createCodeFramer } from './code-framer.ts';
import type { CodeReader } from './code-reader.ts';
import { HID_CHILD, hidLine } from './hid-pos/hid-line.ts';
import type { HidLayout } from './hid-pos/report.ts';
import { createReportJoiner } from './hid-pos/report-joiner.ts';
import { createRepeatFilter } from './repeat-filter.ts';
import { serialLine } from './serial-line.ts';
import { tcpLine } from './tcp-line.ts';
import { createTypist } from './wedge/typist.ts';
import { WEDGE_CHILD } from './wedge/usb-keyboards.ts';

export interface CodeReaderProfile {
  /** Serial readers only. */
  readonly baudRate: number;
  /** A code without a line end is whole after this silence. */
  readonly idleGapMs: number;
  /** The same code again within this time is the same showing of the card. */
  readonly repeatWindowMs: number;
  /** HID POS readers only: how their reports are laid out. */
  readonly hidLayout: HidLayout;
}

export const defaultCodeReaderProfile: CodeReaderProfile = {
  baudRate: 115_200,
  idleGapMs: 80,
  repeatWindowMs: 1_500,
  hidLayout: 'aim-first',
};

export interface CodeReaderDependencies {
  readonly profile?: CodeReaderProfile;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly timers?: Timers;
  /** The program that holds a HID device; tests bring a simulated one. */
  readonly hidProgram?: string;
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;
/** A line that breaks sooner is broken: the next attempts come more and more slowly all the same. */
const STABLE_MS = 5_000;

/**
 * Opens a reader at `serial:/dev/…`, `tcp://host:port`, `hid:vid:pid[:serial]` or `wedge:vid:pid[:serial]` and keeps it
 * open: it may be absent now and come later. Throws on an address that is none (`parseDeviceUri` checks one beforehand).
 * What is read is never logged.
 */
export function openCodeReader(uri: string, dependencies: CodeReaderDependencies = {}): CodeReader {
  const profile = dependencies.profile ?? defaultCodeReaderProfile;
  const timers = dependencies.timers ?? systemTimers;
  const logger = (dependencies.logger ?? silentLogger).child({ codeReader: uri });
  const clock = dependencies.clock ?? systemClock;
  const isNew = createRepeatFilter(profile.repeatWindowMs, clock);
  const codeListeners = new Set<(code: Uint8Array) => void>();
  const conditionListeners = new Set<(condition: 'ready' | 'absent') => void>();
  let condition: 'ready' | 'absent' = 'absent';
  let retryMs = FIRST_RETRY_MS;
  let closeLine = () => {};
  let cancelRetry = () => {};
  let onFinished: (() => void) | undefined;
  let lineAlive = false;
  let lastReason = '';
  let openedAt = 0;

  const change = (next: 'ready' | 'absent') => {
    if (next === condition) return;
    condition = next;
    for (const listener of conditionListeners) listener(next);
  };

  const deliver = (code: Uint8Array) => {
    if (!isNew(code)) return;
    logger.debug({ bytes: code.length }, 'code read');
    for (const listener of codeListeners) listener(code);
  };
  const onDropped = (bytes: number) =>
    logger.warn({ code: 'code-dropped', bytes }, 'reader sent noise; dropped');
  const framer = createCodeFramer({
    idleGapMs: profile.idleGapMs,
    timers,
    onCode: deliver,
    onDropped,
  });
  const openLine = lineOf(uri, {
    profile,
    timers,
    onDropped,
    program: dependencies.hidProgram,
  });
  const isKeyboard = uri.startsWith('wedge:');

  const connect = () => {
    lineAlive = true;
    closeLine = openLine({
      onOpen: () => {
        if (onFinished) return;
        openedAt = clock.now().getTime();
        lastReason = '';
        logger.info({}, 'code reader ready');
        if (isKeyboard)
          logger.warn(
            { code: 'reader-is-keyboard' },
            'a keyboard loses Vietnamese letters: motcua setup-reader',
          );
        change('ready');
      },
      onBytes: (chunk) => {
        if (!onFinished) framer.push(chunk);
      },
      onCode: (code) => {
        if (!onFinished) deliver(code);
      },
      onClose: (reason) => {
        lineAlive = false;
        if (condition === 'ready' && clock.now().getTime() - openedAt >= STABLE_MS) retryMs = FIRST_RETRY_MS;
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

function lineOf(
  uri: string,
  options: {
    readonly profile: CodeReaderProfile;
    readonly timers: Timers;
    readonly onDropped: (bytes: number) => void;
    readonly program: string | undefined;
  },
): OpenByteLine {
  const { profile, timers, onDropped } = options;
  const address = parseDeviceUri(uri, ['serial', 'tcp', 'hid', 'wedge']);
  if (!address.ok) throw new Error(address.error.message);
  switch (address.value.kind) {
    case 'serial':
      return serialLine(address.value.path, profile.baudRate);
    case 'tcp':
      return tcpLine(address.value.host, address.value.port);
    case 'hid':
      return hidLine(address.value, {
        timers,
        program: options.program ?? HID_CHILD,
        read: (onCode) => createReportJoiner({ layout: profile.hidLayout, timers, onCode, onDropped }),
      });
    case 'wedge':
      return hidLine(address.value, {
        timers,
        program: options.program ?? WEDGE_CHILD,
        read: (onCode) => createTypist({ idleGapMs: profile.idleGapMs, timers, onCode, onDropped }),
      });
    default:
      return unreachable(address.value);
  }
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
