import type { Logger } from '@motcua/core';
import type { Changes } from '../changes.ts';
import { storageProblem } from '../store/faults.ts';

/**
 * What is to be stored although nobody can be told any more that it was not: the end of a visit or of a scan, what
 * became of a page or a dossier. While the disk does not take it, it is tried again, and the screen says why.
 */
export interface LateWrites {
  /** The first try is made before this returns. Resolves to false when the service stops before it could be stored. */
  write(visitId: string, change: () => void | Promise<void>): Promise<boolean>;
  /** Code of the sentence why something of this visit is not stored yet. */
  trouble(visitId: string): string | null;
  stop(): void;
}

export function createLateWrites(deps: {
  readonly changes: Changes;
  readonly logger: Logger;
  readonly retryMs: number;
}): LateWrites {
  const stopping = Promise.withResolvers<void>();
  let stopped = false;
  const troubles = new Map<symbol, { readonly visitId: string; readonly code: string }>();

  async function pause(): Promise<void> {
    const due = Promise.withResolvers<void>();
    const timer = setTimeout(due.resolve, deps.retryMs);
    await Promise.race([due.promise, stopping.promise]);
    clearTimeout(timer);
  }

  return {
    write: async (visitId, change) => {
      const trouble = Symbol(visitId);
      try {
        while (!stopped) {
          try {
            await change();
            return true;
          } catch (error) {
            const code = storageProblem(error) ?? 'kiosk-error';
            deps.logger.error({ err: error, visit: visitId, code }, 'could not be stored; it is tried again');
            troubles.set(trouble, { visitId, code });
            deps.changes.bump();
            await pause();
          }
        }
        return false;
      } finally {
        if (troubles.delete(trouble)) deps.changes.bump();
      }
    },
    trouble: (visitId) => [...troubles.values()].find((entry) => entry.visitId === visitId)?.code ?? null,
    stop: () => {
      stopped = true;
      stopping.resolve();
    },
  };
}
