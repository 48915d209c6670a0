import type { X509Certificate } from 'node:crypto';
import { fingerprint, parseCertificate } from './certificate.ts';
import { OID } from './oids.ts';

export type SignatureProblemCode =
  | 'signature-malformed'
  | 'signature-of-other-content'
  | 'signature-wrong'
  | 'signature-weak-algorithm'
  | 'signature-unknown-algorithm'
  | 'signature-unknown-attribute'
  | 'signer-certificate-missing'
  | 'signer-certificate-swapped'
  | 'signer-not-for-signing'
  | 'certificate-not-valid-when-signed'
  | 'certificate-expired-since'
  | 'certificate-revoked-when-signed'
  | 'certificate-revoked-since'
  | 'signing-time-missing'
  | 'signing-time-in-future'
  | 'signer-untrusted'
  | 'timestamp-malformed'
  | 'timestamp-of-other-data'
  | 'timestamp-wrong'
  | 'timestamp-weak-algorithm'
  | 'timestamp-not-by-authority'
  | 'timestamp-untrusted'
  | 'timestamp-expired-since'
  | 'timestamp-revoked'
  | 'timestamp-in-future'
  | 'revocation-unavailable'
  | 'validation-data-damaged'
  | 'validation-data-unverified';

/**
 * `invalid`: it does not hold. `cannot-tell`: nothing wrong was found, but it cannot be relied on. `warning`: it can,
 * and the person must be told (TT 15/2025/TT-BKHCN: revocation information that could not be had).
 */
export type Weight = 'invalid' | 'cannot-tell' | 'warning';

export interface SignatureProblem {
  readonly code: SignatureProblemCode;
  readonly weight: Weight;
}

export interface Signer {
  readonly name: string | null;
  /** serialNumber of the subject: a kiosk's id. */
  readonly id: string | null;
  /** SHA-256 of the certificate, lower-case hexadecimal. */
  readonly fingerprint: string;
}

export function describeSigner(certificate: X509Certificate): Signer {
  const part = (type: string): string | null => {
    const value: unknown = parseCertificate(certificate)
      .subject.typesAndValues.find((one) => one.type === type)
      ?.value.getValue();
    return typeof value === 'string' ? value.slice(0, 200) : null;
  };
  return { name: part(OID.commonName), id: part(OID.serialNumber), fingerprint: fingerprint(certificate) };
}

/** Each problem once, in the order in which they were found. */
export function distinct(problems: readonly SignatureProblem[]): SignatureProblem[] {
  return problems.filter(
    (one, index) =>
      problems.findIndex((other) => other.code === one.code && other.weight === one.weight) === index,
  );
}
