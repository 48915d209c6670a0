import { constants, createHash, hash, type KeyObject, verify, type X509Certificate } from 'node:crypto';
import * as pki from 'pkijs';
import { type ReadSignature, readSignature } from './cms-read.ts';
import { type DigestName, ecdsaDigests, OID, rsaDigests, strongDigests, weakAlgorithms } from './oids.ts';
import { type Trust, trustOf, validAt } from './trust.ts';

export type { Trust } from './trust.ts';

/** A kiosk's clock may run ahead of the verifier's by this much. */
const CLOCK_TOLERANCE_MS = 10 * 60_000;

export type CadesProblemCode =
  | 'signature-malformed'
  | 'signature-of-other-content'
  | 'signature-wrong'
  | 'signature-weak-algorithm'
  | 'signature-unknown-algorithm'
  | 'signer-certificate-missing'
  | 'signer-certificate-swapped'
  | 'signer-not-for-signing'
  | 'certificate-not-valid-when-signed'
  | 'certificate-expired-since'
  | 'signing-time-missing'
  | 'signing-time-in-future'
  | 'signer-untrusted';

export interface CadesProblem {
  readonly code: CadesProblemCode;
  /** `invalid`: the signature does not hold. `cannot-tell`: nothing wrong was found, but it cannot be relied on. */
  readonly weight: 'invalid' | 'cannot-tell';
}

export interface Signer {
  readonly name: string | null;
  /** serialNumber of the subject: a kiosk's id. */
  readonly id: string | null;
  /** SHA-256 of the certificate, lower-case hexadecimal. */
  readonly fingerprint: string;
}

export interface CadesOutcome {
  readonly problems: readonly CadesProblem[];
  readonly signer: Signer | null;
  /** What the signer claims; no time-stamp authority vouches for it. */
  readonly signingTime: Date | null;
  readonly trust: Trust;
}

const UNKNOWN: Trust = { trusted: false, why: 'signer-unknown' };

/**
 * Verifies a detached CAdES signature over `content`, believing nothing in it: the algorithms must be strong, the
 * signed digest must be of `content`, the signer's certificate must be the one that the signed attributes name, valid
 * at the signing time, and lead to one of the `anchors`.
 */
export function verifyCades(
  der: Uint8Array,
  content: Uint8Array,
  options: { readonly anchors: readonly X509Certificate[]; readonly at: Date },
): CadesOutcome {
  const read = readSignature(der);
  if (read === undefined) return broken('signature-malformed');
  const { signer, signingTime } = read;
  const digestOid = signer.digestAlgorithm.algorithmId;
  if ([digestOid, signer.signatureAlgorithm.algorithmId].some((oid) => weakAlgorithms.has(oid)))
    return broken('signature-weak-algorithm');
  const digest = strongDigests[digestOid];
  if (digest === undefined) return broken('signature-unknown-algorithm', 'cannot-tell');
  const { contentType, messageDigest } = read;
  if (contentType !== OID.data || messageDigest === undefined) return broken('signature-malformed');
  if (!hash(digest, content, 'buffer').equals(messageDigest)) return broken('signature-of-other-content');

  if (read.signerCertificate === undefined) return broken('signer-certificate-missing');
  const certificate = namedCertificate(read);
  if (certificate === undefined) return broken('signer-certificate-swapped');
  const checked = checkSignature(read, digest, certificate.publicKey);
  if (checked !== undefined)
    return broken(checked, checked === 'signature-unknown-algorithm' ? 'cannot-tell' : 'invalid');

  const problems: CadesProblem[] = [];
  const add = (code: CadesProblemCode, weight: CadesProblem['weight']) => problems.push({ code, weight });
  if (!maySign(certificate)) add('signer-not-for-signing', 'invalid');
  if (signingTime === undefined) add('signing-time-missing', 'invalid');
  else {
    if (!validAt(certificate, signingTime)) add('certificate-not-valid-when-signed', 'invalid');
    else if (!validAt(certificate, options.at) && certificate.validToDate < options.at)
      add('certificate-expired-since', 'cannot-tell');
    if (signingTime.getTime() > options.at.getTime() + CLOCK_TOLERANCE_MS)
      add('signing-time-in-future', 'cannot-tell');
  }
  const trust = trustOf(certificate, read.certificates, options.anchors, signingTime ?? options.at);
  if (!trust.trusted) add('signer-untrusted', 'cannot-tell');
  return { problems, signer: describe(certificate), signingTime: signingTime ?? null, trust };
}

function broken(code: CadesProblemCode, weight: CadesProblem['weight'] = 'invalid'): CadesOutcome {
  return { problems: [{ code, weight }], signer: null, signingTime: null, trust: UNKNOWN };
}

/**
 * The certificate that the signed attributes name by digest and the signer's identifier by issuer and number. It must
 * come with the signature (CAdES-B-B), even when the trust list has it.
 */
function namedCertificate(read: ReadSignature): X509Certificate | undefined {
  const { algorithm = '', digest = new Uint8Array() } = read.signerCertificate ?? {};
  const name = strongDigests[algorithm];
  if (name === undefined) return undefined;
  const found = read.certificates.find((one) => createHash(name).update(one.raw).digest().equals(digest));
  if (found === undefined) return undefined;
  const { sid } = read.signer;
  // A subject key identifier ([0]) says nothing that the digest has not said.
  if (!(sid instanceof pki.IssuerAndSerialNumber)) return found;
  const parsed = pki.Certificate.fromBER(found.raw);
  const same = sid.issuer.isEqual(parsed.issuer) && sid.serialNumber.isEqual(parsed.serialNumber);
  return same ? found : undefined;
}

function checkSignature(
  read: ReadSignature,
  digest: DigestName,
  key: KeyObject,
): CadesProblemCode | undefined {
  const { signatureAlgorithm, signature } = read.signer;
  const oid = signatureAlgorithm.algorithmId;
  const value = new Uint8Array(signature.getValue());
  const details = key.asymmetricKeyDetails ?? {};
  const holds = (padding?: object) => {
    try {
      return verify(digest, read.signedBytes, { key, ...padding }, value);
    } catch {
      return false;
    }
  };
  const wrong = (right: boolean) => (right ? undefined : 'signature-wrong');
  if (key.asymmetricKeyType === 'ec') {
    if (ecdsaDigests[oid] !== digest) return 'signature-unknown-algorithm';
    const curves = ['prime256v1', 'secp384r1', 'secp521r1', 'brainpoolP256r1', 'brainpoolP384r1'];
    if (!curves.includes(details.namedCurve ?? '')) return 'signature-weak-algorithm';
    return wrong(holds({ dsaEncoding: 'der' }));
  }
  if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'rsa-pss')
    return 'signature-unknown-algorithm';
  if ((details.modulusLength ?? 0) < 2_048) return 'signature-weak-algorithm';
  if (oid === OID.rsaEncryption || rsaDigests[oid] === digest)
    return wrong(holds({ padding: constants.RSA_PKCS1_PADDING }));
  if (oid !== OID.rsaPss) return 'signature-unknown-algorithm';
  const saltLength = pssSalt(signatureAlgorithm.algorithmParams, digest);
  if (saltLength === undefined) return 'signature-unknown-algorithm';
  return wrong(holds({ padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }));
}

/** Salt length of RSASSA-PSS parameters whose hash and MGF1 hash are the digest of the signature. */
function pssSalt(parameters: unknown, digest: DigestName): number | undefined {
  try {
    const pss = new pki.RSASSAPSSParams({ schema: parameters as never });
    const mask = new pki.AlgorithmIdentifier({ schema: pss.maskGenAlgorithm.algorithmParams });
    const same = [pss.hashAlgorithm, mask].every((one) => strongDigests[one.algorithmId] === digest);
    return same && pss.maskGenAlgorithm.algorithmId === OID.mgf1 ? pss.saltLength : undefined;
  } catch {
    return undefined;
  }
}

/** Without a key-usage extension every use is allowed (RFC 5280, 4.2.1.3); else one of its first two bits is set. */
function maySign(certificate: X509Certificate): boolean {
  const usage = pki.Certificate.fromBER(certificate.raw).extensions?.find(
    (one) => one.extnID === OID.keyUsage,
  );
  if (usage === undefined) return true;
  const bits = new Uint8Array(usage.extnValue.getValue());
  return ((bits[3] ?? 0) & 0b1100_0000) !== 0;
}

function describe(certificate: X509Certificate): Signer {
  const parsed = pki.Certificate.fromBER(certificate.raw);
  const part = (type: string): string | null => {
    const value: unknown = parsed.subject.typesAndValues.find((one) => one.type === type)?.value.getValue();
    return typeof value === 'string' ? value.slice(0, 200) : null;
  };
  return {
    name: part(OID.commonName),
    id: part(OID.serialNumber),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}
