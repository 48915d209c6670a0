import { generateKeyPairSync } from 'node:crypto';
import { toInteger } from '../bytes.ts';
import { readTlvs } from '../tlv.ts';

/** The curves of 9303-11, table of standardized domain parameters, by OpenSSL's names; their object identifiers. */
export const curveOids = {
  prime192v1: '1.2.840.10045.3.1.1',
  secp224r1: '1.3.132.0.33',
  prime256v1: '1.2.840.10045.3.1.7',
  secp384r1: '1.3.132.0.34',
  secp521r1: '1.3.132.0.35',
  brainpoolP192r1: '1.3.36.3.3.2.8.1.1.3',
  brainpoolP224r1: '1.3.36.3.3.2.8.1.1.5',
  brainpoolP256r1: '1.3.36.3.3.2.8.1.1.7',
  brainpoolP320r1: '1.3.36.3.3.2.8.1.1.9',
  brainpoolP384r1: '1.3.36.3.3.2.8.1.1.11',
  brainpoolP512r1: '1.3.36.3.3.2.8.1.1.13',
} as const;

export type CurveName = keyof typeof curveOids;

/** y² = x³ + ax + b over the integers modulo p; cofactor 1. */
export interface Curve {
  readonly name: CurveName;
  readonly p: bigint;
  readonly a: bigint;
  readonly b: bigint;
  /** Of the base point. */
  readonly order: bigint;
  /** Uncompressed. */
  readonly base: Uint8Array;
  /** Bytes of a coordinate. */
  readonly fieldLength: number;
}

const known = new Map<CurveName, Curve>();

/** The numbers of a curve as OpenSSL has them: it writes them into a key with explicit parameters (X9.62). */
export function curve(name: CurveName): Curve {
  const kept = known.get(name);
  if (kept) return kept;
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: name, paramEncoding: 'explicit' });
  const algorithm = children(children(publicKey.export({ type: 'spki', format: 'der' }))[0]!);
  const read = readExplicitCurve(algorithm[1]!);
  if (!read) throw new Error(`OpenSSL does not know ${name}`);
  const made: Curve = { name, ...read };
  known.set(name, made);
  return made;
}

/** `ECParameters` of X9.62 with a prime field; undefined when it is something else. */
export function readExplicitCurve(parameters: Uint8Array): Omit<Curve, 'name'> | undefined {
  const [, field, coefficients, base, order] = childrenOf(parameters);
  const [fieldType, prime] = field ? childrenOf(field) : [];
  const [a, b] = coefficients ? childrenOf(coefficients) : [];
  if (!fieldType || !prime || !a || !b || !base || !order) return undefined;
  if (Buffer.from(fieldType).toString('hex') !== '06072a8648ce3d0101') return undefined;
  const p = toInteger(content(prime));
  return {
    p,
    a: toInteger(content(a)),
    b: toInteger(content(b)),
    order: toInteger(content(order)),
    base: content(base).slice(),
    fieldLength: Math.ceil(p.toString(16).length / 2),
  };
}

/** The known curve with these explicit parameters. A chip's own invention of a curve has none. */
export function recogniseCurve(parameters: Uint8Array): CurveName | undefined {
  const read = readExplicitCurve(parameters);
  if (!read) return undefined;
  return (Object.keys(curveOids) as CurveName[]).find((name) => {
    const one = curve(name);
    const bits = one.fieldLength;
    return (
      one.p === read.p &&
      one.a === read.a &&
      one.b === read.b &&
      one.order === read.order &&
      // A compressed base point shows its x only; p, a, b and the order leave no other curve.
      Buffer.compare(one.base.subarray(1, 1 + bits), read.base.subarray(1, 1 + bits)) === 0
    );
  });
}

const children = (raw: Uint8Array) => {
  const found = childrenOf(raw);
  if (found.length === 0) throw new Error('not the DER that OpenSSL writes');
  return found;
};

/** The objects inside one object, raw; empty when it is not such. */
function childrenOf(raw: Uint8Array): readonly Uint8Array[] {
  const outer = readTlvs(raw, { maxSiblings: 1 });
  const inner = outer.ok && outer.value[0] ? readTlvs(outer.value[0].value, { maxSiblings: 8 }) : undefined;
  return inner?.ok ? inner.value.map((each) => each.raw) : [];
}

function content(raw: Uint8Array): Uint8Array {
  const level = readTlvs(raw, { maxSiblings: 1 });
  return level.ok && level.value[0] ? level.value[0].value : new Uint8Array(0);
}
