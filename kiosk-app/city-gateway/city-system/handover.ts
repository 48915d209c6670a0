import { DossierManifest, nextStatusQuestion, ReceiptClaims } from '@motcua/contract';
import { type Clock, err, type Logger, type Result } from '@motcua/core';
import { verifyDossier } from '@motcua/ocr-pipeline/dossier';
import type { CityDatabase } from '../database/city-database.ts';
import type { CityStore } from '../stores/city-store.ts';
import type { CitySystem, HandoverProblem } from './city-system.ts';

const LEASE_MS = 10 * 60_000;
const ATTEMPT_MS = 5 * 60_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 30 * 60_000;
const LOOK_MS = 10_000;
const STATUS_MS = 30_000;
const STATUSES_AT_ONCE = 50;

export interface HandoverDeps {
  /** Null: none is named; what is accepted waits. */
  readonly system: CitySystem | null;
  readonly database: CityDatabase;
  readonly store: CityStore;
  readonly trust: (kioskId: string) => Promise<readonly string[]>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

/**
 * Works off the outbox towards the city's system, one dossier at a time in each gateway, for ever. The acceptance
 * itself queued it, in its transaction; a lease keeps the other gateways off, and ends by itself when this one dies.
 */
export function startHandover(deps: HandoverDeps): {
  readonly kick: () => void;
  readonly stop: () => Promise<void>;
} {
  const { logger, system } = deps;
  if (system === null) return { kick: () => undefined, stop: async () => undefined };
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let again = false;
  const kick = () => {
    again = true;
    if (running !== null || stopping.signal.aborted) return;
    running = (async () => {
      while (again && !stopping.signal.aborted) {
        again = false;
        while (!stopping.signal.aborted && (await handOverNext(deps, system, stopping.signal)));
        if ((await askStatuses(deps, system, stopping.signal)) === STATUSES_AT_ONCE) again = true;
      }
    })()
      .catch((error: unknown) =>
        logger.error({ err: error }, 'the hand-over stopped at a fault; it goes on later'),
      )
      .finally(() => {
        running = null;
      });
  };
  // Wakes for what is due again, and for what other gateways accepted and could not hand over.
  const timer = setInterval(kick, LOOK_MS);
  timer.unref();
  kick();
  return {
    kick,
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}

/** True when there was one to try. */
export async function handOverNext(
  deps: HandoverDeps,
  system: CitySystem,
  signal: AbortSignal,
): Promise<boolean> {
  const { clock, logger } = deps;
  const { handovers } = deps.database;
  const due = await handovers.claim(clock.now(), LEASE_MS);
  if (due === null) return false;
  const id = due.dossier_id;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]);
  const outcome = await attempt(deps, system, id, limit);
  if (outcome.ok) {
    const now = clock.now().getTime();
    const next = nextStatusQuestion({ status: outcome.value, since: now, now, random: deps.random });
    await handovers.done(id, outcome.value, { since: now, next });
    logger.info({ dossier: id, attempts: due.attempts }, 'handed over to the city system');
  } else if (outcome.error.final) {
    await handovers.refused(id, outcome.error.code);
    logger.error({ dossier: id, code: outcome.error.code }, 'the city system refused a dossier');
  } else {
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(due.attempts - 1, 20));
    const wait = Math.round(pause / 2 + (pause / 2) * deps.random());
    await handovers.failed(id, outcome.error.code, new Date(clock.now().getTime() + wait));
    logger.warn({ dossier: id, code: outcome.error.code }, 'a hand-over will be tried again');
  }
  return true;
}

/**
 * Asks the system what became of dossiers that it has and that are due, some at a time: what is accepted meanwhile is
 * not to wait for that. A system that does not answer is asked about no other one until the next round. Returns how
 * many were asked for.
 */
export async function askStatuses(
  deps: HandoverDeps,
  system: CitySystem,
  signal: AbortSignal,
): Promise<number> {
  const { clock, logger, random } = deps;
  const { handovers } = deps.database;
  for (let asked = 0; asked < STATUSES_AT_ONCE && !signal.aborted; asked++) {
    const due = await handovers.claimStatus(clock.now(), LEASE_MS);
    if (due === null) return asked;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(STATUS_MS)]);
    const answer = await system
      .status(due.code, limit)
      .catch(() => err({ final: false, code: 'system-broke-off' }));
    const now = clock.now().getTime();
    const status = answer.ok ? answer.value : null;
    const changed = status !== null && status !== due.status;
    const since = changed ? now : (due.status_since ?? now);
    const next = nextStatusQuestion({ status: status ?? due.status, since, now, random });
    await handovers.noteStatus(due.dossier_id, status, { since, next });
    if (!answer.ok) {
      logger.warn({ code: answer.error.code }, 'the city system did not say what became of a dossier');
      return asked;
    }
    if (changed) logger.info({ dossier: due.dossier_id, status }, 'a dossier has another status');
  }
  return STATUSES_AT_ONCE;
}

async function attempt(
  deps: HandoverDeps,
  system: CitySystem,
  id: string,
  signal: AbortSignal,
): Promise<Result<number, HandoverProblem>> {
  const later = (code: string) => err({ final: false, code });
  const row = await deps.database.dossiers.get(id);
  if (row?.claims == null) throw new Error('a dossier in the hand-over queue is not accepted');
  const receipt = ReceiptClaims.parse(JSON.parse(row.claims));
  const { size } = DossierManifest.parse(JSON.parse(row.manifest));
  try {
    return await deps.store.withFile(id, async (file) => {
      // Read from the container itself: the database keeps nothing about persons.
      const { metadata } = await verifyDossier(file, {
        trust: await deps.trust(row.kiosk_id),
        at: new Date(receipt.receivedAt),
      });
      if (metadata === null) return later('dossier-unreadable');
      return system.handOver({ receipt, metadata, file, size }, signal);
    });
  } catch (error) {
    deps.logger.warn({ dossier: id, err: error }, 'a hand-over broke off');
    return later(signal.aborted ? 'system-timeout' : 'handover-broke-off');
  }
}
