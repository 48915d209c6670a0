import { err, type Logger, ok, type Result, silentLogger, unreachable } from '@motcua/core';
import { systemTimers, type Timers } from '../../timers.ts';
import type { CardChannel, ChannelError } from '../card-channel.ts';
import { type Bridge, type BridgeEnd, startBridge } from './bridge.ts';
import type { BridgeFrame, ReaderState } from './bridge-frames.ts';
import type { CardPresence, ChipReader, ChipReaderCondition } from './chip-reader.ts';
import { chooseReader } from './choose-reader.ts';
import { channelErrorOf, SCARD_SECURITY_VIOLATION, SCARD_SUCCESS } from './scard-codes.ts';

export interface ChipReaderDependencies {
  readonly logger?: Logger;
  readonly timers?: Timers;
  /** Tests bring a bridge of their own. */
  readonly program?: string;
  /** Socket of another PC/SC service than the machine's: that of a simulated reader. */
  readonly socket?: string | undefined;
}

const FIRST_RESTART_MS = 250;
const LONGEST_RESTART_MS = 5_000;
/** A chip computes for seconds at most, and asks for more time by itself (WTX), which the reader grants. */
const TRANSMIT_MS = 20_000;
const CONNECT_MS = 10_000;
/**
 * pcscd looks for a removed card every 400 ms. Asked to power up one that is not there, it would hold the next one for
 * absent when that is laid before it has looked.
 */
const REMOVAL_SEEN_MS = 700;
/** A card that was laid a moment ago, or just powered down, needs another try. */
const TRY_AGAIN_MS = 150;

/** `pcsc:` any reader, the contactless one first; `pcsc:NAME` the one whose name has NAME in it. Null: no such address. */
export function parseChipReaderUri(uri: string): { readonly name: string | null } | null {
  const name = /^pcsc:([^\p{Cc}]{0,128})$/u.exec(uri)?.[1];
  return name === undefined ? null : { name: name === '' ? null : name };
}

/**
 * Opens a reader at `pcsc:` or `pcsc:NAME` through the PC/SC service and keeps it open, whatever comes and goes: card,
 * reader, service, bridge. Throws on an address that is none. Nothing that a card says is logged.
 */
export function openChipReader(uri: string, dependencies: ChipReaderDependencies = {}): ChipReader {
  const address = parseChipReaderUri(uri);
  if (!address) throw new Error(`"${uri.slice(0, 100)}" is no chip reader: pcsc: or pcsc:NAME`);
  const timers = dependencies.timers ?? systemTimers;
  const logger = (dependencies.logger ?? silentLogger).child({ chipReader: uri });
  const conditionListeners = new Set<(condition: ChipReaderCondition) => void>();
  const presenceListeners = new Set<(presence: CardPresence) => void>();
  /** Whoever waits for anything to change. */
  const waiting = new Set<() => void>();
  let condition: ChipReaderCondition = 'no-service';
  let readers: readonly ReaderState[] = [];
  let chosen: ReaderState | null = null;
  let isSettled = false;
  let closed = false;
  let bridge: Bridge | null = null;
  let restartMs = FIRST_RESTART_MS;
  let cancelRestart = () => {};
  let onGone = () => {};
  let connected = false;
  /** Events of the reader when a command got no answer; until they have grown, pcscd may not know of the loss. */
  let lostAt: number | null = null;
  let atr: Uint8Array = new Uint8Array();

  const wake = () => {
    for (const ring of [...waiting]) ring();
  };
  const update = (next: ChipReaderCondition, found: readonly ReaderState[]) => {
    const before = chosen;
    readers = found;
    chosen = chooseReader(found, address.name);
    if (next !== condition) {
      condition = next;
      logger.info({ condition }, 'chip reader');
      for (const listener of conditionListeners) listener(condition);
    }
    const changed =
      before?.card !== chosen?.card || before?.name !== chosen?.name || before?.events !== chosen?.events;
    if (changed) {
      const presence = chosen?.card ?? 'none';
      for (const listener of presenceListeners) listener(presence);
    }
    wake();
  };
  const settle = () => {
    isSettled = true;
    wake();
  };
  const onFrame = (frame: Extract<BridgeFrame, { type: 'service' | 'readers' }>) => {
    if (closed) return;
    switch (frame.type) {
      case 'service':
        if (frame.code === SCARD_SUCCESS) {
          restartMs = FIRST_RESTART_MS;
          return;
        }
        update(frame.code === SCARD_SECURITY_VIOLATION ? 'denied' : 'no-service', []);
        return settle();
      case 'readers':
        update(chooseReader(frame.readers, address.name) ? 'ready' : 'absent', frame.readers);
        return settle();
      default:
        return unreachable(frame);
    }
  };
  const onEnd = (why: BridgeEnd) => {
    bridge = null;
    connected = false;
    if (closed) return onGone();
    logger.warn({ why }, 'the bridge to PC/SC ended; it is started again');
    update(why === 'not-built' ? 'no-driver' : 'no-service', []);
    settle();
    cancelRestart = timers.after(restartMs, start);
    restartMs = Math.min(restartMs * 2, LONGEST_RESTART_MS);
  };
  const start = () => {
    const { program, socket } = dependencies;
    bridge = startBridge({ timers, onFrame, onEnd, socket, ...(program && { program }) });
  };
  start();

  /** Until something changes, or so much time is over; at once when `signal` has aborted. */
  const change = (milliseconds: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      const ring = () => {
        cancel();
        waiting.delete(ring);
        signal?.removeEventListener('abort', ring);
        resolve();
      };
      const cancel = timers.after(milliseconds, ring);
      waiting.add(ring);
      if (signal?.aborted) return ring();
      signal?.addEventListener('abort', ring, { once: true });
    });

  const connect = async (): Promise<Result<void, ChannelError>> => {
    connected = false;
    if (condition !== 'ready' || !chosen || !bridge)
      return err({ code: condition === 'absent' ? 'reader-lost' : 'service-lost' });
    if (chosen.card === 'none') return err({ code: 'card-removed' });
    const answer = await bridge.request('connect', Buffer.from(chosen.name), CONNECT_MS);
    if (!answer.ok)
      return err(answer.error === null ? { code: 'service-lost' } : channelErrorOf(answer.error));
    connected = true;
    atr = answer.value;
    return ok(undefined);
  };

  const lossSeen = async (signal?: AbortSignal) => {
    let over = lostAt === null;
    const cancel = timers.after(REMOVAL_SEEN_MS, () => {
      over = true;
      wake();
    });
    while (!over && !closed && !signal?.aborted && chosen?.events === lostAt)
      await change(REMOVAL_SEEN_MS, signal);
    cancel();
    lostAt = null;
  };

  const channel: CardChannel = {
    get reader() {
      return chosen?.name ?? uri;
    },
    get atr() {
      return atr;
    },
    transmit: async (command) => {
      if (!connected || !bridge) return err({ code: 'card-removed' });
      const answer = await bridge.request('transmit', command, TRANSMIT_MS);
      // An APDU cut off by a card pulled away can succeed with nothing.
      if (answer.ok && answer.value.length >= 2) return ok(answer.value);
      connected = false;
      lostAt = chosen?.events ?? null;
      if (answer.ok) return err({ code: answer.value.length === 0 ? 'card-removed' : 'card-mute' });
      return err(answer.error === null ? { code: 'card-mute' } : channelErrorOf(answer.error));
    },
    reset: async ({ waitMs, signal }) => {
      let over = false;
      const cancel = timers.after(waitMs, () => {
        over = true;
        wake();
      });
      try {
        await lossSeen(signal);
        for (;;) {
          const result = await connect();
          if (result.ok) return result;
          if (over || waitMs <= 0) return result;
          if (signal?.aborted || closed) return err({ code: 'card-removed' });
          const mayComeByItself = result.error.code === 'card-mute' || result.error.code === 'card-busy';
          await change(mayComeByItself || chosen?.card === 'present' ? TRY_AGAIN_MS : waitMs, signal);
        }
      } finally {
        cancel();
      }
    },
  };

  return {
    uri,
    condition: () => condition,
    onCondition: (listener) => subscribe(conditionListeners, listener),
    readers: () => readers.map(({ name }) => name),
    presence: () => chosen?.card ?? 'none',
    onPresence: (listener) => subscribe(presenceListeners, listener),
    channel,
    release: async () => {
      if (!connected || !bridge) return;
      connected = false;
      await bridge.request('disconnect', new Uint8Array(), CONNECT_MS);
    },
    settled: async (limitMs) => {
      let over = false;
      const cancel = timers.after(limitMs, () => {
        over = true;
        wake();
      });
      while (!isSettled && !over && !closed) await change(limitMs);
      cancel();
    },
    close: () =>
      new Promise<void>((resolve) => {
        closed = true;
        conditionListeners.clear();
        presenceListeners.clear();
        cancelRestart();
        onGone = resolve;
        if (bridge) bridge.close();
        else resolve();
        wake();
      }),
  };
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
