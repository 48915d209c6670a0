import { randomBytes } from 'node:crypto';
import { err, ok, unwrap } from '@motcua/core';
import { describe, expect, it } from 'vitest';
import { bits, integer, oid, sequence, setOf } from '../../simulators/chip/der.ts';
import { fromInteger, toInteger } from '../bytes.ts';
import type { CardSession } from '../card-session.ts';
import { cipherSuite } from '../crypto/cipher-suite.ts';
import { type DhGroupName, dhGroup } from '../crypto/dh-group.ts';
import type { SessionKeys } from '../secure-messaging/secure-messaging.ts';
import { parseSecurityInfos } from '../security-infos.ts';
import { findTlv } from '../tlv.ts';
import { authenticateChip, chipAuthenticationKeys } from './chip-authentication.ts';

const BSI = '0.4.0.127.0.7.2.2';
const PKCS3 = '1.2.840.113549.1.3.1';
const X942 = '1.2.840.10046.2.1';
const random = (length: number) => Uint8Array.from(randomBytes(length));

// RFC 5114, 2.1.
const p = BigInt(
  '0xB10B8F96A080E01DDE92DE5EAE5D54EC52C99FBCFB06A3C69A6A9DCA52D23B616073E28675A23D189838EF1E2EE652C013ECB4AEA906112324975C3CD49B83BF' +
    'ACCBDD7D90C4BD7098488E9C219A73724EFFD6FAE5644738FAA31A4FF55BCCC0A151AF5F0DC8B4BD45BF37DF365C1A65E68CFDA76D4DA708DF1FB2BC2E4A4371',
);
const g = BigInt(
  '0xA4D1CBD5C3FD34126765A442EFB99905F8104DD258AC507FD6406CFF14266D31266FEA1E5C41564B777E690F5504F213160217B4B01B886A5E91547F9E2749F4' +
    'D7FBD7D3B9A92EE1909D0D2263F80A76A6A24C087A091F531DBF0A0169B6A28AD662A4D18E73AFA32D779D5918D08BC8858F4DCEF97C2A24855E6EEB22B3B2E5',
);
const q = 0xf518aa8781a8df278aba4e7d64b7cb9d49462353n;
const group = dhGroup('rfc5114-1024-160' satisfies DhGroupName);
const privateKey = group.drawPrivateKey(random);

/** DG14's entries for a classic key: the key with its numbers written out, and how it is used. */
function infosOf(algorithm: string, numbers: readonly bigint[], cipher: 1 | 2, keyId?: number) {
  const publicKey = integer(toInteger(group.publicKey(privateKey)));
  const key = sequence(sequence(oid(algorithm), sequence(...numbers.map(integer))), bits(publicKey));
  const id = keyId === undefined ? [] : [integer(keyId)];
  const set = setOf(
    sequence(oid(`${BSI}.1.1`), key, ...id),
    sequence(oid(`${BSI}.3.1.${cipher}`), integer(1), ...id),
  );
  return unwrap(parseSecurityInfos(set));
}

/** A chip that holds a private key; what it is asked is in `asked`. */
function chipWith(key: Uint8Array, cipher: '3des' | 'aes-128') {
  const suite = cipherSuite(cipher);
  const asked: string[] = [];
  let [own, reader]: (SessionKeys | undefined)[] = [];
  const agree = (publicKey: Uint8Array) => {
    const secret = unwrap(group.sharedSecret(key, publicKey));
    own = { suite, encryption: suite.deriveKey(secret, 1), mac: suite.deriveKey(secret, 2) };
    return ok({ data: new Uint8Array(0), status: 0x9000 });
  };
  const session: CardSession = {
    send: async ({ ins, p2, data = new Uint8Array(0) }) => {
      asked.push(`${ins.toString(16)} ${p2.toString(16)}${findTlv(data, 0x84) ? ' with key id' : ''}`);
      if (reader)
        return Buffer.compare(reader.mac, own!.mac) === 0
          ? ok({ data: new Uint8Array(0), status: 0x9000 })
          : err({ code: 'sm-forged' });
      if (ins === 0x22 && p2 === 0xa6) return agree(findTlv(data, 0x91)!);
      if (ins === 0x86) return agree(findTlv(findTlv(data, 0x7c)!, 0x80)!);
      return ok({ data: new Uint8Array(0), status: 0x9000 });
    },
    secure: (keys) => {
      reader = keys;
    },
  };
  return { session, asked };
}

describe('chip authentication with a classic key', () => {
  it.each([
    ['PKCS #3, AES', PKCS3, [p, g], 2, 'aes-128', undefined, ['22 a4', '86 0', 'a4 c']],
    ['X9.42, AES, with a key id', X942, [p, g, q], 2, 'aes-128', 7, ['22 a4 with key id', '86 0', 'a4 c']],
    ['X9.42, 3DES', X942, [p, g, q], 1, '3des', undefined, ['22 a6', 'a4 c']],
  ] as const)('%s: the holder of the key is told from another', async (_, algorithm, numbers, arc, cipher, id, commands) => {
    const { keys } = chipAuthenticationKeys(infosOf(algorithm, numbers, arc, id));
    expect(keys).toHaveLength(1);
    const genuine = chipWith(privateKey, cipher);
    expect(await authenticateChip(genuine.session, keys[0]!, random)).toEqual({ ok: true, value: undefined });
    expect(genuine.asked).toEqual(commands);
    const copy = chipWith(fromInteger(12_345n, 20), cipher);
    expect(await authenticateChip(copy.session, keys[0]!, random)).toEqual({
      ok: false,
      error: { code: 'chip-authentication-failed' },
    });
  });

  it.each([
    ['an even modulus', [p - 1n, g]],
    ['a modulus of 16,384 bits', [(1n << 16_384n) - 1n, g]],
    ['a modulus of 512 bits', [(1n << 512n) - 569n, 2n]],
    ['a generator of 1', [p, 1n]],
    ['no generator', [p]],
  ])('%s is no key, though one is offered', (_, numbers) => {
    expect(chipAuthenticationKeys(infosOf(PKCS3, numbers, 2))).toEqual({ offered: true, keys: [] });
  });
});
