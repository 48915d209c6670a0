import { createECDH } from 'node:crypto';
import { err, ok, type Result } from '@motcua/core';
import { concat, fromInteger, toInteger } from '../bytes.ts';
import { type AgreementGroup, drawBelow, type GroupError } from './agreement-group.ts';
import { type Curve, type CurveName, curve } from './ec-curve.ts';
import { inverse, modulo, power, squareRoot } from './modular.ts';

interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

/**
 * Key agreement on one of OpenSSL's curves. OpenSSL does the multiplications, in constant time, and refuses points
 * that are not on the curve. It only gives the x of a product k·P; the sign of y follows from the x of (k+1)·P.
 */
export function ecGroup(name: CurveName): AgreementGroup {
  const domain = curve(name);
  return {
    kind: 'ecdh',
    name,
    bits: domain.p.toString(2).length,
    drawPrivateKey: (random) =>
      // Below order - 1, so that the key plus one is a key as well.
      fromInteger(drawBelow(domain.order - 1n, random), orderLength(domain)),
    publicKey: (privateKey, generator) => {
      if (!generator) return ecdh(domain, privateKey).getPublicKey().slice();
      const product = multiply(domain, privateKey, generator);
      if (!product.ok) throw new Error('the generator is not on the curve');
      return encodePoint(domain, product.value);
    },
    sharedSecret: (privateKey, other) => multiplyX(domain, privateKey, other),
    mapGenerator: (nonce, privateKey, other) => {
      const shared = multiply(domain, privateKey, other);
      if (!shared.ok) return shared;
      const scalar = toInteger(nonce) % domain.order;
      if (scalar === 0n) return ok(encodePoint(domain, shared.value));
      const fromNonce = decodePoint(
        domain,
        ecdh(domain, fromInteger(scalar, orderLength(domain))).getPublicKey(),
      );
      const mapped = fromNonce && add(domain, fromNonce, shared.value);
      return mapped ? ok(encodePoint(domain, mapped)) : err({ code: 'group-bad-public-key' });
    },
    mapPseudoRandom: (bytes) => {
      const mapped = encodeToPoint(domain, toInteger(bytes) % domain.p);
      return mapped ? ok(encodePoint(domain, mapped)) : err({ code: 'group-bad-public-key' });
    },
  };
}

const orderLength = (domain: Curve) => Math.ceil(domain.order.toString(16).length / 2);

function ecdh(domain: Curve, privateKey: Uint8Array) {
  const side = createECDH(domain.name);
  side.setPrivateKey(privateKey);
  return side;
}

function multiplyX(domain: Curve, scalar: Uint8Array, point: Uint8Array): Result<Uint8Array, GroupError> {
  // Only the uncompressed form is allowed (9303-11, 9.4.4).
  if (point[0] !== 4 || point.length !== 1 + 2 * domain.fieldLength)
    return err({ code: 'group-bad-public-key' });
  try {
    return ok(ecdh(domain, scalar).computeSecret(point).slice());
  } catch (error) {
    if (isBadKey(error)) return err({ code: 'group-bad-public-key' });
    throw error;
  }
}

const isBadKey = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY';

function multiply(domain: Curve, scalar: Uint8Array, point: Uint8Array): Result<Point, GroupError> {
  const first = multiplyX(domain, scalar, point);
  if (!first.ok) return first;
  const given = decodePoint(domain, point);
  const x = toInteger(first.value);
  const y = squareRoot(x ** 3n + domain.a * x + domain.b, domain.p);
  if (!given || y === undefined) throw new Error('OpenSSL gave a point beside the curve');
  const candidate = { x, y };
  const opposite = { x, y: domain.p - y };
  const beyond = toInteger(scalar) + 1n;
  // k = order - 1: the product is the negative of the point.
  if (beyond === domain.order) return ok({ x, y: domain.p - given.y });
  const next = multiplyX(domain, fromInteger(beyond, orderLength(domain)), point);
  if (!next.ok) return next;
  const nextX = toInteger(next.value);
  return ok(add(domain, candidate, given)?.x === nextX ? candidate : opposite);
}

/** Point encoding of 9303-11, appendix B.2; for fields with p ≡ 3 modulo 4 only. */
function encodeToPoint({ p, a, b }: Curve, t: bigint): Point | undefined {
  const alpha = modulo(-t * t, p);
  const denominator = modulo(a * (alpha + alpha * alpha), p);
  if (p % 4n !== 3n || denominator === 0n) return undefined;
  // −b/a (1 + 1/(α + α²)), over one denominator.
  const x2 = modulo(-b * (1n + alpha + alpha * alpha) * inverse(denominator, p), p);
  const x3 = modulo(alpha * x2, p);
  const h2 = modulo(x2 ** 3n + a * x2 + b, p);
  const root = power(h2, p - 1n - (p + 1n) / 4n, p);
  return modulo(root * root * h2, p) === 1n
    ? { x: x2, y: modulo(root * h2, p) }
    : { x: x3, y: modulo(root * t ** 3n * h2, p) };
}

/** The affine sum; undefined for the point at infinity. */
function add(domain: Curve, one: Point, other: Point): Point | undefined {
  const { p } = domain;
  if (one.x === other.x && one.y !== other.y) return undefined;
  const slope =
    one.x === other.x
      ? (3n * one.x * one.x + domain.a) * inverse(2n * one.y, p)
      : (other.y - one.y) * inverse(other.x - one.x, p);
  const x = modulo(slope * slope - one.x - other.x, p);
  return { x, y: modulo(slope * (one.x - x) - one.y, p) };
}

function decodePoint(domain: Curve, bytes: Uint8Array): Point | undefined {
  if (bytes[0] !== 4 || bytes.length !== 1 + 2 * domain.fieldLength) return undefined;
  return {
    x: toInteger(bytes.subarray(1, 1 + domain.fieldLength)),
    y: toInteger(bytes.subarray(1 + domain.fieldLength)),
  };
}

const encodePoint = (domain: Curve, point: Point) =>
  concat(
    Uint8Array.of(4),
    fromInteger(point.x, domain.fieldLength),
    fromInteger(point.y, domain.fieldLength),
  );
