import type { Clock, Logger } from '@motcua/core';
import type { StatusClient } from './status-client.ts';
import type { StatusStore } from './status-store.ts';

/** Asks the city what became of the dossiers that it has, seldom and many at once, until each is over. */
export interface StatusWorker {
  /** A dossier was accepted: it will be asked for. */
  kick(): void;
  start(): void;
  stop(): Promise<void>;
}

const AT_ONCE = 50;
/** Between two questions, however many wait after a long outage. */
const BETWEEN_MS = 1_000;
const LONGEST_SLEEP_MS = 600_000;
const AFTER_FAILURE_MS = 600_000;
const LONGEST_PAUSE_MS = 6 * 3_600_000;

export function createStatusWorker(deps: {
  readonly statuses: StatusStore;
  readonly client: StatusClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}): StatusWorker {
  const { statuses, client, logger } = deps;
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let failures = 0;

  /** False when the city did not answer. */
  async function askDue(): Promise<boolean> {
    const ids = statuses.due(AT_ONCE);
    if (ids.length === 0) return true;
    const answer = await client.ask(ids, stopping.signal);
    if (stopping.signal.aborted) return true;
    if (!answer.ok) {
      logger.warn({ code: answer.error }, 'the city did not say what became of dossiers');
      return false;
    }
    const answers = new Map(answer.value.map((one) => [one.dossierId, one]));
    for (const id of ids) statuses.note(id, answers.get(id) ?? null);
    return true;
  }

  const schedule = (delayMs: number) => {
    clearTimeout(timer);
    if (stopping.signal.aborted) return;
    timer = setTimeout(run, delayMs);
    timer.unref();
  };
  const untilDue = () => {
    const due = statuses.nextDue();
    const left = due === null ? LONGEST_SLEEP_MS : due - deps.clock.now().getTime();
    return Math.max(BETWEEN_MS, Math.min(LONGEST_SLEEP_MS, left));
  };
  const afterFailure = () => {
    const pause = Math.min(LONGEST_PAUSE_MS, AFTER_FAILURE_MS * 2 ** Math.min(failures++, 10));
    return pause * (0.5 + 0.5 * deps.random());
  };
  const run = () => {
    if (running || stopping.signal.aborted) return;
    running = askDue()
      .then((answered) => {
        if (answered) failures = 0;
        schedule(answered ? untilDue() : afterFailure());
      })
      .catch((error: unknown) => {
        logger.error({ err: error }, 'what became of dossiers was not kept');
        schedule(afterFailure());
      })
      .finally(() => {
        running = null;
      });
  };
  return {
    kick: () => {
      if (!running && failures === 0) schedule(untilDue());
    },
    start: run,
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
