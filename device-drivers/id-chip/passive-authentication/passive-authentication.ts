import { createHash } from 'node:crypto';
import { equalBytes } from '../bytes.ts';
import { type Certificate, isValidAt } from './certificate.ts';
import { parseSecurityObject, type SecurityObject } from './security-object.ts';
import { type SignatureFault, signerCandidates, verifySigner } from './signed-data.ts';
import { findAnchor, type PathFault, type TrustStore } from './trust-store.ts';

/** What the chip's data prove by themselves (9303-11, chapter 5). Whether the chip is the original is another matter. */
export type PassiveAuthentication =
  /** There is nothing to verify with. */
  | {
      readonly outcome: 'unverifiable';
      readonly reason:
        | 'sod-missing'
        | 'sod-malformed'
        | 'algorithm-not-supported'
        | 'signer-certificate-missing';
    }
  /** The signature or a hash does not hold: the data are not those that were signed. */
  | {
      readonly outcome: 'altered';
      readonly reason: 'signature' | 'hash' | 'not-covered' | 'signed-file-missing';
      /** Data group at fault. */
      readonly dataGroup: number | null;
    }
  /** Signature and hashes hold, but by whom is not known. */
  | { readonly outcome: 'issuer-not-trusted'; readonly reason: PathFault }
  /** Signature and hashes hold, and the signer is certified by one of the operator's anchors. */
  | { readonly outcome: 'authentic'; readonly signer: Certificate; readonly anchor: Certificate };

export interface PassiveAuthenticationInput {
  /** Raw EF.SOD; undefined when it could not be read. */
  readonly sod: Uint8Array | undefined;
  /** Raw files by data group, as read: hashes are over these bytes. */
  readonly dataGroups: ReadonlyMap<number, Uint8Array>;
  /** Data groups that must be there if they are signed, and were refused: hiding DG14 would hide a clone. */
  readonly refused: readonly number[];
  readonly store: TrustStore;
  /** When the document was issued as far as the chip says; null when it does not. */
  readonly issuedAt: Date | null;
  readonly now: Date;
  /** Two letters, of the issuing state in DG1. */
  readonly country: string | undefined;
}

export function authenticatePassively(input: PassiveAuthenticationInput): PassiveAuthentication {
  if (!input.sod) return { outcome: 'unverifiable', reason: 'sod-missing' };
  const object = parseSecurityObject(input.sod);
  if (!object.ok) {
    const malformed = object.error.code === 'sod-malformed';
    return { outcome: 'unverifiable', reason: malformed ? 'sod-malformed' : 'algorithm-not-supported' };
  }
  const signer = findSigner(object.value, input.store);
  if (!('certificate' in signer)) return signer;
  const fault = checkHashes(object.value, input);
  if (fault) return fault;
  // A document outlives the time in which its signer signed. Few SODs say when that was; then the day of issue counts,
  // or today, since a signer that is valid today was certified for documents in use today.
  const { signingTime } = object.value.signed.signer;
  const moments = signingTime ? [signingTime] : [...(input.issuedAt ? [input.issuedAt] : []), input.now];
  const moment = moments.find((one) => isValidAt(signer.certificate, one)) ?? moments[0]!;
  const anchor = findAnchor(signer.certificate, input.store, moment, input.country);
  return anchor.ok
    ? { outcome: 'authentic', signer: signer.certificate, anchor: anchor.value }
    : { outcome: 'issuer-not-trusted', reason: anchor.error };
}

function findSigner(
  object: SecurityObject,
  store: TrustStore,
): { readonly certificate: Certificate } | PassiveAuthentication {
  const candidates = signerCandidates(object.signed, store.certificates);
  if (candidates.length === 0) return { outcome: 'unverifiable', reason: 'signer-certificate-missing' };
  const faults: SignatureFault[] = [];
  for (const certificate of candidates) {
    const fault = verifySigner(object.signed, certificate);
    if (fault === null) return { certificate };
    faults.push(fault);
  }
  return faults.some((fault) => fault === 'digest' || fault === 'signature')
    ? { outcome: 'altered', reason: 'signature', dataGroup: null }
    : { outcome: 'unverifiable', reason: 'algorithm-not-supported' };
}

function checkHashes(
  object: SecurityObject,
  input: PassiveAuthenticationInput,
): PassiveAuthentication | undefined {
  for (const [number, bytes] of input.dataGroups) {
    const signed = object.hashes.get(number);
    if (!signed) return { outcome: 'altered', reason: 'not-covered', dataGroup: number };
    const computed = createHash(object.hash).update(bytes).digest();
    if (!equalBytes(computed, signed)) return { outcome: 'altered', reason: 'hash', dataGroup: number };
  }
  const hidden = input.refused.find((number) => object.hashes.has(number));
  return hidden === undefined
    ? undefined
    : { outcome: 'altered', reason: 'signed-file-missing', dataGroup: hidden };
}
