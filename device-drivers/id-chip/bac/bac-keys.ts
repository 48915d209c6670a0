import { createHash } from 'node:crypto';
import { mrzCheckDigit } from '@motcua/core';
import { concat, fromInteger, toInteger } from '../bytes.ts';
import { cipherSuite } from '../crypto/cipher-suite.ts';
import { pad } from '../crypto/padding.ts';
import type { SessionKeys } from '../secure-messaging/secure-messaging.ts';

/** What BAC is opened with: of the MRZ, without check digits. */
export interface MrzKey {
  /** Filled with `<` to nine characters when shorter. */
  readonly documentNumber: string;
  /** `YYMMDD` */
  readonly birthDate: string;
  /** `YYMMDD` */
  readonly expiryDate: string;
}

export interface BacKeys {
  readonly encryption: Uint8Array;
  readonly mac: Uint8Array;
}

const des = cipherSuite('3des');
const noIv = new Uint8Array(8);

/** Number, birth date and expiry, each with its check digit (9303-11, 4.3.2 and 9.7.2). */
export function mrzInformation(key: MrzKey): string {
  return [key.documentNumber.padEnd(9, '<'), key.birthDate, key.expiryDate]
    .map((field) => `${field}${mrzCheckDigit(field)}`)
    .join('');
}

/** Kenc and Kmac of the document. */
export function bacKeys(information: string): BacKeys {
  const seed = Uint8Array.from(createHash('sha1').update(information, 'latin1').digest()).subarray(0, 16);
  return { encryption: des.deriveKey(seed, 1), mac: des.deriveKey(seed, 2) };
}

/** E ‖ M of EXTERNAL AUTHENTICATE and of its answer (9303-11, 4.3.1): 40 bytes. */
export function sealBac(keys: BacKeys, content: Uint8Array): Uint8Array {
  const cryptogram = des.encrypt(keys.encryption, noIv, content);
  return concat(cryptogram, des.mac(keys.mac, pad(cryptogram, 8)));
}

/** The 32 bytes inside, or undefined when the MAC does not hold. */
export function openBac(keys: BacKeys, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length !== 40) return undefined;
  const cryptogram = sealed.subarray(0, 32);
  const mac = des.mac(keys.mac, pad(cryptogram, 8));
  return Buffer.compare(mac, sealed.subarray(32)) === 0
    ? des.decrypt(keys.encryption, noIv, cryptogram)
    : undefined;
}

/** From the halves of both sides' keys and challenges (9303-11, 9.7.1 and 9.8.6.3). */
export function bacSessionKeys(
  keyOfReader: Uint8Array,
  keyOfCard: Uint8Array,
  challengeOfCard: Uint8Array,
  challengeOfReader: Uint8Array,
): SessionKeys {
  const seed = fromInteger(toInteger(keyOfReader) ^ toInteger(keyOfCard), 16);
  return {
    suite: des,
    encryption: des.deriveKey(seed, 1),
    mac: des.deriveKey(seed, 2),
    counter: concat(challengeOfCard.subarray(-4), challengeOfReader.subarray(-4)),
  };
}
