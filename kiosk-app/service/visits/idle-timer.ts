/** Counts down to the end of an untouched visit. Runs on the process's timers, so a jumping clock ends no visit. */
export interface IdleTimer {
  /** Starts again from the full time, or from `remainingMs` after a restart. */
  arm(remainingMs?: number): void;
  disarm(): void;
  remainingMs(): number;
}

/** The full time is asked for at each touch: it may be set from afar meanwhile. */
export function createIdleTimer(timeoutMs: () => number, onIdle: () => void): IdleTimer {
  let timer: NodeJS.Timeout | undefined;
  let deadline = 0;
  return {
    arm: (remainingMs = timeoutMs()) => {
      clearTimeout(timer);
      deadline = performance.now() + remainingMs;
      timer = setTimeout(onIdle, remainingMs);
    },
    disarm: () => clearTimeout(timer),
    remainingMs: () => Math.max(0, deadline - performance.now()),
  };
}
