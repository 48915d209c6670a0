import type { Locker } from '@tus/server';

/** Who may touch the bytes of an upload. */
export interface UploadLocks {
  /**
   * Resolves when nobody else holds it, with the function that gives it back. Whoever holds it is asked by `wanted` to
   * finish soon: a kiosk whose line broke comes back while its old request still seems alive. Rejects when `signal` is
   * aborted first.
   */
  acquire(id: string, signal: AbortSignal, wanted: () => void): Promise<() => Promise<void>>;
}

interface Held {
  readonly wanted: () => void;
  readonly waiting: (() => void)[];
}

/** Among the requests of one process; in order of arrival. */
export function createLocalLocks(): UploadLocks & { want(id: string): void } {
  const held = new Map<string, Held>();
  const release = (id: string) => {
    const next = held.get(id)?.waiting.shift();
    if (next === undefined) held.delete(id);
    else next();
  };
  return {
    want: (id) => held.get(id)?.wanted(),
    acquire: async (id, signal, wanted) => {
      signal.throwIfAborted();
      const before = held.get(id);
      const waiting = before?.waiting ?? [];
      if (before !== undefined) {
        before.wanted();
        await new Promise<void>((resolve, reject) => {
          const turn = () => {
            signal.removeEventListener('abort', giveUp);
            resolve();
          };
          const giveUp = () => {
            waiting.splice(waiting.indexOf(turn), 1);
            reject(signal.reason);
          };
          signal.addEventListener('abort', giveUp, { once: true });
          waiting.push(turn);
        });
      }
      held.set(id, { wanted, waiting });
      // One that still waits wants it from the new holder, too.
      if (waiting.length > 0) wanted();
      let over = false;
      return async () => {
        if (!over) release(id);
        over = true;
      };
    },
  };
}

/** The tus library's idea of the same. */
export function tusLocker(locks: UploadLocks, timeoutMs: number): Locker {
  return {
    newLock: (id) => {
      let release: (() => Promise<void>) | undefined;
      return {
        lock: async (signal, cancel) => {
          const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
          release = await locks.acquire(id, limit, () => void cancel());
        },
        unlock: async () => release?.(),
      };
    },
  };
}
