import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { err, ok, type Result } from '@motcua/core';
import { type CurveName, curveOids, recogniseCurve } from '../crypto/ec-curve.ts';
import { decodeOid, encodeOid } from '../oid.ts';
import { encodeTlv, readTlv, readTlvs } from '../tlv.ts';

export type HashName = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

/** An AlgorithmIdentifier of X.509, its parameters raw. */
export interface AlgorithmIdentifier {
  readonly oid: string;
  readonly parameters: Uint8Array | undefined;
  readonly raw: Uint8Array;
}

export type AlgorithmError =
  /** Not one of those that ICAO 9303-12 allows. */
  | { readonly code: 'algorithm-not-supported' }
  /** A key of a size or with numbers that no issuer uses. */
  | { readonly code: 'key-refused' };

const hashes: Readonly<Record<string, HashName>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

const RSA = '1.2.840.113549.1.1.1';
const RSA_PSS = '1.2.840.113549.1.1.10';
const EC = '1.2.840.10045.2.1';

const signatures: Readonly<Record<string, readonly ['rsa' | 'ecdsa', HashName]>> = {
  '1.2.840.113549.1.1.5': ['rsa', 'sha1'],
  '1.2.840.113549.1.1.14': ['rsa', 'sha224'],
  '1.2.840.113549.1.1.11': ['rsa', 'sha256'],
  '1.2.840.113549.1.1.12': ['rsa', 'sha384'],
  '1.2.840.113549.1.1.13': ['rsa', 'sha512'],
  '1.2.840.10045.4.1': ['ecdsa', 'sha1'],
  '1.2.840.10045.4.3.1': ['ecdsa', 'sha224'],
  '1.2.840.10045.4.3.2': ['ecdsa', 'sha256'],
  '1.2.840.10045.4.3.3': ['ecdsa', 'sha384'],
  '1.2.840.10045.4.3.4': ['ecdsa', 'sha512'],
};

const MAX_RSA_BITS = 8_192;
const MIN_RSA_BITS = 1_024;
/** Longer exponents only cost time; OpenSSL has the same limit for long keys. */
const MAX_EXPONENT_BYTES = 8;

export function parseAlgorithm(raw: Uint8Array): AlgorithmIdentifier | undefined {
  const outer = readTlv(raw);
  const parts =
    outer.ok && outer.value.tag === 0x30 ? readTlvs(outer.value.value, { maxSiblings: 2 }) : undefined;
  if (!outer.ok || !parts?.ok || parts.value[0]?.tag !== 0x06) return undefined;
  const oid = decodeOid(parts.value[0].value);
  return oid === undefined ? undefined : { oid, parameters: parts.value[1]?.raw, raw: outer.value.raw };
}

export function hashOf(algorithm: AlgorithmIdentifier): HashName | undefined {
  return hashes[algorithm.oid];
}

/**
 * Whether a signature holds. The algorithm is that of the signature; `digest` is used where it names none itself
 * (plain rsaEncryption in a SignerInfo). `subjectKey`: SubjectPublicKeyInfo, RSA or EC with a named or explicit curve.
 */
export function verifySignature(
  algorithm: AlgorithmIdentifier,
  subjectKey: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
  digest?: HashName,
): Result<boolean, AlgorithmError> {
  if (signature.length > MAX_RSA_BITS / 8) return err({ code: 'key-refused' });
  const pss = algorithm.oid === RSA_PSS;
  const [kind, hash] = pss
    ? ['rsa', pssHash(algorithm)]
    : algorithm.oid === RSA
      ? ['rsa', digest]
      : (signatures[algorithm.oid] ?? []);
  if (!kind || !hash) return err({ code: 'algorithm-not-supported' });
  // A key that carries the parameters of PSS makes OpenSSL follow them, the mask's own hash included.
  const key = importPublicKey(subjectKey, pss ? algorithm.raw : undefined);
  if (!key.ok) return key;
  if ((key.value.asymmetricKeyType === 'ec') !== (kind === 'ecdsa')) return ok(false);
  const padding = pss && {
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_AUTO,
  };
  try {
    return ok(verify(hash, data, { key: key.value, dsaEncoding: 'der', ...padding }, signature));
  } catch {
    // Parameters of PSS that OpenSSL does not go along with: a salt longer than the key, a mask of another kind.
    return err({ code: 'algorithm-not-supported' });
  }
}

/** RSASSA-PSS-params, RFC 4055: [0] the hash, SHA-1 when absent. */
function pssHash(algorithm: AlgorithmIdentifier): HashName | undefined {
  const outer = algorithm.parameters && readTlv(algorithm.parameters);
  if (!outer?.ok || outer.value.tag !== 0x30) return undefined;
  const parts = readTlvs(outer.value.value, { maxSiblings: 4 });
  const named = parts.ok ? parts.value.find((each) => each.tag === 0xa0) : undefined;
  if (!named) return parts.ok ? 'sha1' : undefined;
  const hash = parseAlgorithm(named.value);
  return hash && hashOf(hash);
}

/** `rsaParameters`: the algorithm to write into an RSA key in place of its own. */
export function importPublicKey(
  subjectKey: Uint8Array,
  rsaParameters?: Uint8Array,
): Result<KeyObject, AlgorithmError> {
  const outer = readTlv(subjectKey);
  const parts =
    outer.ok && outer.value.tag === 0x30 ? readTlvs(outer.value.value, { maxSiblings: 2 }) : undefined;
  const [first, bits] = parts?.ok ? parts.value : [];
  const algorithm = first && parseAlgorithm(first.raw);
  if (!algorithm || bits?.tag !== 0x03 || bits.value[0] !== 0) return err({ code: 'key-refused' });
  switch (algorithm.oid) {
    case RSA:
    case RSA_PSS: {
      if (!isUsualRsa(bits.value.subarray(1))) return err({ code: 'key-refused' });
      const plain = encodeTlv(0x30, encodeTlv(0x06, encodeOid(RSA)), Uint8Array.of(5, 0));
      return importSpki(encodeTlv(0x30, rsaParameters ?? plain, bits.raw));
    }
    case EC: {
      const curve = algorithm.parameters && curveOf(algorithm.parameters);
      if (!curve) return err({ code: 'key-refused' });
      const named = encodeTlv(
        0x30,
        encodeTlv(0x06, encodeOid(EC)),
        encodeTlv(0x06, encodeOid(curveOids[curve])),
      );
      return importSpki(encodeTlv(0x30, named, bits.raw));
    }
    default:
      return err({ code: 'algorithm-not-supported' });
  }
}

/** Named, or explicit with the numbers of a known one; a home-made curve proves nothing. */
export function curveOf(parameters: Uint8Array): CurveName | undefined {
  const object = readTlv(parameters);
  if (!object.ok) return undefined;
  if (object.value.tag === 0x30) return recogniseCurve(object.value.raw);
  const oid = object.value.tag === 0x06 ? decodeOid(object.value.value) : undefined;
  return (Object.keys(curveOids) as CurveName[]).find((name) => curveOids[name] === oid);
}

function isUsualRsa(key: Uint8Array): boolean {
  const outer = readTlv(key);
  const numbers = outer.ok ? readTlvs(outer.value.value, { maxSiblings: 2 }) : undefined;
  const [modulus, exponent] = numbers?.ok ? numbers.value : [];
  if (!modulus || !exponent) return false;
  const bits = (modulus.value.length - (modulus.value[0] === 0 ? 1 : 0)) * 8;
  return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS && exponent.value.length <= MAX_EXPONENT_BYTES;
}

function importSpki(der: Uint8Array): Result<KeyObject, AlgorithmError> {
  try {
    return ok(createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' }));
  } catch {
    // OpenSSL's own checks: a point beside the curve, an even modulus, parameters it does not know.
    return err({ code: 'key-refused' });
  }
}
