import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { concat } from '../bytes.ts';
import { aesCmac, retailMac } from './mac.ts';

/** The two families of secure messaging (ICAO 9303-11, 9.8): 3DES in CBC with retail MAC, AES in CBC with CMAC. */
export type CipherName = '3des' | 'aes-128' | 'aes-192' | 'aes-256';

/** What the protocols need of a cipher. Data lengths are multiples of `blockLength`; nothing is padded here. */
export interface CipherSuite {
  readonly name: CipherName;
  readonly blockLength: 8 | 16;
  encrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array;
  decrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array;
  /** Eight bytes. The retail MAC wants padded data; CMAC takes any length. */
  mac(key: Uint8Array, data: Uint8Array): Uint8Array;
  /** KDF of 9303-11, 9.7.1. Counter 1: encryption, 2: MAC, 3: the key of a PACE password. */
  deriveKey(secret: Uint8Array, counter: 1 | 2 | 3): Uint8Array;
}

export function cipherSuite(name: CipherName): CipherSuite {
  switch (name) {
    case '3des':
      // Two keys, K1 ‖ K2: what OpenSSL calls des-ede.
      return suite(
        name,
        8,
        'des-ede-cbc',
        (secret) => parity(sha('sha1', secret).subarray(0, 16)),
        retailMac,
      );
    case 'aes-128':
      return suite(name, 16, 'aes-128-cbc', (secret) => sha('sha1', secret).subarray(0, 16), aesCmac8);
    case 'aes-192':
      return suite(name, 16, 'aes-192-cbc', (secret) => sha('sha256', secret).subarray(0, 24), aesCmac8);
    case 'aes-256':
      return suite(name, 16, 'aes-256-cbc', (secret) => sha('sha256', secret), aesCmac8);
  }
}

function suite(
  name: CipherName,
  blockLength: 8 | 16,
  algorithm: string,
  keyOf: (secret: Uint8Array) => Uint8Array,
  mac: CipherSuite['mac'],
): CipherSuite {
  return {
    name,
    blockLength,
    encrypt: (key, iv, data) => {
      const cipher = createCipheriv(algorithm, key, iv).setAutoPadding(false);
      return concat(cipher.update(data), cipher.final());
    },
    decrypt: (key, iv, data) => {
      const decipher = createDecipheriv(algorithm, key, iv).setAutoPadding(false);
      return concat(decipher.update(data), decipher.final());
    },
    mac,
    deriveKey: (secret, counter) => keyOf(concat(secret, Uint8Array.of(0, 0, 0, counter))),
  };
}

const aesCmac8 = (key: Uint8Array, data: Uint8Array) => aesCmac(key, data).subarray(0, 8);

const sha = (name: string, data: Uint8Array) => Uint8Array.from(createHash(name).update(data).digest());

/** DES keys carry odd parity in the lowest bit; the standard's examples show it. */
function parity(key: Uint8Array): Uint8Array {
  return key.map((byte) => {
    let ones = 0;
    for (let bits = byte >> 1; bits > 0; bits >>= 1) ones += bits & 1;
    return (byte & 0xfe) | (ones % 2 === 0 ? 1 : 0);
  });
}
