import { createHash, type X509Certificate } from 'node:crypto';
import * as pki from 'pkijs';
import { checkSignature } from './algorithms.ts';
import { isSelfIssued, needsNoRevocationCheck, parseCertificate } from './certificate.ts';
import type { ReadSignature } from './cms-read.ts';
import { type DigestName, strongDigests, weakAlgorithms } from './oids.ts';
import type { SignatureProblemCode, Weight } from './problems.ts';
import { type Evidence, judgeRevocation, statusesOf } from './revocation.ts';
import { findPath, type Trust, validAt } from './trust.ts';

/** What the verifier believes and knows beforehand. */
export interface Circumstances {
  /** Certificates of signers or of authorities that are believed without further proof. */
  readonly anchors: readonly X509Certificate[];
  /** The verifier's time. */
  readonly at: Date;
  /** Validation data from elsewhere than the signature itself: a PDF's security store, the trust folder. */
  readonly evidence: Evidence;
}

/** A kiosk's clock may run ahead of the verifier's by this much. */
export const CLOCK_TOLERANCE_MS = 10 * 60_000;

export type CoreProblem =
  | 'malformed'
  | 'weak-algorithm'
  | 'unknown-algorithm'
  | 'other-content'
  | 'certificate-missing'
  | 'certificate-swapped'
  | 'wrong';

/**
 * The cryptographic core, for signatures and time-stamps alike: the algorithms are strong, the signed digest is of the
 * content, the signer's certificate is the one that the signed attributes name, and the value holds under its key.
 */
export function checkCore(
  read: ReadSignature,
  contentDigest: (name: DigestName) => Uint8Array,
  /** Whether the signer's certificate must be named among the signed attributes (everything but old PDF signatures). */
  named: 'named' | 'named-or-not',
): { readonly problem: CoreProblem } | { readonly problem: null; readonly certificate: X509Certificate } {
  const { signer } = read;
  const digestOid = signer.digestAlgorithm.algorithmId;
  if ([digestOid, signer.signatureAlgorithm.algorithmId].some((oid) => weakAlgorithms.has(oid)))
    return { problem: 'weak-algorithm' };
  const digest = strongDigests[digestOid];
  if (digest === undefined) return { problem: 'unknown-algorithm' };
  if (read.messageDigest === undefined) return { problem: 'malformed' };
  if (!Buffer.from(contentDigest(digest)).equals(read.messageDigest)) return { problem: 'other-content' };
  if (named === 'named' && read.signerCertificate === undefined) return { problem: 'certificate-missing' };
  const certificate = signerCertificate(read);
  if (certificate === undefined) return { problem: 'certificate-swapped' };
  const checked = checkSignature({
    algorithm: signer.signatureAlgorithm,
    digest,
    key: certificate.publicKey,
    data: read.signedBytes,
    value: read.signatureValue,
  });
  switch (checked) {
    case 'holds':
      return { problem: null, certificate };
    case 'weak':
      return { problem: 'weak-algorithm' };
    case 'unknown':
      return { problem: 'unknown-algorithm' };
    case 'wrong':
      return { problem: 'wrong' };
  }
}

/**
 * The certificate that the signed attributes name by digest and the signer's identifier by issuer and number. It must
 * come with the signature (CAdES-B-B), even when the trust list has it.
 */
function signerCertificate(read: ReadSignature): X509Certificate | undefined {
  const { sid } = read.signer;
  const identified = (certificate: X509Certificate) => {
    if (!(sid instanceof pki.IssuerAndSerialNumber)) return read.signerCertificate !== undefined;
    const parsed = parseCertificate(certificate);
    // To the byte, as it was copied: names that only differ in case would otherwise be the same.
    const encoded = (name: pki.RelativeDistinguishedNames) => Buffer.from(name.valueBeforeDecode);
    return (
      encoded(sid.issuer).equals(encoded(parsed.issuer)) && sid.serialNumber.isEqual(parsed.serialNumber)
    );
  };
  const name = digestNames[read.signerCertificate?.algorithm ?? ''];
  const wanted = read.signerCertificate?.digest;
  const { certificates } = read.evidence;
  if (wanted === undefined) return certificates.find(identified);
  if (name === undefined) return undefined;
  const found = certificates.find((one) => createHash(name).update(one.raw).digest().equals(wanted));
  return found !== undefined && identified(found) ? found : undefined;
}

/** SHA-1 only picks one of the certificates at hand here (ESSCertID of RFC 2634); the signature covers the choice. */
const digestNames: Readonly<Record<string, string>> = { ...strongDigests, '1.3.14.3.2.26': 'sha1' };

export interface CertificateFinding {
  readonly code:
    | 'not-valid-then'
    | 'expired-since'
    | 'revoked-before'
    | 'revoked-since'
    | 'untrusted'
    | 'unavailable';
  readonly weight: Weight;
}

export interface CertificateOutcome {
  readonly findings: readonly CertificateFinding[];
  readonly trust: Trust;
  /** Every certificate of its path but the top comes with a statement about its revocation. */
  readonly complete: boolean;
}

/**
 * Judges a signer's certificate at the time that counts for it: its validity then and now, its path to an anchor, its
 * own and its issuers' revocation.
 */
export function judgeCertificate(
  certificate: X509Certificate,
  evidence: Evidence,
  circumstances: Circumstances,
  time: Date,
  /** Whether a later, independent proof says that the signature existed while the certificate held. */
  proven: boolean,
): CertificateOutcome {
  const { anchors, at } = circumstances;
  const findings: CertificateFinding[] = [];
  const add = (code: CertificateFinding['code'], weight: Weight) => findings.push({ code, weight });
  if (!validAt(certificate, time)) add('not-valid-then', 'invalid');
  else if (!proven && certificate.validToDate < at) add('expired-since', 'cannot-tell');

  const { trust, certificates } = findPath(certificate, evidence.certificates, anchors, time);
  if (!trust.trusted) add('untrusted', 'cannot-tell');
  const whole = wholePath(certificate, evidence, anchors, time) ?? certificates;
  let complete = true;
  for (const [index, subject] of whole.entries()) {
    if (isSelfIssued(subject)) continue;
    const issuer = whole[index + 1];
    if (issuer === undefined) {
      complete = false;
      continue;
    }
    const verdict = judgeRevocation(subject, issuer, evidence, time);
    if (statusesOf(subject, issuer, evidence).length === 0 && !needsNoRevocationCheck(subject))
      complete = false;
    switch (verdict.state) {
      case 'good':
        break;
      case 'revoked-before':
        add('revoked-before', 'invalid');
        break;
      case 'revoked-since':
        if (!proven) add('revoked-since', 'cannot-tell');
        break;
      case 'unavailable':
        // Nobody asks about a certificate that the trust list names itself.
        if (!anchors.some((anchor) => anchor.raw.equals(subject.raw))) add('unavailable', 'warning');
    }
  }
  return { findings, trust, complete };
}

/** The path up to a self-signed certificate, whoever is trusted: what long-term validation data must cover. */
function wholePath(
  certificate: X509Certificate,
  evidence: Evidence,
  anchors: readonly X509Certificate[],
  time: Date,
): readonly X509Certificate[] | undefined {
  const roots = [...anchors, ...evidence.certificates].filter(isSelfIssued);
  const found = findPath(certificate, [...anchors, ...evidence.certificates], roots, time);
  return found.trust.trusted ? found.certificates : undefined;
}

export function coreCode(problem: CoreProblem, kind: 'signature' | 'timestamp'): SignatureProblemCode {
  if (kind === 'timestamp') {
    if (problem === 'other-content' || problem === 'malformed') return 'timestamp-malformed';
    return problem === 'weak-algorithm' ? 'timestamp-weak-algorithm' : 'timestamp-wrong';
  }
  switch (problem) {
    case 'malformed':
      return 'signature-malformed';
    case 'weak-algorithm':
      return 'signature-weak-algorithm';
    case 'unknown-algorithm':
      return 'signature-unknown-algorithm';
    case 'other-content':
      return 'signature-of-other-content';
    case 'certificate-missing':
      return 'signer-certificate-missing';
    case 'certificate-swapped':
      return 'signer-certificate-swapped';
    case 'wrong':
      return 'signature-wrong';
  }
}
