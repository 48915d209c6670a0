import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  privateEncrypt,
  randomBytes,
  sign,
} from 'node:crypto';
import { concat, type RandomBytes } from '../../id-chip/bytes.ts';
import type { CipherName } from '../../id-chip/crypto/cipher-suite.ts';
import { type CurveName, curve } from '../../id-chip/crypto/ec-curve.ts';
import { ecGroup } from '../../id-chip/crypto/ec-group.ts';
import { encodeTlv } from '../../id-chip/tlv.ts';
import { bits, integer, octets, oid, sequence } from './der.ts';

const BSI = '0.4.0.127.0.7';
const CIPHER_ARC: Readonly<Record<CipherName, number>> = {
  '3des': 1,
  'aes-128': 2,
  'aes-192': 3,
  'aes-256': 4,
};

/** PaceInfo, generic mapping with elliptic curves. 13 is brainpoolP256r1. */
export interface PaceOffer {
  readonly cipher: CipherName;
  readonly parameterId: number;
}

export const paceOid = ({ cipher }: PaceOffer) => `${BSI}.2.2.4.2.${CIPHER_ARC[cipher]}`;
export const chipAuthenticationOid = (cipher: CipherName) => `${BSI}.2.2.3.2.${CIPHER_ARC[cipher]}`;

/** EF.CardAccess in the form seen on cards: terminal authentication, chip authentication, PACE. */
export function buildCardAccess(offers: readonly PaceOffer[]): Uint8Array {
  return encodeTlv(
    0x31,
    sequence(oid(`${BSI}.2.2.2`), integer(1)),
    sequence(oid(chipAuthenticationOid('aes-128')), integer(1)),
    ...offers.map((offer) => sequence(oid(paceOid(offer)), integer(2), integer(offer.parameterId))),
  );
}

/** The chip's key for chip authentication. Only the chip that was issued has the private half of what DG14 says. */
export interface ChipAuthenticationKey {
  readonly cipher: CipherName;
  readonly curve: CurveName;
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

export function makeChipAuthenticationKey(
  cipher: CipherName = 'aes-128',
  curveName: CurveName = 'brainpoolP256r1',
  random: RandomBytes = randomBytes,
): ChipAuthenticationKey {
  const group = ecGroup(curveName);
  const privateKey = group.drawPrivateKey(random);
  return { cipher, curve: curveName, privateKey, publicKey: group.publicKey(privateKey) };
}

/** The chip's key for active authentication: RSA after ISO 9796-2 with SHA-1 or SHA-256, or ECDSA. */
export interface ActiveAuthenticationKey {
  readonly kind: 'rsa-sha1' | 'rsa-sha256' | 'ecdsa-sha256';
  readonly key: KeyObject;
}

export function makeActiveAuthenticationKey(kind: ActiveAuthenticationKey['kind']): ActiveAuthenticationKey {
  const { privateKey } =
    kind === 'ecdsa-sha256'
      ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
      : generateKeyPairSync('rsa', { modulusLength: 1_024 });
  return { kind, key: privateKey };
}

/** DG14: what authenticates the chip (9303-11, 9.2). The curve is written out, as issued chips do. */
export function buildDg14(
  chipKey: ChipAuthenticationKey | null,
  activeKey: ActiveAuthenticationKey | null,
): Uint8Array {
  const infos: Uint8Array[] = [];
  if (chipKey) {
    const algorithm = sequence(oid('1.2.840.10045.2.1'), explicitCurve(chipKey.curve));
    infos.push(
      sequence(oid(chipAuthenticationOid(chipKey.cipher)), integer(1)),
      sequence(oid(`${BSI}.2.2.1.2`), sequence(algorithm, bits(chipKey.publicKey))),
    );
  }
  // ActiveAuthenticationInfo, for ECDSA only: ecdsa-plain-SHA256.
  if (activeKey?.kind === 'ecdsa-sha256')
    infos.push(sequence(oid('2.23.136.1.1.5'), integer(1), oid(`${BSI}.1.1.4.1.3`)));
  return encodeTlv(0x6e, encodeTlv(0x31, ...infos));
}

/** ECParameters of X9.62. */
function explicitCurve(name: CurveName): Uint8Array {
  const { p, a, b, base, order, fieldLength } = curve(name);
  const element = (value: bigint) =>
    octets(Buffer.from(value.toString(16).padStart(2 * fieldLength, '0'), 'hex'));
  return sequence(
    integer(1),
    sequence(oid('1.2.840.10045.1.1'), integer(p)),
    sequence(element(a), element(b)),
    octets(base),
    integer(order),
    integer(1),
  );
}

export const buildDg15 = (activeKey: ActiveAuthenticationKey) =>
  encodeTlv(0x6f, createPublicKey(activeKey.key).export({ type: 'spki', format: 'der' }));

/** The answer to INTERNAL AUTHENTICATE over the reader's eight bytes (9303-11, 6.1). */
export function answerChallenge({ kind, key }: ActiveAuthenticationKey, challenge: Uint8Array): Uint8Array {
  switch (kind) {
    case 'ecdsa-sha256':
      return sign('sha256', challenge, { key, dsaEncoding: 'ieee-p1363' });
    case 'rsa-sha1':
      return recoverable(key, 'sha1', Uint8Array.of(0xbc), challenge);
    case 'rsa-sha256':
      return recoverable(key, 'sha256', Uint8Array.of(0x34, 0xcc), challenge);
  }
}

/** ISO/IEC 9796-2, scheme 1, partial recovery: 6A ‖ M1 ‖ H(M1 ‖ M2) ‖ trailer. */
function recoverable(key: KeyObject, hash: string, trailer: Uint8Array, challenge: Uint8Array): Uint8Array {
  const length = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  const digestLength = createHash(hash).digest().length;
  const own = randomBytes(length - 1 - digestLength - trailer.length);
  const digest = createHash(hash).update(own).update(challenge).digest();
  // RSA_NO_PADDING
  return privateEncrypt({ key, padding: 3 }, concat(Uint8Array.of(0x6a), own, digest, trailer));
}
