import { constants, generateKeyPairSync, type KeyObject, privateEncrypt, sign } from 'node:crypto';
import { ok } from '@motcua/core';
import { describe, expect, it } from 'vitest';
import { concat, fromHex } from '../bytes.ts';
import type { CardSession } from '../card-session.ts';
import { encodeTlv } from '../tlv.ts';
import { authenticateActively } from './active-authentication.ts';
import { verifyIso9796 } from './iso-9796-2.ts';

// ICAO 9303-11, appendix F: the message representative of the worked example, which gives no key.
const challenge = fromHex('F173589974BF40C6');
const representative = fromHex(
  '6A9D2784A67F8E7C659973EA1AEA25D95B6C8F91E5002F369F0FBDCE8A3CEC1991B543F1696546C5524CF23A5303CD6C98599F40B79F377B5F3A1406B3B4D8F9' +
    '6784D23AA88DB7E1032A405E69325FA91A6E86F5C71AEA978264C4A207446DAD4E7292E2DCDA3024B47DA8C063AA1E6D22FBD976AB0FE73D94D2D9C6D88127BC',
);

const dataGroup15 = (key: KeyObject) => encodeTlv(0x6f, key.export({ type: 'spki', format: 'der' }));
const chip = (answer: (challenge: Uint8Array) => Uint8Array, status = 0x9000): CardSession => ({
  send: async ({ data }) => ok({ data: answer(data!), status }),
  secure: () => {},
});

describe('ISO 9796-2 with partial recovery', () => {
  it('holds for the worked example and for nothing near it', () => {
    expect(verifyIso9796(representative, challenge)).toBe(true);
    expect(verifyIso9796(representative, fromHex('F173589974BF40C7'))).toBe(false);
    for (let at = 0; at < representative.length; at += 1) {
      const altered = representative.map((byte, index) => (index === at ? byte ^ 4 : byte));
      expect(verifyIso9796(altered, challenge), `byte ${at}`).toBe(false);
    }
  });

  it('refuses what is too short', () => {
    for (const length of [0, 1, 2, 22, 23])
      expect(verifyIso9796(new Uint8Array(length).fill(0xbc), challenge)).toBe(false);
  });
});

describe('active authentication', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1_024 });
  const raw = (data: Uint8Array) =>
    privateEncrypt({ key: rsa.privateKey, padding: constants.RSA_NO_PADDING }, data);

  it('by RSA is proved with the worked example’s message', async () => {
    const session = chip(() => raw(representative));
    const proof = await authenticateActively(session, dataGroup15(rsa.publicKey), [], () => challenge);
    expect(proof).toEqual({ ok: true, value: undefined });
  });

  it('fails for an answer to another challenge, of another length, or by another key', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    const failed = { ok: false, error: { code: 'active-authentication-failed' } };
    const stale = chip(() => raw(representative));
    const fresh = () => fromHex('0102030405060708');
    expect(await authenticateActively(stale, dataGroup15(rsa.publicKey), [], fresh)).toEqual(failed);
    const short = chip(() => raw(representative).subarray(1));
    expect(await authenticateActively(short, dataGroup15(rsa.publicKey), [], () => challenge)).toEqual(
      failed,
    );
    expect(await authenticateActively(stale, dataGroup15(other.publicKey), [], () => challenge)).toEqual(
      failed,
    );
  });

  it.each(['ieee-p1363', 'der'] as const)('by ECDSA is proved, written %s', async (dsaEncoding) => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' });
    const infos = [
      {
        oid: '2.23.136.1.1.5',
        required: fromHex('020101'),
        // ecdsa-plain-SHA256
        optional: concat(fromHex('060a'), fromHex('04007f00070101040103')),
      },
    ];
    const session = chip((data) => sign('sha256', data, { key: ec.privateKey, dsaEncoding }));
    const random = () => challenge;
    expect((await authenticateActively(session, dataGroup15(ec.publicKey), infos, random)).ok).toBe(true);
    const wrong = chip((data) =>
      sign(
        'sha256',
        data.map((byte) => byte ^ 1),
        { key: ec.privateKey, dsaEncoding },
      ),
    );
    expect((await authenticateActively(wrong, dataGroup15(ec.publicKey), infos, random)).ok).toBe(false);
  });

  it('refuses keys that only cost time', async () => {
    const spki = rsa.publicKey.export({ type: 'spki', format: 'der' });
    expect(
      await authenticateActively(
        chip(() => spki),
        encodeTlv(0x6f, Buffer.alloc(70_000, 0x30)),
        [],
        () => challenge,
      ),
    ).toMatchObject({
      error: { code: 'active-authentication-bad-key' },
    });
  });
});
