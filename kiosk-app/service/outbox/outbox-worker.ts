import { DossierManifest } from '@motcua/contract';
import { type Clock, err, type Logger, type Result } from '@motcua/core';
import type { Changes } from '../changes.ts';
import type { OutboxQueue, QueuedDossier } from '../dossiers/dossier-store.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { SealedFileError } from '../store/blobs/sealed-file.ts';
import type { UploadClient, UploadError, UploadedDossier, UploadPosition } from './upload-client.ts';

/** Sends what is in the outbox, one dossier at a time, for ever: with back-off while the city cannot be reached. */
export interface OutboxWorker {
  /** There may be work: called after a dossier was queued. */
  kick(): void;
  /** Resolves once this dossier has been tried: accepted, refused or put off; at the latest after `timeoutMs`. */
  firstOutcome(dossierId: string, timeoutMs: number): Promise<void>;
  onSettled(listener: (dossierId: string) => void): void;
  start(): void;
  stop(): Promise<void>;
}

const LEASE_MS = 10 * 60_000;
/** Looks again even without a due time: a clock that was set back must not put the outbox to sleep for years. */
const LONGEST_SLEEP_MS = 60_000;
/** A full disk fails every try at once: not twenty times a second. */
const AFTER_FAULT_MS = 5_000;
const LONGEST_PAUSE_MS = 2 * 3_600_000;
const LINE_FAULTS: ReadonlySet<string> = new Set(['city-unreachable', 'city-timeout', 'city-nonsense']);

export function createOutboxWorker(deps: {
  readonly dossiers: OutboxQueue;
  readonly blobs: Pick<BlobStore, 'open'>;
  readonly client: UploadClient;
  readonly clock: Clock;
  readonly changes: Changes;
  readonly logger: Logger;
  readonly retry: () => { readonly firstDelayMs: number; readonly longestDelayMs: number };
  readonly random: () => number;
}): OutboxWorker {
  const { dossiers } = deps;
  const stopping = new AbortController();
  const settledListeners: ((dossierId: string) => void)[] = [];
  const waiting = new Map<string, () => void>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let again = false;
  let pausedUntil = 0;

  /** A clock that was set back makes no pause longer. */
  const pauseLeft = () => {
    const left = pausedUntil - deps.clock.now().getTime();
    return left > 0 && left <= LONGEST_PAUSE_MS ? left : 0;
  };

  const settle = (dossierId: string) => {
    deps.changes.bump();
    waiting.get(dossierId)?.();
    waiting.delete(dossierId);
    for (const listener of settledListeners) listener(dossierId);
  };

  function retryAt(attempts: number): number {
    const { firstDelayMs, longestDelayMs } = deps.retry();
    const full = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempts, 20));
    // Half fixed, half jitter: kiosks that lost the same network do not all come back in the same second.
    // Whole milliseconds: the column takes nothing else.
    return deps.clock.now().getTime() + Math.round(full / 2 + (full / 2) * deps.random());
  }

  function notePosition(id: string, position: UploadPosition | null): void {
    try {
      dossiers.noteUpload(id, position);
    } catch (error) {
      // A full disk: the bytes are safer at the city than the note of them is worth.
      deps.logger.warn({ err: error }, 'where an upload stands was not kept');
    }
  }

  async function send(
    dossier: QueuedDossier,
    manifest: DossierManifest,
  ): Promise<Result<UploadedDossier, UploadError>> {
    if (!dossier.file) throw new Error('a queued dossier has no file');
    const { id, upload_url: url, upload_offset: offset } = dossier;
    const request = {
      dossierId: id,
      manifest,
      signal: stopping.signal,
      resume: url === null ? null : { url, offset: offset ?? 0 },
      onPosition: (position: UploadPosition | null) => notePosition(id, position),
    };
    try {
      return await deps.client.upload({ ...request, content: await deps.blobs.open(dossier.file) });
    } catch (error) {
      if (!(error instanceof SealedFileError)) throw error;
      return err({ code: 'dossier-unreadable', final: false, detail: error.code });
    }
  }

  async function sendDue(): Promise<void> {
    for (;;) {
      again = false;
      const dossier = stopping.signal.aborted || pauseLeft() > 0 ? null : dossiers.claim(LEASE_MS);
      if (!dossier) return;
      deps.changes.bump();
      const manifest = DossierManifest.parse(JSON.parse(dossier.manifest ?? 'null'));
      const dossierId = dossier.id;
      const outcome = await send(dossier, manifest);
      if (outcome.ok) {
        dossiers.accepted(dossierId, outcome.value.receipt, outcome.value.claims);
        deps.logger.info({ dossier: dossierId }, 'the city accepted a dossier');
      } else if (outcome.error.final) {
        dossiers.refused(dossierId, outcome.error.code, outcome.error.detail);
        deps.logger.error(
          { dossier: dossierId, code: outcome.error.code, detail: outcome.error.detail },
          'the city refused a dossier',
        );
      } else {
        const { code, retryAfterMs = 0 } = outcome.error;
        const now = deps.clock.now().getTime();
        const at = Math.max(retryAt(dossiers.attempts(dossierId)), now + retryAfterMs);
        dossiers.failed(dossierId, code, at);
        // Not this dossier's fault: the others would meet the same line, or a city that asks for a pause.
        if (LINE_FAULTS.has(code) || retryAfterMs > 0) pausedUntil = at;
        deps.logger.warn(
          { dossier: dossierId, code: outcome.error.code, detail: outcome.error.detail },
          'an upload will be tried again',
        );
      }
      settle(dossierId);
    }
  }

  const schedule = (leastMs = 50) => {
    clearTimeout(timer);
    if (stopping.signal.aborted) return;
    const due = dossiers.nextDue();
    if (due === null) return;
    const delay = Math.max(leastMs, due - deps.clock.now().getTime(), pauseLeft());
    timer = setTimeout(wake, Math.min(LONGEST_SLEEP_MS, delay));
  };

  /** Somebody waits: the line is tried now. */
  const kick = () => {
    pausedUntil = 0;
    wake();
  };

  const wake = () => {
    again = true;
    if (running || stopping.signal.aborted) return;
    running = sendDue()
      .finally(() => {
        running = null;
      })
      .then(
        () => {
          if (again) setImmediate(wake);
          else schedule();
        },
        (error: unknown) => {
          deps.logger.error({ err: error }, 'the outbox stopped at a fault; it goes on after a pause');
          schedule(AFTER_FAULT_MS);
        },
      );
  };

  return {
    kick,
    firstOutcome: (dossierId, timeoutMs) =>
      new Promise((resolve) => {
        const queued = dossiers.get(dossierId);
        if (queued?.state !== 'sealed') return resolve();
        const timeout = setTimeout(resolve, timeoutMs);
        waiting.set(dossierId, () => {
          clearTimeout(timeout);
          resolve();
        });
      }),
    onSettled: (listener) => settledListeners.push(listener),
    start: () => {
      dossiers.releaseLeases();
      wake();
    },
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      for (const resolve of waiting.values()) resolve();
      await running;
    },
  };
}
