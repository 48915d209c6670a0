import { createHash, type X509Certificate } from 'node:crypto';
import * as asn1 from 'asn1js';
import * as pki from 'pkijs';
import {
  allows,
  needsNoRevocationCheck,
  parseCertificate,
  purposes,
  readCertificate,
} from './certificate.ts';
import { isDer } from './der.ts';
import { memo } from './memo.ts';
import { OID } from './oids.ts';
import { checkStructure } from './signed-structure.ts';
import { validAt } from './trust.ts';

/** Certificates and revocation data that came with a signature or were fetched: material, believed only after checks. */
export interface Evidence {
  readonly certificates: readonly X509Certificate[];
  /** DER. */
  readonly crls: readonly Uint8Array[];
  /** Whole OCSPResponse, DER. */
  readonly ocspResponses: readonly Uint8Array[];
}

export const NO_EVIDENCE: Evidence = { certificates: [], crls: [], ocspResponses: [] };

/** Each piece once. */
export function joinEvidence(...parts: readonly Evidence[]): Evidence {
  const once = (list: readonly Uint8Array[]) => [
    ...new Map(list.map((one) => [Buffer.from(one).toString('latin1'), one])).values(),
  ];
  return {
    certificates: [
      ...new Map(parts.flatMap((one) => one.certificates).map((one) => [one.fingerprint256, one])).values(),
    ],
    crls: once(parts.flatMap((one) => one.crls)),
    ocspResponses: once(parts.flatMap((one) => one.ocspResponses)),
  };
}

/** A statement about one certificate whose signature holds. */
export interface RevocationStatus {
  readonly source: 'crl' | 'ocsp';
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | null;
  /** Null: not revoked. */
  readonly revokedAt: Date | null;
}

/** Everything that the evidence says about `certificate`, which `issuer` issued. */
export function statusesOf(
  certificate: X509Certificate,
  issuer: X509Certificate,
  evidence: Evidence,
): RevocationStatus[] {
  return [
    ...evidence.ocspResponses.flatMap(
      (der) => readOcsp(der, certificate, issuer, evidence.certificates) ?? [],
    ),
    ...evidence.crls.flatMap((der) => readCrl(der, certificate, issuer) ?? []),
  ];
}

/** Indirect and partial lists say less than they seem to: only these extensions may be critical in a CRL. */
const CRL_EXTENSIONS: ReadonlySet<string> = new Set(['2.5.29.20', '2.5.29.35']);

function readCrl(
  der: Uint8Array,
  certificate: X509Certificate,
  issuer: X509Certificate,
): RevocationStatus | undefined {
  const crl = parseCrl(der);
  if (crl === undefined || !crl.issuer.isEqual(parseCertificate(issuer).subject)) return undefined;
  if (!allows(issuer, 'cRLSign') || checkStructure(der, issuer.publicKey, 'crl') !== 'holds')
    return undefined;
  if (crl.crlExtensions?.extensions.some((one) => one.critical && !CRL_EXTENSIONS.has(one.extnID)))
    return undefined;
  const serial = parseCertificate(certificate).serialNumber;
  const entry = crl.revokedCertificates?.find((one) => one.userCertificate.isEqual(serial));
  return {
    source: 'crl',
    thisUpdate: crl.thisUpdate.value,
    nextUpdate: crl.nextUpdate?.value ?? null,
    revokedAt: entry?.revocationDate.value ?? null,
  };
}

export const parseCrl = memo(100, (der): pki.CertificateRevocationList | undefined => {
  try {
    return isDer(der) ? pki.CertificateRevocationList.fromBER(der) : undefined;
  } catch {
    return undefined;
  }
});

export const parseOcsp = memo(
  100,
  (der): { readonly basic: pki.BasicOCSPResponse; readonly der: Uint8Array } | undefined => {
    try {
      if (!isDer(der)) return undefined;
      const response = pki.OCSPResponse.fromBER(der);
      if (response.responseStatus.valueBlock.valueDec !== 0) return undefined;
      if (response.responseBytes?.responseType !== OID.ocspBasic) return undefined;
      const basic = new Uint8Array(response.responseBytes.response.getValue());
      return isDer(basic) ? { basic: pki.BasicOCSPResponse.fromBER(basic), der: basic } : undefined;
    } catch {
      return undefined;
    }
  },
);

function readOcsp(
  der: Uint8Array,
  certificate: X509Certificate,
  issuer: X509Certificate,
  offered: readonly X509Certificate[],
): RevocationStatus | undefined {
  const read = parseOcsp(der);
  if (read === undefined) return undefined;
  const { basic } = read;
  const single = basic.tbsResponseData.responses.find((one) => names(one.certID, certificate, issuer));
  if (single === undefined) return undefined;
  if (!responderOf(read, issuer, offered, basic.tbsResponseData.producedAt)) return undefined;
  const state: unknown = single.certStatus;
  const tag = (state as { idBlock?: { tagNumber?: number } }).idBlock?.tagNumber;
  const { thisUpdate, nextUpdate = null } = single;
  if (tag === 0) return { source: 'ocsp', thisUpdate, nextUpdate, revokedAt: null };
  if (tag !== 1 || !(state instanceof asn1.Constructed)) return undefined;
  const when: unknown = state.valueBlock.value[0];
  const revokedAt = when instanceof asn1.GeneralizedTime ? when.toDate() : new Date(0);
  return { source: 'ocsp', thisUpdate, nextUpdate, revokedAt };
}

const OCSP_HASHES: Readonly<Record<string, string>> = {
  // An identifier only, on which no security stands (RFC 6960, 4.3).
  '1.3.14.3.2.26': 'sha1',
  [OID.sha256]: 'sha256',
  [OID.sha384]: 'sha384',
  [OID.sha512]: 'sha512',
};

function names(id: pki.CertID, certificate: X509Certificate, issuer: X509Certificate): boolean {
  const name = OCSP_HASHES[id.hashAlgorithm.algorithmId];
  if (name === undefined) return false;
  const parsed = parseCertificate(issuer);
  const digest = (bytes: Uint8Array) => createHash(name).update(bytes).digest();
  const key = parsed.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView;
  return (
    id.serialNumber.isEqual(parseCertificate(certificate).serialNumber) &&
    digest(new Uint8Array(parsed.subject.valueBeforeDecode)).equals(
      Buffer.from(id.issuerNameHash.getValue()),
    ) &&
    digest(key).equals(Buffer.from(id.issuerKeyHash.getValue()))
  );
}

/** The issuer itself, or one whom it named for this purpose (RFC 6960, 4.2.2.2). */
function responderOf(
  read: { readonly basic: pki.BasicOCSPResponse; readonly der: Uint8Array },
  issuer: X509Certificate,
  offered: readonly X509Certificate[],
  producedAt: Date,
): X509Certificate | undefined {
  const sent = (read.basic.certs ?? []).flatMap(
    (one) => readCertificate(new Uint8Array(one.toSchema(false).toBER(false))) ?? [],
  );
  return [issuer, ...sent, ...offered].find(
    (one) =>
      checkStructure(read.der, one.publicKey, 'ocsp') === 'holds' &&
      (one.raw.equals(issuer.raw) || isDelegated(one, issuer, producedAt)),
  );
}

function isDelegated(responder: X509Certificate, issuer: X509Certificate, producedAt: Date): boolean {
  return (
    purposes(responder)?.oids.includes(OID.ocspSigning) === true &&
    allows(responder, 'digitalSignature') &&
    responder.checkIssued(issuer) &&
    checkStructure(responder.raw, issuer.publicKey, 'certificate') === 'holds' &&
    validAt(responder, producedAt)
  );
}

export type RevocationVerdict =
  | { readonly state: 'good'; readonly source: RevocationStatus['source'] }
  | { readonly state: 'revoked-before'; readonly revokedAt: Date }
  /** Revoked after the time that counts: what was signed before stands. */
  | { readonly state: 'revoked-since'; readonly revokedAt: Date }
  | { readonly state: 'unavailable' };

/** An answer that is this much older than the signature still counts as of its time. */
const FRESHNESS_MS = 10 * 60_000;

/**
 * Was the certificate revoked at `time`? A statement counts that was made after that time, shortly before it, or that
 * was still to be relied on then (nextUpdate). Statements about a revocation always count.
 */
export function judgeRevocation(
  certificate: X509Certificate,
  issuer: X509Certificate,
  evidence: Evidence,
  time: Date,
): RevocationVerdict {
  const statuses = statusesOf(certificate, issuer, evidence);
  const revoked = statuses.find((one) => one.revokedAt !== null)?.revokedAt;
  if (revoked) return { state: revoked <= time ? 'revoked-before' : 'revoked-since', revokedAt: revoked };
  const fresh = statuses.find(
    (one) =>
      one.thisUpdate.getTime() >= time.getTime() - FRESHNESS_MS ||
      (one.nextUpdate !== null && one.nextUpdate >= time),
  );
  if (fresh !== undefined) return { state: 'good', source: fresh.source };
  return needsNoRevocationCheck(certificate) ? { state: 'good', source: 'ocsp' } : { state: 'unavailable' };
}

/**
 * Is every piece of evidence what its maker signed? `damaged`: its signer is at hand and the signature does not hold,
 * or it is not even well-formed. `unverified`: nobody at hand made it.
 */
export function inspectEvidence(
  evidence: Evidence,
  anchors: readonly X509Certificate[],
  /** Other certificates at hand, whose own wholeness is looked at elsewhere. */
  others: readonly X509Certificate[] = [],
): 'whole' | 'damaged' | 'unverified' {
  const pool = [...anchors, ...evidence.certificates, ...others];
  const verdicts = [
    ...evidence.certificates.map((one) => {
      if (!isDer(one.raw)) return 'damaged';
      if (anchors.some((anchor) => anchor.raw.equals(one.raw))) return 'whole';
      return held(
        pool.filter((issuer) => one.issuer === issuer.subject),
        (issuer) => checkStructure(one.raw, issuer.publicKey, 'certificate'),
      );
    }),
    ...evidence.crls.map((der) => {
      const crl = parseCrl(der);
      if (crl === undefined) return 'damaged';
      return held(
        pool.filter((issuer) => crl.issuer.isEqual(parseCertificate(issuer).subject)),
        (issuer) => checkStructure(der, issuer.publicKey, 'crl'),
      );
    }),
    ...evidence.ocspResponses.map((der) => {
      const read = parseOcsp(der);
      if (read === undefined) return 'damaged';
      const certificates = (read.basic.certs ?? []).map((one) =>
        readCertificate(new Uint8Array(one.toSchema(false).toBER(false))),
      );
      const sent = certificates.flatMap((one) => one ?? []);
      if (sent.length < certificates.length) return 'damaged';
      const whole = sent.every(
        (one) =>
          pool.some((known) => known.raw.equals(one.raw)) ||
          pool.some((issuer) => checkStructure(one.raw, issuer.publicKey, 'certificate') === 'holds'),
      );
      return whole &&
        [...sent, ...pool].some((one) => checkStructure(read.der, one.publicKey, 'ocsp') === 'holds')
        ? 'whole'
        : 'unverified';
    }),
  ];
  if (verdicts.includes('damaged')) return 'damaged';
  return verdicts.includes('unverified') ? 'unverified' : 'whole';
}

function held(
  issuers: readonly X509Certificate[],
  check: (issuer: X509Certificate) => ReturnType<typeof checkStructure>,
): 'whole' | 'damaged' | 'unverified' {
  if (issuers.length === 0) return 'unverified';
  return issuers.some((one) => ['holds', 'weak'].includes(check(one))) ? 'whole' : 'damaged';
}
