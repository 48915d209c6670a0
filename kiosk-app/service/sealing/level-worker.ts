import type { Clock, Logger } from '@motcua/core';
import type { LevelStore } from './level-store.ts';
import type { RaiseStored } from './raise-stored.ts';
import type { SealLevel } from './sealer.ts';

/** Raises the seals of dossiers one step after the other, for ever: when an authority returns, and before a time-stamp ends. */
export interface LevelWorker {
  /** Keeps what a submission reached, and plans the rest. */
  record(dossierId: string, reached: SealLevel): void;
  /** There may be work: called when the city has answered. */
  kick(): void;
  start(): void;
  stop(): Promise<void>;
}

const DAY_MS = 86_400_000;
const LONGEST_SLEEP_MS = 60_000;
const AFTER_FAULT_MS = 5_000;

export function createLevelWorker(deps: {
  readonly levels: LevelStore;
  readonly raise: RaiseStored;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  /** False where no authority is configured: then there is nothing to wait for. */
  readonly wanted: boolean;
  readonly retry: () => { readonly firstDelayMs: number; readonly longestDelayMs: number };
  /** A new time-stamp goes over the old one this long before its authority's certificate ends. */
  readonly renewDays: number;
}): LevelWorker {
  const { levels, clock } = deps;
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;

  function nextAttempt(reached: SealLevel, attempts: number): number | null {
    if (!deps.wanted) return null;
    const now = clock.now().getTime();
    if (reached.problem === null && reached.level === 'B-LTA')
      return reached.renewBefore === null ? null : reached.renewBefore.getTime() - deps.renewDays * DAY_MS;
    const { firstDelayMs, longestDelayMs } = deps.retry();
    const full = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempts, 20));
    return now + Math.round(full / 2 + (full / 2) * deps.random());
  }

  async function raiseDue(): Promise<void> {
    while (!stopping.signal.aborted) {
      const row = levels.due();
      if (!row) return;
      const renew = row.level === 'B-LTA';
      const reached = await deps.raise(row.dossier_id, row.file, { renew, signal: stopping.signal });
      if (stopping.signal.aborted) return;
      levels.record(row.dossier_id, reached, nextAttempt(reached, row.attempts));
      const { level, problem } = reached;
      deps.logger.info(
        { dossier: row.dossier_id, level, problem },
        'a seal was raised as far as it goes now',
      );
    }
  }

  const schedule = (leastMs = 50) => {
    clearTimeout(timer);
    if (stopping.signal.aborted) return;
    const due = levels.nextDue();
    if (due === null) return;
    timer = setTimeout(kick, Math.min(LONGEST_SLEEP_MS, Math.max(leastMs, due - clock.now().getTime())));
  };
  const kick = () => {
    if (running || stopping.signal.aborted) return;
    running = raiseDue()
      .then(
        () => schedule(),
        (error: unknown) => {
          deps.logger.error({ err: error }, 'raising seals stopped at a fault; it goes on after a pause');
          schedule(AFTER_FAULT_MS);
        },
      )
      .finally(() => {
        running = null;
      });
  };
  return {
    record: (id, reached) => {
      levels.record(id, reached, nextAttempt(reached, levels.get(id)?.attempts ?? 0));
      if (!running) schedule();
    },
    kick,
    start: kick,
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
