import { constants, type KeyObject, verify } from 'node:crypto';
import * as pki from 'pkijs';
import { encode, integer, NULL, oid, sequence } from './der.ts';
import {
  type DigestName,
  digestOids,
  ecdsaDigests,
  OID,
  rsaDigests,
  strongDigests,
  weakAlgorithms,
} from './oids.ts';
import type { KeyAlgorithm } from './signing-key.ts';

/** As long as the digest, which is what EU and Vietnamese profiles ask for. */
export const PSS_SALT_OCTETS = 32;

export function digestOf(algorithm: KeyAlgorithm): DigestName {
  return algorithm === 'ecdsa-p384-sha384' ? 'sha384' : 'sha256';
}

/** AlgorithmIdentifier of a digest; without parameters (RFC 5754, 2). */
export function digestIdentifier(name: DigestName): Uint8Array {
  return sequence(oid(digestOids[name]));
}

/** AlgorithmIdentifier of the signature, DER. */
export function signatureIdentifier(algorithm: KeyAlgorithm): Uint8Array {
  switch (algorithm) {
    case 'ecdsa-p256-sha256':
      return sequence(oid(OID.ecdsaWithSha256));
    case 'ecdsa-p384-sha384':
      return sequence(oid(OID.ecdsaWithSha384));
    case 'rsa-pkcs1-sha256':
      return sequence(oid(OID.sha256WithRsa), NULL);
    case 'rsa-pss-sha256': {
      // Explicit, because the defaults of RFC 4055 are SHA-1.
      const sha256 = sequence(oid(OID.sha256), NULL);
      return sequence(
        oid(OID.rsaPss),
        sequence(
          encode(0xa0, sha256),
          encode(0xa1, sequence(oid(OID.mgf1), sha256)),
          encode(0xa2, integer(PSS_SALT_OCTETS)),
        ),
      );
    }
  }
}

export type SignatureCheck = 'holds' | 'wrong' | 'weak' | 'unknown';

const CURVES = [
  'prime256v1',
  'secp384r1',
  'secp521r1',
  'brainpoolP256r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
];

/**
 * Checks a signature value. `digest` is the one that the surrounding structure names (CMS); left out, the algorithm's
 * own counts (certificates, CRLs, OCSP). MD5, SHA-1, RSA below 2048 bits and small curves are `weak`.
 */
export function checkSignature(options: {
  readonly algorithm: pki.AlgorithmIdentifier;
  readonly digest?: DigestName;
  readonly key: KeyObject;
  readonly data: Uint8Array;
  readonly value: Uint8Array;
}): SignatureCheck {
  const { algorithm, key, data, value } = options;
  const id = algorithm.algorithmId;
  if (weakAlgorithms.has(id)) return 'weak';
  const holds = (digest: DigestName, padding: object): SignatureCheck => {
    try {
      return verify(digest, data, { key, ...padding }, value) ? 'holds' : 'wrong';
    } catch {
      return 'wrong';
    }
  };
  const details = key.asymmetricKeyDetails ?? {};
  const asked = (own: DigestName | undefined) =>
    own !== undefined && (options.digest ?? own) === own ? own : undefined;
  if (key.asymmetricKeyType === 'ec') {
    const digest = asked(ecdsaDigests[id]);
    if (digest === undefined || !hasNoParameters(algorithm)) return 'unknown';
    return CURVES.includes(details.namedCurve ?? '') ? holds(digest, { dsaEncoding: 'der' }) : 'weak';
  }
  if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'rsa-pss') return 'unknown';
  if ((details.modulusLength ?? 0) < 2_048) return 'weak';
  if (id === OID.rsaPss) {
    const pss = readPss(algorithm.algorithmParams);
    const digest = asked(pss?.digest);
    if (pss === undefined) return 'unknown';
    if (pss.weak) return 'weak';
    if (digest === undefined) return 'unknown';
    return holds(digest, { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: pss.salt });
  }
  const digest = id === OID.rsaEncryption ? options.digest : asked(rsaDigests[id]);
  if (digest === undefined || !hasNoParameters(algorithm)) return 'unknown';
  return holds(digest, { padding: constants.RSA_PKCS1_PADDING });
}

/** Absent or NULL: anything else would be a place to change bytes unseen. */
function hasNoParameters(algorithm: pki.AlgorithmIdentifier): boolean {
  const parameters: unknown = algorithm.algorithmParams;
  if (parameters === undefined) return true;
  const encoded = (parameters as { toBER(): ArrayBuffer }).toBER();
  return encoded.byteLength === 0 || Buffer.from(encoded).equals(Buffer.from(NULL));
}

/** Hash and MGF1 hash must be the same. Absent parameters mean SHA-1 (RFC 4055): weak. */
function readPss(
  parameters: unknown,
): { readonly digest: DigestName | undefined; readonly salt: number; readonly weak: boolean } | undefined {
  try {
    const pss = new pki.RSASSAPSSParams({ schema: parameters as never });
    const mask = new pki.AlgorithmIdentifier({ schema: pss.maskGenAlgorithm.algorithmParams });
    const ids = [pss.hashAlgorithm.algorithmId, mask.algorithmId];
    if (ids.some((one) => weakAlgorithms.has(one))) return { digest: undefined, salt: 0, weak: true };
    const digest = strongDigests[ids[0] ?? ''];
    if (digest === undefined || strongDigests[ids[1] ?? ''] !== digest) return undefined;
    if (pss.maskGenAlgorithm.algorithmId !== OID.mgf1 || pss.trailerField !== 1) return undefined;
    return { digest, salt: pss.saltLength, weak: false };
  } catch {
    return undefined;
  }
}
