import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { DossierManifest, type ReceiptClaims } from '@motcua/contract';
import { type Clock, err, type Logger, ok, type Result, vietnamTime } from '@motcua/core';
import { type DeviceKey, signReceipt, type Verification, verifyDossier } from '@motcua/ocr-pipeline/dossier';
import type { DossierStore } from './dossier-store.ts';
import { type DueRules, dueDate } from './due-date.ts';
import type { UploadStore } from './upload-store.ts';

export type CommitProblem = {
  /** 409 and 503: later. 422: for good. */
  readonly status: 409 | 422 | 503;
  readonly code: string;
};

export interface CommitDeps {
  readonly dossiers: DossierStore;
  readonly uploads: UploadStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly receiptKey: DeviceKey;
  /** Certificates of the kiosks, read anew at each commit: a kiosk is enrolled without a restart. */
  readonly trust: () => Promise<readonly string[]>;
  readonly dueRules: DueRules;
  readonly randomBytes: (count: number) => Uint8Array;
  /** No PATCH may write while the file is hashed. */
  readonly withUploadLocked: <T>(id: string, work: () => Promise<T>) => Promise<T>;
}

/** Bytes that arrive damaged are asked for again; a kiosk that sends the wrong ones three times is told so. */
const MAX_DAMAGED_UPLOADS = 3;
/** Without 0, 1, I, L, O, U: it is read from paper and typed. */
const SECRET_ALPHABET = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';

/**
 * Takes a wholly uploaded dossier in: verifies it, numbers it, signs the receipt. It may be stopped at any point and
 * called again: the number and the receipt's words are fixed in one transaction, the receipt is kept in another, and
 * a repeated call gives the very same token. Calls for one dossier at the same time share one run.
 */
export function createCommit(deps: CommitDeps): (id: string) => Promise<Result<string, CommitProblem>> {
  const running = new Map<string, Promise<Result<string, CommitProblem>>>();
  return (id) => {
    const already = running.get(id);
    if (already !== undefined) return already;
    const run = commit(deps, id).finally(() => running.delete(id));
    running.set(id, run);
    return run;
  };
}

async function commit(deps: CommitDeps, id: string): Promise<Result<string, CommitProblem>> {
  const { dossiers, logger } = deps;
  const row = dossiers.get(id);
  // Not a refusal: after the restoring of a back-up the kiosk must announce it again.
  if (row === undefined) return err({ status: 409, code: 'dossier-unknown' });
  if (row.receipt !== null) return ok(row.receipt);
  if (row.refusal !== null) return err({ status: 422, code: row.refusal });
  let claims = row.claims;
  if (claims === null) {
    const manifest = DossierManifest.parse(JSON.parse(row.manifest));
    const accepted = await deps.withUploadLocked(id, () => accept(deps, manifest));
    if (!accepted.ok) {
      if (accepted.error.status === 422) dossiers.refuse(id, accepted.error.code);
      logger.warn({ dossier: id, code: accepted.error.code, status: accepted.error.status }, 'not accepted');
      return accepted;
    }
    claims = accepted.value;
  }
  const token = await signReceipt(JSON.parse(claims) as object, deps.receiptKey);
  logger.info({ dossier: id }, 'accepted');
  return ok(dossiers.keepReceipt(id, token));
}

async function accept(deps: CommitDeps, manifest: DossierManifest): Promise<Result<string, CommitProblem>> {
  const { dossiers, uploads, clock } = deps;
  const id = manifest.dossierId;
  if ((await uploads.sizeOf(id)) !== manifest.size) return err({ status: 409, code: 'upload-incomplete' });
  await uploads.sync(id);
  if ((await hashFile(uploads.pathOf(id))) !== manifest.sha256) {
    if (dossiers.countDamaged(id) >= MAX_DAMAGED_UPLOADS)
      return err({ status: 422, code: 'upload-hash-differs' });
    await uploads.discard(id);
    return err({ status: 409, code: 'upload-damaged' });
  }
  const now = clock.now();
  const seen = await verifyDossier(uploads.pathOf(id), { trust: await deps.trust(), at: now });
  const refusal = judge(seen, manifest);
  if (refusal !== undefined) return err(refusal);
  const metadata = seen.metadata!;
  const { receivingUnit, settlingUnit } = metadata;
  const { compactDay, iso } = vietnamTime(now);
  const lookUpSecret = makeSecret(deps.randomBytes);
  const claims = dossiers.assign(
    id,
    { unit: receivingUnit.code, day: compactDay },
    (number): ReceiptClaims => ({
      version: 1,
      dossierId: id,
      sha256: manifest.sha256,
      dossierCode: `${receivingUnit.code}-${compactDay}-${String(number).padStart(4, '0')}`,
      receivedAt: iso,
      dueAt: dueDate(deps.dueRules, manifest.procedureCode, now),
      receivingUnit: receivingUnit.name,
      settlingUnit: settlingUnit.name,
      lookUpSecret,
    }),
  );
  return claims === null ? err({ status: 503, code: 'codes-used-up' }) : ok(claims);
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
