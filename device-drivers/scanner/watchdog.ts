import type { Timers } from '../timers.ts';

/** Barks once, after `limitMs` without a sign of life, or `limitMs × 4` without a finished page. */
export interface Watchdog {
  signOfLife(): void;
  pageFinished(): void;
  stop(): void;
}

const PAGE_FACTOR = 4;

export function startWatchdog(limitMs: number, timers: Timers, bark: () => void): Watchdog {
  let cancelLife = () => {};
  let cancelPage = () => {};
  const stop = () => {
    cancelLife();
    cancelPage();
  };
  const expire = () => {
    stop();
    bark();
  };
  const signOfLife = () => {
    cancelLife();
    cancelLife = timers.after(limitMs, expire);
  };
  const pageFinished = () => {
    cancelPage();
    cancelPage = timers.after(limitMs * PAGE_FACTOR, expire);
    signOfLife();
  };
  pageFinished();
  return { signOfLife, pageFinished, stop };
}
