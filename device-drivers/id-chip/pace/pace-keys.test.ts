import { unwrap } from '@motcua/core';
import { describe, expect, it } from 'vitest';
import { mrzInformation } from '../bac/bac-keys.ts';
import { fromHex, toHex } from '../bytes.ts';
import { cipherSuite } from '../crypto/cipher-suite.ts';
import { authenticationToken, paceSessionKeys, passwordKey } from './pace-keys.ts';
import { paceGroup, paceSuite } from './pace-suite.ts';

// ICAO 9303-11, appendix G.1: ECDH, generic mapping, AES-128, brainpoolP256r1.
const suite = paceSuite('0.4.0.127.0.7.2.2.4.2.2', 13)!;
const group = paceGroup(suite);
const nonce = fromHex('3F00C4D39D153F2B2A214A078D899B22');
const mapping = {
  reader: fromHex('7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99'),
  card: fromHex('498FF49756F2DC1587840041839A85982BE7761D14715FB091EFA7BCE9058560'),
};
const agreement = {
  reader: fromHex('A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595'),
  card: fromHex('107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A'),
};

describe('PACE of the worked example', () => {
  const cardMapping =
    '04824fba91c9cbe26bef53a0ebe7342a3bf178cea9f45de0b70aa601651fba3f57' +
    '30d8c879aaa9c9f73991e61b58f4d52eb87a0a0c709a49dc63719363ccd13c54';
  const generator = fromHex(
    '048CED63C91426D4F0EB1435E7CB1D74A46723A0AF21C89634F65A9AE87A9265E2' +
      '8C879506743F8611AC33645C5B985C80B5F09A0B83407C1B6A4D857AE76FE522',
  );
  const readerKey =
    '042db7a64c0355044ec9df190514c625cba2cea48754887122f3a5ef0d5edd301c' +
    '3556f3b3b186df10b857b58f6a7eb80f20ba5dc7be1d43d9bf850149fbb36462';

  it('takes the nonce out under the key of the zone', () => {
    const key = passwordKey(cipherSuite('aes-128'), {
      kind: 'mrz',
      information: mrzInformation({ documentNumber: 'T22000129', birthDate: '640812', expiryDate: '101031' }),
    });
    expect(toHex(key)).toBe('89ded1b26624ec1e634c1989302849dd');
    const plain = cipherSuite('aes-128').decrypt(
      key,
      new Uint8Array(16),
      fromHex('95A3A016522EE98D01E76CB6B98B42C3'),
    );
    expect(toHex(plain)).toBe(toHex(nonce));
  });

  it('maps the generator alike on both sides', () => {
    const readerPublic = group.publicKey(mapping.reader);
    expect(toHex(readerPublic)).toBe(
      '047acf3efc982ec45565a4b155129efbc74650dcbfa6362d896fc70262e0c2cc5e' +
        '544552dcb6725218799115b55c9baa6d9f6bc3a9618e70c25af71777a9c4922d',
    );
    expect(toHex(group.publicKey(mapping.card))).toBe(cardMapping);
    expect(unwrap(group.mapGenerator(nonce, mapping.reader, fromHex(cardMapping)))).toEqual(generator);
    expect(unwrap(group.mapGenerator(nonce, mapping.card, readerPublic))).toEqual(generator);
  });

  it('agrees on the keys and on the tokens', () => {
    expect(toHex(group.publicKey(agreement.reader, generator))).toBe(readerKey);
    const cardKey = group.publicKey(agreement.card, generator);
    const secret = unwrap(group.sharedSecret(agreement.reader, cardKey));
    expect(unwrap(group.sharedSecret(agreement.card, fromHex(readerKey)))).toEqual(secret);
    const keys = paceSessionKeys(suite, secret);
    expect(toHex(keys.encryption)).toBe('f5f0e35c0d7161ee6724ee513a0d9a7f');
    expect(toHex(authenticationToken(suite.oid, keys, 'ecdh', cardKey))).toBe('c2b0bd78d94ba866');
    expect(toHex(authenticationToken(suite.oid, keys, 'ecdh', fromHex(readerKey)))).toBe('3abb9674bce93c08');
  });
});
