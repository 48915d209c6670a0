import type { SignatureLevel, SignatureProblemCode, Signer, Trust, Weight } from '../signing/index.ts';
import type { DossierMetadata } from './metadata.ts';

/** Why a file is not simply valid. `detail` names the place in plain English, never what a paper says. */
export type ReasonCode =
  | SignatureProblemCode
  | 'file-unreadable'
  | 'file-too-large'
  | 'format-unknown'
  | 'container-not-a-zip'
  | 'container-unreadable-entry'
  | 'container-extra-bytes'
  | 'container-headers-disagree'
  | 'container-odd-header'
  | 'container-name-refused'
  | 'container-name-doubled'
  | 'container-too-many-files'
  | 'container-too-large'
  | 'container-mimetype-wrong'
  | 'manifest-missing'
  | 'manifest-malformed'
  | 'manifest-weak-digest'
  | 'manifest-unknown-digest'
  | 'signature-missing'
  | 'signature-format-unsupported'
  | 'document-missing'
  | 'document-changed'
  | 'document-unsigned'
  | 'metadata-disagrees'
  | 'receipt-malformed'
  | 'receipt-wrong-type'
  | 'receipt-signer-unknown'
  | 'receipt-bad-signature'
  | 'archive-manifest-malformed'
  | 'pdf-unsigned'
  | 'pdf-damaged'
  | 'pdf-encrypted'
  | 'pdf-unsupported'
  | 'pdf-byte-range-wrong'
  | 'pdf-contents-wrong'
  | 'pdf-revision-wrong'
  | 'pdf-signature-detached'
  | 'pdf-signature-unsupported'
  | 'pdf-changed-after-signing';

export interface Reason {
  readonly code: ReasonCode;
  readonly weight: Weight;
  readonly detail: string;
}

export interface TimeStampReport {
  readonly time: string | null;
  readonly authority: Signer | null;
  readonly trust: Trust;
}

export interface SignatureReport {
  /** Its file inside the container, its field in a PDF; null for a receipt. */
  readonly file: string | null;
  /** What the signature reached by what is in the file, trusted or not; null when it does not hold. */
  readonly level: SignatureLevel | null;
  readonly signer: Signer | null;
  /** Claimed by the signer. */
  readonly signingTime: string | null;
  /** The earliest time that a trusted time-stamp proves. */
  readonly provenTime: string | null;
  readonly trust: Trust;
  /** `checked`: the signer's whole path was not revoked at that time. */
  readonly revocation: 'checked' | 'unavailable' | 'revoked';
  readonly timeStamps: readonly TimeStampReport[];
  readonly covers: readonly string[];
}

export interface VerifiedDocument {
  readonly name: string;
  readonly mediaType: string | null;
  readonly size: number;
  readonly sha256: string;
  /** Signatures inside the document itself. */
  readonly signatures: readonly SignatureReport[];
}

export interface Verification {
  readonly verdict: 'valid' | 'invalid' | 'cannot-tell';
  readonly format: 'asic-e' | 'receipt' | 'pdf' | 'unknown';
  readonly reasons: readonly Reason[];
  readonly signatures: readonly SignatureReport[];
  /** Files that a signature covers and that are as they were signed. */
  readonly documents: readonly VerifiedDocument[];
  /** Of a dossier of ours, when it holds to its schema. */
  readonly metadata: DossierMetadata | null;
  /** Of a receipt, not validated. */
  readonly claims: unknown;
}

const EMPTY = { signatures: [], documents: [], metadata: null, claims: null } as const;

/** The verdict follows from the reasons: one `invalid` outweighs everything; warnings leave it valid. */
export function conclude(
  format: Verification['format'],
  reasons: readonly Reason[],
  found: Partial<Omit<Verification, 'verdict' | 'format' | 'reasons'>> = {},
): Verification {
  const verdict = reasons.some((one) => one.weight === 'invalid')
    ? 'invalid'
    : reasons.some((one) => one.weight === 'cannot-tell')
      ? 'cannot-tell'
      : 'valid';
  return { ...EMPTY, ...found, verdict, format, reasons };
}

export function invalid(code: ReasonCode, detail: string): Reason {
  return { code, weight: 'invalid', detail };
}

export function cannotTell(code: ReasonCode, detail: string): Reason {
  return { code, weight: 'cannot-tell', detail };
}
