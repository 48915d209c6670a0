import type { Clock, Logger } from '@motcua/core';
import type { CityDatabase } from './database/city-database.ts';
import type { CityStore } from './stores/city-store.ts';

const BATCH = 500;
const DAY_MS = 86_400_000;
const LOCK_WAIT_MS = 100;

/**
 * Removes what nobody will finish: uploads announced long ago and never committed, and the bytes of refused dossiers.
 * A kiosk that was away for longer announces its dossier again and sends it from the start: nothing is lost by it.
 * Bytes go first, then the row: stopped in between, the next sweep finds the row again.
 */
export async function sweepExpired(deps: {
  readonly database: CityDatabase;
  readonly store: CityStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly keepDays: number;
}): Promise<number> {
  const { clock, logger, store } = deps;
  const { dossiers, locks } = deps.database;
  const before = new Date(clock.now().getTime() - deps.keepDays * DAY_MS);
  let removed = 0;
  for (const id of await dossiers.expired(before, BATCH)) {
    // Somebody is at it just now: then it is not forgotten after all.
    const release = await locks
      .acquire(id, AbortSignal.timeout(LOCK_WAIT_MS), () => undefined)
      .catch(() => undefined);
    if (release === undefined) continue;
    try {
      await store.remove(id);
      await dossiers.expire(id, clock.now());
      removed++;
    } finally {
      await release();
    }
  }
  await store.sweep(clock.now());
  if (removed > 0) logger.info({ removed }, 'expired uploads were removed');
  return removed;
}
