import type { X509Certificate } from 'node:crypto';
import { allows, hasUnknownCriticalExtension, isSelfIssued, pathLength } from './certificate.ts';
import { checkStructure } from './signed-structure.ts';

const MAX_CHAIN = 6;
/** Certificates with the same name, made to make the search long. */
const MAX_STEPS = 100;

export interface Trust {
  readonly trusted: boolean;
  /** `pinned`: the certificate itself is in the trust list. `chain`: an issuer of it is. */
  readonly why:
    | 'pinned'
    | 'chain'
    | 'signer-unknown'
    | 'issuer-not-valid-then'
    | 'issuer-weak'
    | 'issuer-not-allowed';
}

export interface CertificatePath {
  readonly trust: Trust;
  /** From the signer to the anchor; as far as it is known when no anchor is reached. */
  readonly certificates: readonly X509Certificate[];
}

/**
 * Searches a path from the signer's certificate to one of the anchors (RFC 5280, 6, without policies and names): every
 * issuer is a certification authority that may sign certificates, valid at `time`, its path length is kept, no
 * critical extension is unknown, and no signature on the way stands on a weak algorithm. Revocation is judged elsewhere.
 */
export function findPath(
  signer: X509Certificate,
  offered: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
  time: Date,
): CertificatePath {
  let steps = 0;
  let best: CertificatePath = { trust: { trusted: false, why: 'signer-unknown' }, certificates: [signer] };
  const walk = (path: readonly X509Certificate[]): CertificatePath | undefined => {
    const current = path.at(-1)!;
    if (anchors.some((one) => one.raw.equals(current.raw)))
      return { trust: { trusted: true, why: path.length === 1 ? 'pinned' : 'chain' }, certificates: path };
    if (path.length >= MAX_CHAIN || isSelfIssued(current)) {
      if (path.length > best.certificates.length) best = { ...best, certificates: path };
      return undefined;
    }
    for (const issuer of [...anchors, ...offered]) {
      if (!current.checkIssued(issuer) || path.some((one) => one.raw.equals(issuer.raw))) continue;
      // Only those that may be the issuer: a long trust list must not keep its own end from being reached.
      if (++steps > MAX_STEPS) return undefined;
      const refused = refusal(issuer, current, path.length - 1, time);
      if (refused === 'signature-wrong') continue;
      if (refused !== undefined) {
        if (best.trust.why === 'signer-unknown') best = { ...best, trust: { trusted: false, why: refused } };
        continue;
      }
      const found = walk([...path, issuer]);
      if (found !== undefined) return found;
    }
    if (path.length > best.certificates.length) best = { ...best, certificates: path };
    return undefined;
  };
  return walk([signer]) ?? best;
}

function refusal(
  issuer: X509Certificate,
  subject: X509Certificate,
  below: number,
  time: Date,
): Trust['why'] | 'signature-wrong' | undefined {
  const signature = checkStructure(subject.raw, issuer.publicKey, 'certificate');
  if (signature === 'weak') return 'issuer-weak';
  if (signature !== 'holds') return 'signature-wrong';
  if (!validAt(issuer, time)) return 'issuer-not-valid-then';
  const limit = pathLength(issuer);
  if (!issuer.ca || !allows(issuer, 'keyCertSign') || (limit !== null && below > limit))
    return 'issuer-not-allowed';
  return hasUnknownCriticalExtension(issuer) ? 'issuer-not-allowed' : undefined;
}

export function validAt(certificate: X509Certificate, time: Date): boolean {
  return certificate.validFromDate <= time && time <= certificate.validToDate;
}
