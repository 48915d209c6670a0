import { hash } from 'node:crypto';

const HASH_BYTES = 32;
export const PSS_SALT_BYTES = 32;

/**
 * EMSA-PSS-ENCODE of RFC 8017, 9.1.1, with SHA-256, MGF1 with SHA-256 and a salt of 32 octets: what a token without
 * CKM_RSA_PKCS_PSS is given for its raw RSA operation (CKM_RSA_X_509).
 *
 * @param digest SHA-256 of the message.
 * @param modulusBits length of the key; the result has as many octets as its modulus.
 * @throws {RangeError} when the key is too short for this encoding (below 528 bits).
 */
export function encodeEmsaPss(digest: Uint8Array, salt: Uint8Array, modulusBits: number): Buffer {
  if (digest.length !== HASH_BYTES || salt.length !== PSS_SALT_BYTES)
    throw new RangeError('EMSA-PSS takes a digest and a salt of 32 octets');
  const bits = modulusBits - 1;
  const length = Math.ceil(bits / 8);
  if (length < HASH_BYTES + PSS_SALT_BYTES + 2) throw new RangeError('the key is too short for EMSA-PSS');
  const seal = hash('sha256', Buffer.concat([Buffer.alloc(8), digest, salt]), 'buffer');
  const block = Buffer.concat([Buffer.alloc(length - HASH_BYTES - PSS_SALT_BYTES - 2), Buffer.of(1), salt]);
  const mask = mgf1(seal, block.length);
  for (let index = 0; index < block.length; index++) block[index]! ^= mask[index]!;
  // The number must stay below the modulus: bits above its length are cleared.
  block[0]! &= 0xff >> (8 * length - bits);
  const encoded = Buffer.concat([block, seal, Buffer.of(0xbc)]);
  const octets = Math.ceil(modulusBits / 8);
  return encoded.length === octets
    ? encoded
    : Buffer.concat([Buffer.alloc(octets - encoded.length), encoded]);
}

/** RFC 8017, B.2.1, with SHA-256. */
function mgf1(seed: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0; counter * HASH_BYTES < length; counter++) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(counter);
    blocks.push(hash('sha256', Buffer.concat([seed, number]), 'buffer'));
  }
  return Buffer.concat(blocks).subarray(0, length);
}
