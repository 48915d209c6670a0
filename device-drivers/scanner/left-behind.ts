import type { Timers } from '../timers.ts';

/** A stop signal, two seconds, SIGKILL: a process that is still there then hangs in the kernel and is left behind. */
const GIVE_UP_MS = 6_000;

/** Waits for programs that have been stopped, but not for ever. */
export interface LeftBehind {
  /** Whether one that did not even die is still there. */
  isOne(): boolean;
  /** What `running` resolves to, or null when it outlives its killing, which begins when `stopped` is aborted. */
  endOf<Value>(running: Promise<Value>, stopped: AbortSignal): Promise<Value | null>;
}

export function createLeftBehind(timers: Timers): LeftBehind {
  let left = 0;
  return {
    isOne: () => left > 0,
    endOf: async (running, stopped) => {
      let cancel = () => {};
      const givenUp = new Promise<null>((resolve) => {
        const wait = () => {
          cancel = timers.after(GIVE_UP_MS, () => resolve(null));
        };
        if (stopped.aborted) wait();
        else stopped.addEventListener('abort', wait, { once: true });
      });
      const ended = await Promise.race([running, givenUp]);
      cancel();
      if (ended === null) {
        left += 1;
        void running.finally(() => {
          left -= 1;
        });
      }
      return ended;
    },
  };
}
