import type { Timers } from '../timers.ts';

/** The longest QR holds 2,953 bytes; more without an end is noise or a wrong baud rate. */
const MAX_FRAME_BYTES = 4_096;
const CR = 0x0d;
const LF = 0x0a;

export interface CodeFramer {
  push(chunk: Uint8Array): void;
  /** Forgets a half code (the line broke). */
  reset(): void;
}

/**
 * Cuts a reader's stream of bytes into whole codes: at CR or LF, else after a silence. Bytes are joined before anyone
 * decodes them, because a chunk can end inside a letter. A frame that grows too long is dropped up to the next silence.
 */
export function createCodeFramer(options: {
  readonly idleGapMs: number;
  readonly timers: Timers;
  readonly onCode: (code: Uint8Array) => void;
  readonly onDropped: (bytes: number) => void;
}): CodeFramer {
  let held: number[] = [];
  let dropped = 0;
  let cancelGap = () => {};

  const flush = () => {
    if (held.length === 0) return;
    const code = Uint8Array.from(held);
    held = [];
    options.onCode(code);
  };
  const onGap = () => {
    if (dropped > 0) options.onDropped(dropped);
    dropped = 0;
    flush();
  };

  return {
    push: (chunk) => {
      cancelGap();
      for (const byte of chunk) {
        if (dropped > 0) dropped += 1;
        else if (byte === CR || byte === LF) flush();
        else if (held.push(byte) > MAX_FRAME_BYTES) {
          dropped = held.length;
          held = [];
        }
      }
      cancelGap = options.timers.after(options.idleGapMs, onGap);
    },
    reset: () => {
      cancelGap();
      held = [];
      dropped = 0;
    },
  };
}
