import { randomBytes } from 'node:crypto';
import { unwrap } from '@motcua/core';
import { describe, expect, it } from 'vitest';
import { fromInteger, toHex } from '../bytes.ts';
import type { AgreementGroup } from './agreement-group.ts';
import { type DhGroupName, dhGroup } from './dh-group.ts';
import { type CurveName, curve, curveOids } from './ec-curve.ts';
import { ecGroup } from './ec-group.ts';

const groups: readonly AgreementGroup[] = [
  ...(Object.keys(curveOids) as CurveName[]).map(ecGroup),
  ...(['rfc5114-1024-160', 'rfc5114-2048-224', 'rfc5114-2048-256'] as DhGroupName[]).map(dhGroup),
];

describe.each(groups.map((group) => [group.name, group] as const))('%s', (_, group) => {
  it('two sides map the same generator and agree on it', () => {
    const nonce = randomBytes(16);
    const [one, other] = [group.drawPrivateKey(randomBytes), group.drawPrivateKey(randomBytes)];
    const mapped = unwrap(group.mapGenerator(nonce, one, group.publicKey(other)));
    expect(unwrap(group.mapGenerator(nonce, other, group.publicKey(one)))).toEqual(mapped);
    const publicOne = group.publicKey(one, mapped);
    const publicOther = group.publicKey(other, mapped);
    expect(publicOne).not.toEqual(group.publicKey(one));
    const secret = unwrap(group.sharedSecret(one, publicOther));
    expect(unwrap(group.sharedSecret(other, publicOne))).toEqual(secret);
  });

  it('refuses what is not of the group', () => {
    const key = group.drawPrivateKey(randomBytes);
    const good = group.publicKey(key);
    const strangers =
      group.kind === 'ecdh'
        ? [
            Uint8Array.of(0),
            good.subarray(1),
            good.map((byte, at) => (at === 5 ? byte ^ 1 : byte)),
            // Compressed.
            good.slice(0, 1 + (good.length - 1) / 2).fill(2, 0, 1),
            new Uint8Array(100_000).fill(4),
          ]
        : [Uint8Array.of(0), Uint8Array.of(1), Uint8Array.of(2), new Uint8Array(100_000).fill(4)];
    for (const stranger of strangers) {
      expect(group.sharedSecret(key, stranger)).toMatchObject({ error: { code: 'group-bad-public-key' } });
      expect(group.mapGenerator(new Uint8Array(16), key, stranger).ok).toBe(false);
    }
  });
});

describe('points', () => {
  it('are padded when a coordinate is short', () => {
    const p256 = ecGroup('prime256v1');
    const mapped = p256.publicKey(fromInteger(5n, 32));
    for (let key = 1n; key < 600n; key += 1n)
      expect(p256.publicKey(fromInteger(key, 32), mapped), `${key}`).toHaveLength(65);
  });

  it('keep their sign: small multiples of a public point are its sums', () => {
    for (const name of ['secp224r1', 'brainpoolP192r1', 'prime256v1'] as const) {
      const group = ecGroup(name);
      const length = curve(name).fieldLength;
      const base = group.publicKey(fromInteger(7n, length));
      for (const factor of [1n, 2n, 3n, 20n, curve(name).order - 1n])
        expect(toHex(group.publicKey(fromInteger(factor, length), base))).toBe(
          toHex(group.publicKey(fromInteger((7n * factor) % curve(name).order, length))),
        );
    }
  });
});
