import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { DossierManifest, type ReceiptClaims } from '@motcua/contract';
import { type Clock, err, type Logger, ok, type Result, vietnamTime } from '@motcua/core';
import { type DeviceKey, signReceipt, type Verification, verifyDossier } from '@motcua/ocr-pipeline/dossier';
import type { CityDatabase } from './database/city-database.ts';
import type { DossierRow } from './database/tables.ts';
import { type DueRules, dueDate } from './due-date.ts';
import type { CityStore } from './stores/city-store.ts';

export type CommitProblem = {
  /** 409 and 503: later. 422: for good. */
  readonly status: 409 | 422 | 503;
  readonly code: string;
};

export interface CommitDeps {
  readonly database: CityDatabase;
  readonly store: CityStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly receiptKey: DeviceKey;
  /** Certificates that may vouch for a kiosk, asked at each commit: a kiosk is enrolled without a restart. */
  readonly trust: (kioskId: string) => Promise<readonly string[]>;
  readonly dueRules: DueRules;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Called when a dossier has been accepted, so that it is handed on at once. */
  readonly accepted: () => void;
}

/** Bytes that arrive damaged are asked for again; a kiosk that sends the wrong ones three times is told so. */
const MAX_DAMAGED_UPLOADS = 3;
/** Without 0, 1, I, L, O, U: it is read from paper and typed. */
const SECRET_ALPHABET = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';
/** Verifying takes the processor; more at a time than cores only makes everybody wait for everybody. */
const MAX_AT_ONCE = 4;
/** Longer than any other holder may need after it was asked to let go. */
const LOCK_WAIT_MS = 60_000;

/**
 * Takes a wholly uploaded dossier in: verifies it, numbers it, signs the receipt. It may be stopped at any point and
 * called again, here or at another gateway: the number and the receipt's words are fixed in one transaction, the
 * receipt is kept in another, and a repeated call gives the very same token. Calls for one dossier at the same time
 * share one run.
 */
export function createCommit(deps: CommitDeps): (id: string) => Promise<Result<string, CommitProblem>> {
  const running = new Map<string, Promise<Result<string, CommitProblem>>>();
  const inTurn = createTurns(MAX_AT_ONCE);
  return (id) => {
    const already = running.get(id);
    if (already !== undefined) return already;
    const run = inTurn(() => commit(deps, id)).finally(() => running.delete(id));
    running.set(id, run);
    return run;
  };
}

async function commit(deps: CommitDeps, id: string): Promise<Result<string, CommitProblem>> {
  const { logger } = deps;
  const { dossiers, locks } = deps.database;
  const settled = settledOutcome(await dossiers.get(id));
  if (settled !== undefined) return settled;
  const release = await locks.acquire(id, AbortSignal.timeout(LOCK_WAIT_MS), () => undefined);
  try {
    // Another gateway may have been at it while this one waited.
    const row = await dossiers.get(id);
    const outcome = settledOutcome(row);
    if (row === undefined || outcome !== undefined)
      return outcome ?? err({ status: 409, code: 'dossier-unknown' });
    let claims = row.claims;
    if (claims === null) {
      const accepted = await accept(deps, DossierManifest.parse(JSON.parse(row.manifest)));
      if (!accepted.ok) {
        const { code, status } = accepted.error;
        if (status === 422) await dossiers.refuse(id, code);
        logger.warn({ dossier: id, code, status }, 'not accepted');
        return accepted;
      }
      claims = accepted.value;
    }
    const token = await signReceipt(JSON.parse(claims) as object, deps.receiptKey);
    const receipt = await dossiers.keepReceipt(id, token);
    logger.info({ dossier: id }, 'accepted');
    await deps.store.tidy(id).catch((error: unknown) => logger.warn({ err: error }, 'left for the sweep'));
    deps.accepted();
    return ok(receipt);
  } finally {
    await release();
  }
}

function settledOutcome(row: DossierRow | undefined): Result<string, CommitProblem> | undefined {
  // Not a refusal: after the restoring of a back-up the kiosk must announce it again.
  if (row === undefined) return err({ status: 409, code: 'dossier-unknown' });
  if (row.receipt !== null) return ok(row.receipt);
  if (row.refusal !== null) return err({ status: 422, code: row.refusal });
  return undefined;
}

async function accept(deps: CommitDeps, manifest: DossierManifest): Promise<Result<string, CommitProblem>> {
  const { store } = deps;
  const { dossiers } = deps.database;
  const id = manifest.dossierId;
  if ((await store.receivedBytes(id)) !== manifest.size)
    return err({ status: 409, code: 'upload-incomplete' });
  return store.withFile(id, async (file) => {
    if ((await hashFile(file)) !== manifest.sha256) {
      if ((await dossiers.countDamaged(id)) >= MAX_DAMAGED_UPLOADS)
        return err({ status: 422, code: 'upload-hash-differs' });
      await store.discard(id);
      return err({ status: 409, code: 'upload-damaged' });
    }
    const now = deps.clock.now();
    const seen = await verifyDossier(file, { trust: await deps.trust(manifest.kioskId), at: now });
    const refusal = judge(seen, manifest);
    if (refusal !== undefined) return err(refusal);
    const metadata = seen.metadata!;
    const previous = metadata.previousVersion;
    const open = previous && wrongPrevious(await dossiers.get(previous.dossierId), previous.sha256, manifest);
    if (open !== undefined) return err(open);
    await store.seal(id, file);
    const { receivingUnit, settlingUnit } = metadata;
    const { compactDay, iso } = vietnamTime(now);
    const claimed = {
      version: 1,
      dossierId: id,
      sha256: manifest.sha256,
      receivedAt: iso,
      receivingUnit: receivingUnit.name,
      settlingUnit: settlingUnit.name,
    } as const;
    if (previous !== undefined) {
      // Its code, its term and the secret on the citizen's paper stay.
      const claims = await dossiers.assignVersion(
        id,
        previous.dossierId,
        ({ dossierCode, dueAt, lookUpSecret }, dossierVersion): ReceiptClaims => ({
          ...claimed,
          dossierCode,
          dossierVersion,
          dueAt,
          lookUpSecret,
        }),
        now,
      );
      return claims === null ? err({ status: 422, code: 'previous-version-followed' }) : ok(claims);
    }
    const lookUpSecret = makeSecret(deps.randomBytes);
    const claims = await dossiers.assign(
      id,
      { unit: receivingUnit.code, day: compactDay },
      (number): ReceiptClaims => ({
        ...claimed,
        dossierCode: `${receivingUnit.code}-${compactDay}-${String(number).padStart(4, '0')}`,
        dossierVersion: 1,
        dueAt: dueDate(deps.dueRules, manifest.procedureCode, now),
        lookUpSecret,
      }),
      now,
    );
    return claims === null ? err({ status: 503, code: 'codes-used-up' }) : ok(claims);
  });
}

/** The version before must be here and be the very one. It may be on its way still: for good is only its own refusal. */
function wrongPrevious(
  row: DossierRow | undefined,
  sha256: string,
  manifest: DossierManifest,
): CommitProblem | undefined {
  if (row?.kiosk_id === manifest.kioskId && row.refusal !== null)
    return { status: 422, code: 'previous-version-refused' };
  if (row === undefined || row.claims === null || row.kiosk_id !== manifest.kioskId)
    return { status: 409, code: 'previous-version-unknown' };
  const before = DossierManifest.parse(JSON.parse(row.manifest));
  if (before.sha256 !== sha256 || before.procedureCode !== manifest.procedureCode)
    return { status: 409, code: 'previous-version-differs' };
  return undefined;
}

/** The container must hold by itself, and be the one that the manifest and its signer say it is. */
function judge(seen: Verification, manifest: DossierManifest): CommitProblem | undefined {
  const refuse = (code: string) => ({ status: 422, code }) as const;
  if (seen.verdict === 'invalid')
    return refuse(seen.reasons.find((one) => one.weight === 'invalid')?.code ?? 'invalid');
  // An unknown kiosk may be enrolled tomorrow, and a clock set: what cannot be told is no refusal for good.
  if (seen.verdict === 'cannot-tell') {
    const open = seen.reasons.find((one) => one.weight === 'cannot-tell');
    return { status: 409, code: open?.code ?? 'cannot-tell' };
  }
  const { metadata } = seen;
  if (metadata === null) return refuse('metadata-refused');
  if (metadata.dossierId !== manifest.dossierId || metadata.procedure.code !== manifest.procedureCode)
    return refuse('manifest-disagrees');
  const kiosks = [metadata.provenance.kioskId, ...seen.signatures.map((one) => one.signer?.id)];
  if (kiosks.some((kiosk) => kiosk !== manifest.kioskId)) return refuse('kiosk-disagrees');
  const announced = manifest.documents.map((one) => `${one.name} ${one.sha256}`).sort();
  const contained = seen.documents.map((one) => `${one.name} ${one.sha256}`).sort();
  if (announced.length !== contained.length || announced.some((one, index) => one !== contained[index]))
    return refuse('manifest-disagrees');
  return undefined;
}

/** Runs at most `most` at a time, the others in order of arrival. */
function createTurns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}

function makeSecret(randomBytes: (count: number) => Uint8Array): string {
  const letters: string[] = [];
  // Bytes beyond the last whole multiple would make the first letters likelier.
  const limit = 256 - (256 % SECRET_ALPHABET.length);
  while (letters.length < 10)
    for (const byte of randomBytes(16))
      if (byte < limit && letters.length < 10) letters.push(SECRET_ALPHABET[byte % SECRET_ALPHABET.length]!);
  return `${letters.slice(0, 5).join('')}-${letters.slice(5).join('')}`;
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
