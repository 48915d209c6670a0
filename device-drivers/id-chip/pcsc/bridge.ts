import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { err, ok, type Result } from '@motcua/core';
import type { Timers } from '../../timers.ts';
import { type BridgeFrame, type BridgeRequest, createFrameReader, encodeRequest } from './bridge-frames.ts';

/** The program that `installer/set-up.sh` builds. */
export const PCSC_BRIDGE = fileURLToPath(new URL('./native/build/pcsc-bridge', import.meta.url));

/** The bridge gives a sign each second. */
const SILENCE_MS = 10_000;
const CLOSE_MS = 1_000;

export type BridgeEnd = 'not-built' | 'hung' | 'garbage' | 'ended' | 'closed';

export interface Bridge {
  /** One at a time. `null`: the bridge is gone; a number is PC/SC's return code. */
  request(
    type: BridgeRequest,
    body: Uint8Array,
    timeoutMs: number,
  ): Promise<Result<Uint8Array, number | null>>;
  close(): void;
}

/** Starts the process that holds the reader. When it hangs, crashes or talks nonsense it is killed and `onEnd` is called. */
export function startBridge(options: {
  readonly timers: Timers;
  readonly onFrame: (frame: Extract<BridgeFrame, { type: 'service' | 'readers' }>) => void;
  readonly onEnd: (why: BridgeEnd) => void;
  readonly program?: string;
  /** Socket of another PC/SC service than the machine's. */
  readonly socket?: string | undefined;
}): Bridge {
  const child: ChildProcess = spawn(options.program ?? PCSC_BRIDGE, [], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: options.socket ? { ...process.env, PCSCLITE_CSOCK_NAME: options.socket } : process.env,
  });
  const read = createFrameReader();
  let pending: ((result: Result<Uint8Array, number | null>) => void) | null = null;
  let why: BridgeEnd | null = null;
  let gone = false;
  let cancelWatchdog = () => {};

  const settle = (result: Result<Uint8Array, number | null>) => {
    const waiting = pending;
    pending = null;
    waiting?.(result);
  };
  const end = (reason: BridgeEnd) => {
    why ??= reason;
    cancelWatchdog();
    child.kill('SIGKILL');
    settle(err(null));
  };
  const left = (reason: BridgeEnd) => {
    if (gone) return;
    gone = true;
    cancelWatchdog();
    settle(err(null));
    options.onEnd(why ?? reason);
  };
  const watch = () => {
    cancelWatchdog();
    cancelWatchdog = options.timers.after(SILENCE_MS, () => end('hung'));
  };
  const take = (frame: BridgeFrame) => {
    switch (frame.type) {
      case 'alive':
        return;
      case 'answer':
        return settle(ok(frame.body));
      case 'failed':
        return settle(err(frame.code));
      case 'service':
      case 'readers':
        return options.onFrame(frame);
    }
  };

  child.stdout?.on('data', (chunk: Buffer) => {
    if (why) return;
    watch();
    const frames = read(chunk);
    if (!frames) return end('garbage');
    for (const frame of frames) if (!why) take(frame);
  });
  child.stdin?.on('error', () => undefined);
  child.once('error', () => left('not-built'));
  // 127: the loader did not find libpcsclite.
  child.once('exit', (status) => left(status === 127 ? 'not-built' : 'ended'));
  watch();

  return {
    request: (type, body, timeoutMs) => {
      if (pending) throw new Error('the PC/SC bridge takes one request at a time');
      if (why || gone) return Promise.resolve(err(null));
      return new Promise((resolve) => {
        const cancel = options.timers.after(timeoutMs, () => end('hung'));
        pending = (result) => {
          cancel();
          resolve(result);
        };
        child.stdin?.write(encodeRequest(type, body));
      });
    },
    close: () => {
      why ??= 'closed';
      cancelWatchdog();
      settle(err(null));
      // At the end of its input the bridge gives the card back and ends.
      child.stdin?.end();
      cancelWatchdog = options.timers.after(CLOSE_MS, () => child.kill('SIGKILL'));
    },
  };
}
