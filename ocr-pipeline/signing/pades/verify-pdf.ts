import { createHash } from 'node:crypto';
import { ok, type Result } from '@motcua/core';
import type { Circumstances } from '../cms-verify.ts';
import type { DigestName } from '../oids.ts';
import { inspectEvidence, joinEvidence } from '../revocation.ts';
import { type SignatureOutcome, verifySignature } from '../signature-verify.ts';
import { type TimeStampOutcome, verifyTimeStamp } from '../timestamp-verify.ts';
import { findChanges, type PdfChange } from './find-changes.ts';
import { guarded, type PdfDocument, type PdfReadError, readPdf } from './read-document.ts';
import { type PdfSignatureFault, type PlacedSignature, readSignatures } from './read-signatures.ts';
import { readSecurityStore } from './security-store.ts';
import { hasKind, type PdfDict } from './values.ts';

export type SignatureLevel = 'B-B' | 'B-T' | 'B-LT' | 'B-LTA';

interface PdfSignatureCommon {
  readonly fieldName: string;
  readonly fault: PdfSignatureFault | 'pdf-signature-unsupported' | null;
  /** After it was made, beyond what later signatures need. */
  readonly changes: readonly PdfChange[];
  /** Whether the whole file, to its last byte, is covered. */
  readonly coversWholeFile: boolean;
}

export interface PdfSignatureOutcome extends PdfSignatureCommon {
  /** Null with a fault. */
  readonly outcome: SignatureOutcome | null;
  /** What it reached, trusted or not; null when it does not hold or is no PAdES signature. */
  readonly level: SignatureLevel | null;
}

export interface PdfTimeStampOutcome extends PdfSignatureCommon {
  readonly outcome: TimeStampOutcome | null;
}

export interface PdfVerification {
  readonly signatures: readonly PdfSignatureOutcome[];
  readonly documentTimeStamps: readonly PdfTimeStampOutcome[];
  /** Of the validation data in the document. */
  readonly store: 'absent' | 'whole' | 'damaged' | 'unverified';
  /** Bytes that look like a signature which no field of the form leads to. */
  readonly detached: boolean;
}

/**
 * Verifies every signature and time-stamp of a PDF, and what was changed after each of them. `outer` are times of
 * trusted time-stamps over the whole file from outside of it.
 */
export function verifyPdf(
  bytes: Buffer,
  circumstances: Circumstances,
  outer: readonly Date[] = [],
): Result<PdfVerification, PdfReadError> {
  const read = readPdf(bytes);
  if (!read.ok) return read;
  const found = guarded(() => verifyDocument(read.value, circumstances, outer));
  return found.ok ? ok(found.value) : found;
}

function verifyDocument(
  document: PdfDocument,
  given: Circumstances,
  outer: readonly Date[],
): PdfVerification {
  const { bytes } = document;
  const placed = readSignatures(document);
  const store = readSecurityStore(document.view());
  const circumstances = { ...given, evidence: joinEvidence(store, given.evidence) };
  const digestOf = (one: PlacedSignature) => digests(bytes, one);

  // Newest first: a time-stamp is proved by the ones that stand over it.
  const stamps: { readonly placed: PlacedSignature; readonly outcome: TimeStampOutcome | null }[] = [];
  const proofs: { readonly end: number; readonly time: Date }[] = outer.map((time) => ({
    end: Number.POSITIVE_INFINITY,
    time,
  }));
  const later = (one: PlacedSignature) =>
    proofs.filter((proof) => proof.end > one.covered[2]).map((proof) => proof.time);
  for (const one of placed.filter(({ kind }) => kind === 'time-stamp').reverse()) {
    const proof = later(one).sort((a, b) => a.getTime() - b.getTime())[0] ?? null;
    const outcome = one.fault === null ? verifyTimeStamp(one.cms, digestOf(one), circumstances, proof) : null;
    stamps.unshift({ placed: one, outcome });
    if (outcome?.time && outcome.problems.every(({ weight }) => weight === 'warning'))
      proofs.push({ end: one.covered[2], time: outcome.time });
  }
  const signed = placed
    .filter(({ kind }) => kind !== 'time-stamp')
    .map((one) => ({
      placed: one,
      outcome:
        one.fault === null && (one.kind === 'pades' || one.kind === 'pdf-cms')
          ? verifySignature(one.cms, digestOf(one), circumstances, {
              profile: one.kind,
              claimedTime: readDate(one.dict),
              proofs: later(one),
            })
          : null,
    }));

  const holds = (outcome: SignatureOutcome | TimeStampOutcome | null) =>
    outcome?.problems.every(({ weight }) => weight !== 'invalid') === true;
  const accepted = new Set(
    [...signed, ...stamps].flatMap((one) =>
      holds(one.outcome) && one.placed.field ? [one.placed.field.number] : [],
    ),
  );
  const common = (one: PlacedSignature): PdfSignatureCommon => ({
    fieldName: one.fieldName,
    fault: one.fault ?? (one.kind === 'unsupported' ? 'pdf-signature-unsupported' : null),
    changes: one.fault === null ? findChanges(document, one.sections, accepted) : [],
    coversWholeFile: one.fault === null && one.covered[2] === bytes.length,
  });
  const inspected = inspectEvidence(
    store,
    given.anchors,
    [...signed, ...stamps].flatMap((one) => one.outcome?.evidence.certificates ?? []),
  );
  return {
    signatures: signed.map((one) => ({
      ...common(one.placed),
      outcome: one.outcome,
      level: holds(one.outcome) && one.outcome ? levelOf(document, one.placed, one.outcome, stamps) : null,
    })),
    documentTimeStamps: stamps.map((one) => ({ ...common(one.placed), outcome: one.outcome })),
    store: !store.present ? 'absent' : store.damaged ? 'damaged' : inspected,
    detached: placed.length === 0 && bytes.includes('/ByteRange'),
  };
}

function levelOf(
  document: PdfDocument,
  signature: PlacedSignature,
  outcome: SignatureOutcome,
  stamps: readonly { readonly placed: PlacedSignature; readonly outcome: TimeStampOutcome | null }[],
): SignatureLevel | null {
  if (signature.kind !== 'pades') return null;
  const over = stamps.filter((one) => one.outcome?.time && one.placed.covered[2] > signature.covered[2]);
  if (over.length === 0 && !outcome.timeStamps.some((one) => one.time !== null)) return 'B-B';
  // The newest time-stamp proves the rest; its own authority's data come with the next one.
  const needed = over.slice(0, Math.max(over.length - 1, outcome.timeStamps.length === 0 ? 1 : 0));
  if (!outcome.complete || !needed.every((one) => one.outcome?.complete)) return 'B-T';
  const archived = over.some(({ placed }) => {
    const view = document.view(placed.sections);
    return readSecurityStore(view).present;
  });
  return archived ? 'B-LTA' : 'B-LT';
}

function digests(bytes: Buffer, { covered }: PlacedSignature): (name: DigestName) => Buffer {
  const known = new Map<DigestName, Buffer>();
  return (name) => {
    const digest =
      known.get(name) ??
      createHash(name)
        .update(bytes.subarray(0, covered[0]))
        .update(bytes.subarray(covered[1], covered[2]))
        .digest();
    known.set(name, digest);
    return digest;
  };
}

/** `D:YYYYMMDDHHmmSS` with a zone; without one the time could be any of a day. */
function readDate(dict: PdfDict): Date | null {
  const value = dict.get('M');
  if (!hasKind(value, 'string')) return null;
  const found = /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:Z(?:00'?00'?)?|([+-])(\d\d)'?(\d\d)'?)$/.exec(
    value.bytes.toString('latin1'),
  );
  if (!found) return null;
  const [, year, month, day, hour, minute, second, sign = '+', zoneHour = '00', zoneMinute = '00'] = found;
  const time = new Date(
    `${year}-${month}-${day}T${hour}:${minute}:${second}${sign}${zoneHour}:${zoneMinute}`,
  );
  return Number.isNaN(time.getTime()) ? null : time;
}
