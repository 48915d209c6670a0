/** Injected waiting: tests ring the bell themselves. Returns what cancels it. */
export interface Timers {
  after(milliseconds: number, ring: () => void): () => void;
}

export const systemTimers: Timers = {
  after: (milliseconds, ring) => {
    const timer = setTimeout(ring, milliseconds);
    return () => clearTimeout(timer);
  },
};

export interface ManualTimers extends Timers {
  /** Lengths of the waits that run now, shortest first. */
  pending(): readonly number[];
  /** Lets the shortest running wait end that is at least so long; false when none runs. */
  ringNext(atLeast?: number): boolean;
}

export function manualTimers(): ManualTimers {
  const waits = new Set<{ readonly milliseconds: number; readonly ring: () => void }>();
  const sorted = () => [...waits].sort((one, other) => one.milliseconds - other.milliseconds);
  return {
    after: (milliseconds, ring) => {
      const wait = { milliseconds, ring };
      waits.add(wait);
      return () => void waits.delete(wait);
    },
    pending: () => sorted().map((wait) => wait.milliseconds),
    ringNext: (atLeast = 0) => {
      const next = sorted().find((wait) => wait.milliseconds >= atLeast);
      if (!next) return false;
      waits.delete(next);
      next.ring();
      return true;
    },
  };
}
