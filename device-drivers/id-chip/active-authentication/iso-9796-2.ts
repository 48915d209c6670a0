import { createHash } from 'node:crypto';
import { concat, equalBytes } from '../bytes.ts';

const trailers: Readonly<Record<number, readonly [hash: string, length: number]>> = {
  51: ['sha1', 20],
  52: ['sha256', 32],
  53: ['sha512', 64],
  54: ['sha384', 48],
  56: ['sha224', 28],
};

/**
 * Digital signature scheme 1 of ISO 9796-2 with partial recovery, as active authentication uses it (9303-11, 6.1):
 * `6A ‖ M1 ‖ H(M1 ‖ M2) ‖ trailer`. `recovered` is the signature raised to the public exponent; M2 the challenge.
 */
export function verifyIso9796(recovered: Uint8Array, challenge: Uint8Array): boolean {
  const last = recovered.at(-1);
  const implicit = last === 0xbc;
  const [hash, length] = implicit ? ['sha1', 20] : (trailers[recovered.at(-2) ?? 0] ?? ['', 0]);
  if ((!implicit && last !== 0xcc) || length === 0) return false;
  const end = recovered.length - (implicit ? 1 : 2) - length;
  // 6A: more to come than is recovered, and no padding; 9796-2 pads with B up to an A.
  if (end < 2 || recovered[0] !== 0x6a) return false;
  const digest = createHash(hash)
    .update(concat(recovered.subarray(1, end), challenge))
    .digest();
  return equalBytes(digest, recovered.subarray(end, end + length));
}
