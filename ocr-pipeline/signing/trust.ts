import type { X509Certificate } from 'node:crypto';
import * as pki from 'pkijs';
import { weakAlgorithms } from './oids.ts';

const MAX_CHAIN = 5;

export interface Trust {
  readonly trusted: boolean;
  /** `pinned`: the certificate itself is in the trust list. `chain`: an issuer of it is. */
  readonly why: 'pinned' | 'chain' | 'signer-unknown' | 'issuer-not-valid-then' | 'issuer-weak';
}

/**
 * Walks from the signer's certificate to one of the given anchors. Issuers must be certification authorities, valid
 * at `time`, and may not use a weak digest. Revocation is not looked at: a device is distrusted by taking it out of
 * the list.
 */
export function trustOf(
  signer: X509Certificate,
  offered: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
  time: Date,
): Trust {
  let current = signer;
  for (let depth = 0; depth < MAX_CHAIN; depth++) {
    if (anchors.some((anchor) => anchor.raw.equals(current.raw)))
      return { trusted: true, why: depth === 0 ? 'pinned' : 'chain' };
    const issuer = [...anchors, ...offered].find((one) => issued(one, current));
    if (issuer === undefined || issuer.raw.equals(current.raw)) break;
    if (!validAt(issuer, time)) return { trusted: false, why: 'issuer-not-valid-then' };
    if (weakAlgorithms.has(pki.Certificate.fromBER(current.raw).signatureAlgorithm.algorithmId))
      return { trusted: false, why: 'issuer-weak' };
    current = issuer;
  }
  return { trusted: false, why: 'signer-unknown' };
}

function issued(issuer: X509Certificate, subject: X509Certificate): boolean {
  return issuer.ca && subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
}

export function validAt(certificate: X509Certificate, time: Date): boolean {
  return certificate.validFromDate <= time && time <= certificate.validToDate;
}
