import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../bytes.ts';
import { bacKeys, bacSessionKeys, mrzInformation, openBac, sealBac } from './bac-keys.ts';

// ICAO 9303-11, appendices D.1 to D.3: the specimen L898902C.
const information = mrzInformation({ documentNumber: 'L898902C', birthDate: '690806', expiryDate: '940623' });
const challengeOfCard = fromHex('4608F91988702212');
const challengeOfReader = fromHex('781723860C06C226');
const keyOfReader = fromHex('0B795240CB7049B01C19B33E32804F0B');

describe('keys of basic access control', () => {
  it('come from the zone as in the worked example', () => {
    expect(information).toBe('L898902C<369080619406236');
    const keys = bacKeys(information);
    expect(toHex(keys.encryption)).toBe('ab94fdecf2674fdfb9b391f85d7f76f2');
    expect(toHex(keys.mac)).toBe('7962d9ece03d1acd4c76089dce131543');
  });

  it('seal the challenge, open the answer and give the session as in the worked example', () => {
    const keys = bacKeys(information);
    const sealed = sealBac(keys, concat(challengeOfReader, challengeOfCard, keyOfReader));
    expect(toHex(sealed)).toBe(
      '72c29c2371cc9bdb65b779b8e8d37b29ecc154aa56a8799fae2f498f76ed92f25f1448eea8ad90a7',
    );
    const answer = openBac(
      keys,
      fromHex('46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D7449'),
    );
    expect(answer && toHex(answer)).toBe('4608f91988702212781723860c06c2260b4f80323eb3191cb04970cb4052790b');
    const session = bacSessionKeys(keyOfReader, answer!.subarray(16), challengeOfCard, challengeOfReader);
    expect(toHex(session.encryption)).toBe('979ec13b1cbfe9dcd01ab0fed307eae5');
    expect(toHex(session.mac)).toBe('f1cb1f1fb5adf208806b89dc579dc1f8');
    expect(toHex(session.counter!)).toBe('887022120c06c226');
  });

  it('open nothing whose MAC does not hold', () => {
    const keys = bacKeys(information);
    const sealed = sealBac(keys, new Uint8Array(32));
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = sealed.map((byte, index) => (index === at ? byte ^ 1 : byte));
      expect(openBac(keys, altered)).toBeUndefined();
    }
  });
});
