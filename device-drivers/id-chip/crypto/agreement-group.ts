import type { Result } from '@motcua/core';
import { type RandomBytes, toInteger } from '../bytes.ts';

/** The other side's public key is not an element of the group, or the outcome would be the neutral element. */
export type GroupError = { readonly code: 'group-bad-public-key' };

/**
 * A group of Diffie-Hellman key agreement, elliptic or classic. Public keys are in the form the data objects carry:
 * an uncompressed point (`04 ‖ x ‖ y`, coordinates padded to the field's length), or an unsigned integer.
 */
export interface AgreementGroup {
  readonly kind: 'ecdh' | 'dh';
  /** OpenSSL's name of the curve, or `rfc5114-1024-160` and the like. */
  readonly name: string;
  /** Length of the field in bits. */
  readonly bits: number;
  drawPrivateKey(random: RandomBytes): Uint8Array;
  /** `generator` (a public element): the mapped one of PACE; else the group's own. */
  publicKey(privateKey: Uint8Array, generator?: Uint8Array): Uint8Array;
  /** x coordinate or integer, padded to the field's length. Independent of the generator. */
  sharedSecret(privateKey: Uint8Array, otherPublicKey: Uint8Array): Result<Uint8Array, GroupError>;
  /** PACE generic mapping (9303-11, 4.4.3.3.1): nonce × G + privateKey × other, or its like in a classic group. */
  mapGenerator(
    nonce: Uint8Array,
    privateKey: Uint8Array,
    otherPublicKey: Uint8Array,
  ): Result<Uint8Array, GroupError>;
  /** PACE integrated mapping (9303-11, 4.4.3.3.2): the generator that pseudo-random bytes stand for. */
  mapPseudoRandom(bytes: Uint8Array): Result<Uint8Array, GroupError>;
}

/** A private key in [1, order - 1]: eight bytes more than needed are drawn, so that the remainder is even enough. */
export function drawBelow(order: bigint, random: RandomBytes): bigint {
  const length = Math.ceil(order.toString(16).length / 2) + 8;
  return (toInteger(random(length)) % (order - 1n)) + 1n;
}
