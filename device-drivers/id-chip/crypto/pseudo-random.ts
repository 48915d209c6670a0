import { concat, fromHex } from '../bytes.ts';
import type { CipherSuite } from './cipher-suite.ts';

/** c0 and c1 of 9303-11, 4.4.3.3.2, for nonces of 128 and of 256 bits. */
const constants = {
  16: ['a668892a7c41e3ca739f40b057d85904', 'a4e136ac725f738b01c1f60217c188ad'],
  32: [
    'd463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676',
    '54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517',
  ],
} as const;

/**
 * R(s, t) of integrated mapping: the chip's nonce `s` and the reader's `t` stretched to `bits` + 64 or more. Undefined
 * when the chip's nonce has not the length that the cipher asks for.
 */
export function pseudoRandom(
  suite: CipherSuite,
  s: Uint8Array,
  t: Uint8Array,
  bits: number,
): Uint8Array | undefined {
  if (s.length !== 16 && s.length !== 32) return undefined;
  const [c0, c1] = constants[s.length].map(fromHex) as [Uint8Array, Uint8Array];
  const encrypt = (key: Uint8Array, data: Uint8Array) =>
    suite.encrypt(key.subarray(0, t.length), new Uint8Array(suite.blockLength), data);
  const blocks: Uint8Array[] = [];
  let key = encrypt(t, s);
  for (let have = 0; have < bits + 64; have += s.length * 8) {
    blocks.push(encrypt(key, c1));
    key = encrypt(key, c0);
  }
  return concat(...blocks);
}
