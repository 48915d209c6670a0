import { Worker } from 'node:worker_threads';
import type { Timers } from '../../timers.ts';

/** A picture takes 2 to 40 ms; a worker that is silent for so long hangs. Its start comes in too. */
const SILENCE_MS = 10_000;
/** A worker that cannot even start is not tried at every picture. */
const REST_MS = 1_000;

export interface PictureDecoder {
  /** Looks for a code in this picture; passed over while another one is being looked at. */
  look(picture: Uint8Array): void;
  close(): Promise<void>;
}

/** QR codes in JPEG pictures, found in a worker thread: one picture at a time, and a worker that hangs is replaced. */
export function createPictureDecoder(options: {
  readonly timers: Timers;
  /** The code's bytes as they stand in it. */
  readonly onCode: (code: Uint8Array) => void;
  readonly onFault: () => void;
}): PictureDecoder {
  let worker: Worker | undefined;
  let busy = false;
  let resting = false;
  let cancelWatchdog = () => {};
  let closed = false;

  const start = () => {
    const started = new Worker(new URL('./decode-worker.ts', import.meta.url));
    worker = started;
    busy = true;
    watch();
    started.on('message', (codes: 'ready' | readonly Uint8Array[]) => {
      if (worker !== started) return;
      cancelWatchdog();
      busy = false;
      if (codes !== 'ready' && !closed) for (const code of codes) options.onCode(code);
    });
    started.on('error', () => replace(started));
    started.on('exit', () => replace(started));
  };
  const watch = () => {
    cancelWatchdog();
    cancelWatchdog = options.timers.after(SILENCE_MS, () => replace(worker));
  };
  /** A later picture starts another one. */
  const replace = (broken: Worker | undefined) => {
    if (closed || broken === undefined || worker !== broken) return;
    cancelWatchdog();
    worker = undefined;
    busy = false;
    resting = true;
    options.timers.after(REST_MS, () => {
      resting = false;
    });
    options.onFault();
    void broken.terminate();
  };

  start();
  return {
    look: (picture) => {
      if (closed) return;
      if (!worker && !resting) start();
      if (!worker || busy) return;
      busy = true;
      watch();
      worker.postMessage(Uint8Array.from(picture));
    },
    close: async () => {
      closed = true;
      cancelWatchdog();
      await worker?.terminate();
    },
  };
}
