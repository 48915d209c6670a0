import type { SignatureProblemCode, Signer, Trust, Weight } from '../signing/index.ts';
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
  | 'pdf-unsigned'
  | 'pdf-signature-not-checked';

export interface Reason {
  readonly code: ReasonCode;
  readonly weight: Weight;
  readonly detail: string;
}

export interface SignatureReport {
  /** Its file inside the container; null for a receipt. */
  readonly file: string | null;
  readonly signer: Signer | null;
  /** Claimed by the signer. */
  readonly signingTime: string | null;
  readonly trust: Trust;
  readonly covers: readonly string[];
}

export interface VerifiedDocument {
  readonly name: string;
  readonly mediaType: string | null;
  readonly size: number;
  readonly sha256: string;
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
