import { createHash, X509Certificate } from 'node:crypto';
import * as pki from 'pkijs';
import { memo } from './memo.ts';
import { OID } from './oids.ts';

/** Parsed once per certificate, however often it is asked about. */
const parsed = new WeakMap<X509Certificate, pki.Certificate>();

export function parseCertificate(certificate: X509Certificate): pki.Certificate {
  const known = parsed.get(certificate);
  if (known !== undefined) return known;
  const fresh = pki.Certificate.fromBER(certificate.raw);
  parsed.set(certificate, fresh);
  return fresh;
}

/** Undefined for what is no X.509 certificate with a readable key. */
export const readCertificate = memo(200, (der): X509Certificate | undefined => {
  try {
    const certificate = new X509Certificate(der);
    // Node takes what stands behind the certificate for nothing.
    if (certificate.raw.length !== der.length) return undefined;
    parseCertificate(certificate);
    // Read only when it is asked for; then it throws on a key of an unknown kind.
    certificate.publicKey;
    return certificate;
  } catch {
    return undefined;
  }
});

export function fingerprint(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('hex');
}

/** Signed by its own key; a device's certificate too, which may sign no other (checkIssued would say no to it). */
export function isSelfIssued(certificate: X509Certificate): boolean {
  return certificate.issuer === certificate.subject && certificate.verify(certificate.publicKey);
}

function extension(certificate: X509Certificate, oid: string): pki.Extension | undefined {
  return parseCertificate(certificate).extensions?.find((one) => one.extnID === oid);
}

/** Bits of key usage (RFC 5280, 4.2.1.3) in the first octet. */
const KEY_USAGE = { digitalSignature: 0x80, nonRepudiation: 0x40, keyCertSign: 0x04, cRLSign: 0x02 } as const;

/** True when any of the uses is allowed; without the extension every use is. */
export function allows(certificate: X509Certificate, ...uses: readonly (keyof typeof KEY_USAGE)[]): boolean {
  const found = extension(certificate, OID.keyUsage);
  if (found === undefined) return true;
  const bits = new Uint8Array(found.extnValue.getValue())[3] ?? 0;
  return uses.some((use) => (bits & KEY_USAGE[use]) !== 0);
}

/** Purposes of extended key usage; null without the extension. */
export function purposes(
  certificate: X509Certificate,
): { readonly oids: readonly string[]; readonly critical: boolean } | null {
  const found = extension(certificate, OID.extendedKeyUsage);
  if (found === undefined) return null;
  const value: unknown = found.parsedValue;
  return {
    oids: value instanceof pki.ExtKeyUsage ? value.keyPurposes : [],
    critical: found.critical,
  };
}

/** id-pkix-ocsp-nocheck: nobody asks about the revocation of this responder (RFC 6960, 4.2.2.2.1). */
export function needsNoRevocationCheck(certificate: X509Certificate): boolean {
  return extension(certificate, OID.ocspNoCheck) !== undefined;
}

/** basicConstraints: how many certification authorities may stand below; null: any number. */
export function pathLength(certificate: X509Certificate): number | null {
  const value: unknown = extension(certificate, OID.basicConstraints)?.parsedValue;
  const limit = value instanceof pki.BasicConstraints ? value.pathLenConstraint : undefined;
  return typeof limit === 'number' ? limit : null;
}

/** Extensions that are understood here; a critical one beyond them makes a certificate unusable (RFC 5280, 4.2). */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.basicConstraints,
  OID.extendedKeyUsage,
  // certificatePolicies: every policy is accepted.
  '2.5.29.32',
]);

export function hasUnknownCriticalExtension(certificate: X509Certificate): boolean {
  return (
    parseCertificate(certificate).extensions?.some((one) => one.critical && !UNDERSTOOD.has(one.extnID)) ??
    false
  );
}

export interface CertificateAddresses {
  readonly ocsp: readonly string[];
  readonly issuers: readonly string[];
  readonly crls: readonly string[];
}

const MAX_ADDRESSES = 4;
const MAX_ADDRESS_CHARACTERS = 500;

/** Where the certificate says that its status and its issuer are to be had; http and https only, as it may come from anybody. */
export function addressesOf(certificate: X509Certificate): CertificateAddresses {
  const access: unknown = extension(certificate, OID.authorityInfoAccess)?.parsedValue;
  const descriptions = access instanceof pki.InfoAccess ? access.accessDescriptions : [];
  const by = (method: string) =>
    urls(descriptions.filter((one) => one.accessMethod === method).map((one) => one.accessLocation));
  const points: unknown = extension(certificate, OID.crlDistributionPoints)?.parsedValue;
  const names =
    points instanceof pki.CRLDistributionPoints
      ? points.distributionPoints.flatMap((one) =>
          Array.isArray(one.distributionPoint) ? one.distributionPoint : [],
        )
      : [];
  return { ocsp: by(OID.ocspAccess), issuers: by(OID.issuerAccess), crls: urls(names) };
}

function urls(names: readonly pki.GeneralName[]): string[] {
  return names
    .filter((one) => one.type === 6 && typeof one.value === 'string')
    .map((one) => one.value as string)
    .filter((url) => url.length <= MAX_ADDRESS_CHARACTERS && /^https?:\/\//i.test(url) && URL.canParse(url))
    .slice(0, MAX_ADDRESSES);
}
