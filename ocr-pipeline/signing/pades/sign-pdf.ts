import type { X509Certificate } from 'node:crypto';
import { err, ok, type Result } from '@motcua/core';
import { type Evidence, joinEvidence, NO_EVIDENCE } from '../revocation.ts';
import type { RevocationClient } from '../revocation-client.ts';
import type { SigningKey } from '../signing-key.ts';
import type { TimeStampAuthority } from '../timestamp-client.ts';
import {
  type AppendSignatureError,
  appendDocumentTimeStamp,
  appendSignature,
  type SignatureWords,
} from './append-signature.ts';
import { type GrowingFile, openGrowingFile } from './growing-file.ts';
import { type PdfDocument, readPdf } from './read-document.ts';
import { appendSecurityStore, readSecurityStore } from './security-store.ts';
import { type PdfVerification, type SignatureLevel, verifyPdf } from './verify-pdf.ts';

export type SignPdfError =
  | AppendSignatureError
  | { readonly code: 'pdf-too-large' | 'pdf-unreadable' | 'pdf-not-written' | 'pdf-not-signed' };

/** Why a level was not reached; tried again later. */
export type LevelProblem =
  | 'tsa-unreachable'
  | 'tsa-refused'
  | 'tsa-nonsense'
  | 'revocation-unavailable'
  /** A signature does not hold any more: its certificate had ended or was revoked. No level helps it. */
  | 'signature-not-valid';

export interface ReachedLevel {
  readonly level: SignatureLevel;
  readonly problem: LevelProblem | null;
  /** When the newest time-stamp's authority ends: a new one must stand over it before then. */
  readonly renewBefore: Date | null;
}

export interface Authorities {
  readonly timeStamps: TimeStampAuthority;
  readonly revocation: RevocationClient;
  /** Certificates at hand, such as the trusted roots, whose issuers' address no certificate tells. */
  readonly known: readonly X509Certificate[];
}

const MAX_PDF_BYTES = 536_870_912;

/**
 * Signs a PDF of anybody's making by an incremental update, at the highest level that can be reached now: B-B always,
 * B-T to B-LTA with `authorities` that answer. A lack of them is told in `problem` and is no failure.
 */
export async function signPdf(options: {
  readonly from: string;
  readonly to: string;
  readonly key: SigningKey;
  readonly words: SignatureWords;
  readonly authorities: Authorities | null;
  /** Where to stop; B-LTA when left out. */
  readonly upTo?: SignatureLevel;
  readonly signal?: AbortSignal;
}): Promise<Result<ReachedLevel, SignPdfError>> {
  const { key, words, authorities, upTo = 'B-LTA', signal } = options;
  return withFile(options.from, options.to, async (file) => {
    const read = readPdf(file.bytes());
    if (!read.ok) return read;
    const authority = upTo === 'B-B' ? null : (authorities?.timeStamps ?? null);
    const signed = await appendSignature(read.value, key, words, authority, signal);
    if (!signed.ok) return signed;
    file.append(signed.value.bytes);
    const problem = signed.value.withoutTimeStamp;
    if (authority === null || problem !== null) return ok({ level: 'B-B', problem, renewBefore: null });
    if (upTo === 'B-T' || authorities === null) return ok({ level: 'B-T', problem: null, renewBefore: null });
    const raised = await raise(file, authorities, upTo, false, signal);
    // The signature stands as it was made, whatever a verifier will say to its certificate.
    return raised.ok ? raised : ok({ level: 'B-T', problem: 'signature-not-valid', renewBefore: null });
  });
}

/**
 * Raises the signatures of a PDF as far as can be reached now, by incremental updates: a document time-stamp where none
 * is, the security store, a document time-stamp over it. With `renew` a new time-stamp goes over one that is about to
 * end. A file that needs nothing is not touched.
 */
export async function raisePdf(options: {
  readonly from: string;
  readonly to: string;
  readonly authorities: Authorities;
  readonly renew?: boolean;
  readonly signal?: AbortSignal;
}): Promise<Result<ReachedLevel, SignPdfError>> {
  return withFile(options.from, options.to, (file) =>
    raise(file, options.authorities, 'B-LTA', options.renew ?? false, options.signal),
  );
}

async function withFile(
  from: string,
  to: string,
  work: (file: GrowingFile) => Promise<Result<ReachedLevel, SignPdfError>>,
): Promise<Result<ReachedLevel, SignPdfError>> {
  let file: GrowingFile | null;
  try {
    file = await openGrowingFile(from, MAX_PDF_BYTES);
  } catch {
    return err({ code: 'pdf-unreadable' });
  }
  if (file === null) return err({ code: 'pdf-too-large' });
  const before = file.bytes().length;
  const result = await work(file);
  if (!result.ok || (from === to && file.bytes().length === before)) return result;
  try {
    await file.save(to);
  } catch {
    return err({ code: 'pdf-not-written' });
  }
  return result;
}

async function raise(
  file: GrowingFile,
  authorities: Authorities,
  upTo: SignatureLevel,
  renew: boolean,
  signal?: AbortSignal,
): Promise<Result<ReachedLevel, SignPdfError>> {
  const look = (): Result<
    { document: PdfDocument; seen: PdfVerification; evidence: Evidence },
    SignPdfError
  > => {
    const document = readPdf(file.bytes());
    if (!document.ok) return document;
    const circumstances = { anchors: [], at: new Date(8_640_000_000_000_000), evidence: NO_EVIDENCE };
    const seen = verifyPdf(file.bytes(), circumstances);
    if (!seen.ok) return seen;
    const { signatures, documentTimeStamps } = seen.value;
    const evidence = joinEvidence(
      ...[...signatures, ...documentTimeStamps].flatMap((one) => one.outcome?.evidence ?? []),
    );
    return ok({ document: document.value, seen: seen.value, evidence });
  };
  const reached = (
    seen: PdfVerification,
    problem: LevelProblem | null,
  ): Result<ReachedLevel, SignPdfError> => {
    const levels = seen.signatures.map((one) => one.level);
    const order: readonly SignatureLevel[] = ['B-B', 'B-T', 'B-LT', 'B-LTA'];
    const lowest = order.find((level) => levels.includes(level));
    if (lowest === undefined) return err({ code: 'pdf-not-signed' });
    const newest =
      seen.documentTimeStamps.at(-1)?.outcome ?? seen.signatures.at(-1)?.outcome?.timeStamps.at(-1);
    return ok({ level: lowest, problem, renewBefore: newest?.renewBefore ?? null });
  };
  const stamp = async (document: PdfDocument) => {
    const stamped = await appendDocumentTimeStamp(document, authorities.timeStamps, signal);
    if (stamped.ok) file.append(stamped.value);
    return stamped;
  };
  const later = (error: SignPdfError): LevelProblem | null =>
    error.code === 'tsa-unreachable' || error.code === 'tsa-refused' || error.code === 'tsa-nonsense'
      ? error.code
      : null;

  let now = look();
  if (!now.ok) return now;
  const levels = now.value.seen.signatures.map((one) => one.level);
  if (levels.length === 0 || levels.every((one) => one === null)) return err({ code: 'pdf-not-signed' });
  if (levels.every((one) => one === 'B-LTA' || one === null) && !renew) return reached(now.value.seen, null);
  if (levels.includes('B-B')) {
    const stamped = await stamp(now.value.document);
    if (!stamped.ok) {
      const problem = later(stamped.error);
      return problem === null ? stamped : reached(now.value.seen, problem);
    }
    now = look();
    if (!now.ok) return now;
  }
  const { certificates } = now.value.evidence;
  const known = [...certificates, ...authorities.known];
  const collected = await authorities.revocation.collect(certificates, known, signal);
  const store = readSecurityStore(now.value.document.view());
  const update = appendSecurityStore(now.value.document, collected.evidence, store);
  if (update !== null) file.append(update);
  now = look();
  if (!now.ok) return now;
  if (collected.unavailable.length > 0) return reached(now.value.seen, 'revocation-unavailable');
  if (upTo === 'B-LT') return reached(now.value.seen, null);
  const stamped = await stamp(now.value.document);
  if (!stamped.ok) {
    const problem = later(stamped.error);
    return problem === null ? stamped : reached(now.value.seen, problem);
  }
  now = look();
  return now.ok ? reached(now.value.seen, null) : now;
}
