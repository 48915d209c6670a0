import type { ChipView } from '@motcua/contract';
import type { Clock, Logger } from '@motcua/core';
import {
  type ChipProblem,
  type ChipProgress,
  type ChipReader,
  type CitizenCard,
  createReadLengthMemory,
  emptyTrustStore,
  loadTrustFolder,
  problemOfReading,
  readChip,
  showPhoto,
  type TrustStore,
} from '@motcua/device-drivers';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Changes } from '../changes.ts';
import type { Db } from '../store/database.ts';
import type { VisitRow, VisitStore } from '../visits/visit-store.ts';
import { judgeReading } from './chip-outcome.ts';

/** Where the reading stands; in memory only. */
export type ChipState = Pick<ChipView, 'state' | 'step' | 'share'> & { readonly problem: ChipProblem | null };

/** Reads the chip of the card whose code was shown, as soon as it lies on the reader, until it is read or not wanted. */
export interface ChipIdentification {
  start(): void;
  stop(): Promise<void>;
  /** Null where there is no chip reader. */
  state(): ChipState | null;
  /** The photo of the chip, written anew; kept in memory only, until the person has confirmed the card or is gone. */
  photo(): Uint8Array | null;
}

/** Lying there is not enough after these: what was read will not change until the card is laid anew. */
const ANEW: readonly ChipProblem[] = [
  'chip-wrong-key',
  'chip-not-an-identity-card',
  'chip-swapped',
  'chip-unreadable',
  'chip-mute',
];
const PAUSE_MS = 1_000;
const idle: ChipState = { state: 'waiting', step: 'opening', share: 0, problem: null };

export function createChipIdentification(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly visits: VisitStore;
  readonly audit: AuditLog;
  readonly changes: Changes;
  readonly logger: Logger;
  readonly reader: ChipReader | null;
  readonly trustFolder: string;
  readonly cardWaitMs: number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly onActivity: () => void;
}): ChipIdentification {
  const { reader, visits, changes } = deps;
  const lengths = createReadLengthMemory();
  let current: { readonly key: string; readonly abort: AbortController } | null = null;
  /** The reading before, which may still wait for an answer: the channel has one user at a time. */
  let ended: Promise<void> = Promise.resolve();
  let state = idle;
  let photo: Uint8Array | null = null;
  let stopListening = () => {};

  const set = (next: Partial<ChipState>) => {
    const changed = { ...state, ...next };
    const isNews =
      changed.state !== state.state ||
      changed.step !== state.step ||
      changed.problem !== state.problem ||
      Math.floor(changed.share * 20) !== Math.floor(state.share * 20);
    state = changed;
    if (isNews) changes.bump();
  };

  /** Begins, goes on or ends, whichever the visit asks for now. */
  const follow = () => {
    const visit = visits.open();
    if (visit?.step !== 'identity' || visit.chip === null) photo = null;
    const wanted = visit && isWanted(visit) ? `${visit.id} ${visit.card}` : null;
    if (current?.key === wanted || (!current && wanted === null)) return;
    current?.abort.abort();
    current = null;
    if (!reader || !visit || wanted === null) return;
    const abort = new AbortController();
    state = idle;
    const card = JSON.parse(visit.card ?? 'null') as CitizenCard;
    ended = ended.then(() => readUntilDone(reader, visit.id, card, abort.signal));
    current = { key: wanted, abort };
  };

  async function readUntilDone(
    from: ChipReader,
    visitId: string,
    card: CitizenCard,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      if (from.condition() !== 'ready') set({ state: 'unavailable', share: 0 });
      else if (from.presence() !== 'present')
        set({
          state: 'waiting',
          share: 0,
          ...(from.presence() === 'mute' && { problem: 'chip-mute' as const }),
        });
      else {
        const failure = await readOnce(from, visitId, card, signal).catch((error: unknown) => {
          // A full disk, most likely: the reading could not be kept.
          deps.logger.error({ err: error, visit: visitId }, 'a chip’s reading failed');
          return 'chip-unreadable' as const;
        });
        if (failure === null || signal.aborted) return;
        set({ state: 'waiting', share: 0, problem: failure });
        if (!ANEW.includes(failure)) await pause(signal);
        // Any change will do: a card swapped quickly is only told as `present` once more.
        else await changed(from, signal);
        continue;
      }
      await changed(from, signal);
    }
  }

  async function readOnce(
    from: ChipReader,
    visitId: string,
    card: CitizenCard,
    signal: AbortSignal,
  ): Promise<ChipProblem | null> {
    set({ state: 'reading', step: 'opening', share: 0, problem: null });
    const result = await readChip(
      from.channel,
      {
        key: { kind: 'can', can: card.number.slice(-6) },
        trust: await trustOf(deps.trustFolder),
        signal,
        onProgress: (progress) => signal.aborted || set(shareOf(progress)),
      },
      { random: deps.randomBytes, now: deps.clock.now, lengths, waitMs: deps.cardWaitMs },
    );
    await from.release();
    if (signal.aborted) return null;
    if (!result.ok) {
      const code = problemOfReading(result.error);
      deps.logger.warn({ visit: visitId, code, cause: result.error.code }, 'a chip was not read');
      deps.audit.record('chip-failed', visitId, { code });
      return code;
    }
    const { level, outcome } = judgeReading(result.value, card);
    const shown = result.value.photo && (await showPhoto(result.value.photo));
    if (signal.aborted) return null;
    if (shown?.ok) photo = shown.value.bytes;
    deps.db
      .transaction(() => {
        visits.change(visitId, { identity_level: level, chip: JSON.stringify(outcome) });
        deps.audit.record('chip-read', visitId, {
          verdict: outcome.verdict,
          level,
          contradicts: Number(outcome.contradicts),
        });
      })
      .immediate();
    // Only a reading counts as a sign of life: a card left behind at the edge of the field fails for ever.
    deps.onActivity();
    changes.bump();
    return null;
  }

  return {
    start: () => {
      stopListening = changes.listen(follow);
      follow();
    },
    stop: async () => {
      stopListening();
      current?.abort.abort();
      await ended;
      photo = null;
    },
    state: () => reader && state,
    photo: () => photo,
  };
}

const isWanted = (visit: VisitRow) =>
  visit.step === 'identity' && visit.identity_state === 'read' && visit.card !== null && visit.chip === null;

/** Until the card, the reader or the wish to read changes. */
function changed(reader: ChipReader, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      for (const stop of stops) stop();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stops = [reader.onPresence(done), reader.onCondition(done)];
    signal.addEventListener('abort', done);
  });
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, PAUSE_MS);
    signal.addEventListener('abort', done);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

/** Read anew each time, so that an operator's certificate counts from the next card on. */
async function trustOf(folder: string): Promise<TrustStore> {
  const loaded = await loadTrustFolder(folder);
  return loaded.ok ? loaded.value.store : emptyTrustStore;
}

const BEFORE_PHOTO = ['DG1', 'DG13', 'SOD', 'COM', 'DG14', 'DG15'];

/** The photo is more than half of the bytes. */
function shareOf(progress: ChipProgress): Partial<ChipState> {
  switch (progress.step) {
    case 'waiting-for-card':
      return {};
    case 'opening':
      return { step: 'opening' };
    case 'proving':
      return { step: 'proving', share: 0.95 };
    case 'reading': {
      const part = progress.total > 0 ? progress.received / progress.total : 0;
      if (progress.file === 'DG2') return { step: 'photo', share: 0.4 + part / 2 };
      const done = Math.max(0, BEFORE_PHOTO.indexOf(progress.file)) + part;
      return { step: 'person', share: 0.1 + (0.3 * done) / BEFORE_PHOTO.length };
    }
  }
}
