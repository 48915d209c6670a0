import { createCipheriv } from 'node:crypto';
import { concat } from '../bytes.ts';

/**
 * ISO 9797-1 algorithm 3 ("retail MAC"), eight bytes, over data padded to whole blocks of eight; `key` is K1 ‖ K2.
 * OpenSSL 3 has no single DES: 3DES with K1 three times is the same.
 */
export function retailMac(key: Uint8Array, data: Uint8Array): Uint8Array {
  if (data.length === 0 || data.length % 8 !== 0) throw new Error('retail MAC wants whole blocks');
  const [k1, k2] = [key.subarray(0, 8), key.subarray(8, 16)];
  const head = cbc('des-ede3-cbc', concat(k1, k1, k1), new Uint8Array(8), data.subarray(0, -8));
  const chained = head.length === 0 ? new Uint8Array(8) : head.subarray(-8);
  return cbc('des-ede3-cbc', concat(k1, k2, k1), chained, data.subarray(-8));
}

/** AES-CMAC (RFC 4493, NIST SP 800-38B), sixteen bytes, over data of any length. */
export function aesCmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  const algorithm = `aes-${key.length * 8}-cbc`;
  const zero = new Uint8Array(16);
  const k1 = double(cbc(algorithm, key, zero, zero));
  const tail = data.length % 16;
  const whole = data.length > 0 && tail === 0;
  const padded = whole ? data.slice() : concat(data, Uint8Array.of(0x80), new Uint8Array(15 - tail));
  const subkey = whole ? k1 : double(k1);
  for (let at = 0; at < 16; at += 1) padded[padded.length - 16 + at]! ^= subkey[at]!;
  return cbc(algorithm, key, zero, padded).subarray(-16);
}

/** Times x in GF(2^128). */
function double(block: Uint8Array): Uint8Array {
  const shifted = block.map((byte, at) => ((byte << 1) | ((block[at + 1] ?? 0) >> 7)) & 0xff);
  if (block[0]! & 0x80) shifted[15]! ^= 0x87;
  return shifted;
}

function cbc(algorithm: string, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const cipher = createCipheriv(algorithm, key, iv).setAutoPadding(false);
  return concat(cipher.update(data), cipher.final());
}
