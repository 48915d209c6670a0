import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../bytes.ts';
import { cipherSuite } from './cipher-suite.ts';
import { aesCmac } from './mac.ts';

describe('AES-CMAC', () => {
  // RFC 4493, chapter 4.
  const key = fromHex('2b7e151628aed2a6abf7158809cf4f3c');
  const message = fromHex(
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51' +
      '30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
  );
  it.each([
    [0, 'bb1d6929e95937287fa37d129b756746'],
    [16, '070a16b46b4d4144f79bdd9dd04a287c'],
    [40, 'dfa66747de9ae63030ca32611497c827'],
    [64, '51f0bebf7e3b9d92fc49741779363cfe'],
  ])('of %i bytes is that of RFC 4493', (length, mac) => {
    expect(toHex(aesCmac(key, message.subarray(0, length)))).toBe(mac);
  });

  it('with 256 bits is that of NIST SP 800-38B, example 10', () => {
    const long = fromHex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4');
    expect(toHex(aesCmac(long, message.subarray(0, 16)))).toBe('28a7023f452e8f82bd4bf28d8c37c35c');
  });
});

describe('key derivation', () => {
  // 9303-11, appendix G.1: MRZ of the PACE example; its shared secret gives the session keys.
  const secret = fromHex('28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925');

  it('gives the session keys of the PACE example', () => {
    const suite = cipherSuite('aes-128');
    expect(toHex(suite.deriveKey(secret, 1))).toBe('f5f0e35c0d7161ee6724ee513a0d9a7f');
    expect(toHex(suite.deriveKey(secret, 2))).toBe('fe251c7858b356b24514b3bd5f4297d1');
  });

  it('gives DES keys with parity, and longer AES keys', () => {
    // 9303-11, appendix D.1.
    const seed = fromHex('239AB9CB282DAF66231DC5A4DF6BFBAE');
    expect(toHex(cipherSuite('3des').deriveKey(seed, 1))).toBe('ab94fdecf2674fdfb9b391f85d7f76f2');
    expect(cipherSuite('aes-192').deriveKey(seed, 1)).toHaveLength(24);
    expect(cipherSuite('aes-256').deriveKey(seed, 1)).toHaveLength(32);
  });
});
