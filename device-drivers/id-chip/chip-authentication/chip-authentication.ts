import { err, ok, type Result } from '@motcua/core';
import type { RandomBytes } from '../bytes.ts';
import { fromInteger } from '../bytes.ts';
import type { CardSession, SessionError } from '../card-session.ts';
import type { AgreementGroup } from '../crypto/agreement-group.ts';
import { type CipherName, cipherSuite } from '../crypto/cipher-suite.ts';
import { dhGroupOfKey } from '../crypto/dh-group.ts';
import { ecGroup } from '../crypto/ec-group.ts';
import { encodeOid } from '../oid.ts';
import { curveOf, parseAlgorithm } from '../passive-authentication/algorithms.ts';
import type { SecurityInfo } from '../security-infos.ts';
import { smallInteger } from '../security-infos.ts';
import { encodeTlv, readTlv, readTlvs } from '../tlv.ts';

/** One key of the chip in DG14 and how to use it (9303-11, 6.2 and 9.2.5 to 9.2.6). */
export interface ChipAuthenticationKey {
  /** `0.4.0.127.0.7.2.2.3.2.2` and the like. */
  readonly protocol: string;
  readonly cipher: CipherName;
  readonly group: AgreementGroup;
  readonly publicKey: Uint8Array;
  readonly keyId: number | undefined;
}

const PUBLIC_KEY = '0.4.0.127.0.7.2.2.1';
const PROTOCOL = '0.4.0.127.0.7.2.2.3';
const ciphers: Readonly<Record<string, CipherName>> = {
  1: '3des',
  2: 'aes-128',
  3: 'aes-192',
  4: 'aes-256',
};

/** The keys that can be used here; `offered` tells whether the chip names any at all. */
export function chipAuthenticationKeys(infos: readonly SecurityInfo[]): {
  readonly offered: boolean;
  readonly keys: readonly ChipAuthenticationKey[];
} {
  const named = infos.filter(({ oid }) => oid.startsWith(`${PUBLIC_KEY}.`));
  const keys = named.flatMap((info): readonly ChipAuthenticationKey[] => {
    const family = info.oid.slice(PUBLIC_KEY.length + 1);
    const keyId = smallInteger(info.optional);
    const key = agreementKeyOf(info.required);
    if (!key) return [];
    const protocols = infos.filter(
      ({ oid, optional }) =>
        oid.startsWith(`${PROTOCOL}.${family}.`) &&
        (keyId === undefined || smallInteger(optional) === undefined || smallInteger(optional) === keyId),
    );
    // Without a ChipAuthenticationInfo it is the oldest: 3DES.
    const protocol = protocols.at(-1)?.oid ?? `${PROTOCOL}.${family}.1`;
    const cipher = ciphers[protocol.split('.').at(-1)!];
    return cipher ? [{ protocol, cipher, ...key, keyId }] : [];
  });
  return { offered: named.length > 0, keys };
}

/** SubjectPublicKeyInfo of an EC key, or of a classic one (PKCS #3 or X9.42). */
function agreementKeyOf(
  subjectKey: Uint8Array,
): { readonly group: AgreementGroup; readonly publicKey: Uint8Array } | undefined {
  const outer = readTlv(subjectKey);
  const parts = outer.ok ? readTlvs(outer.value.value, { maxSiblings: 2 }) : undefined;
  const [first, bits] = parts?.ok ? parts.value : [];
  const algorithm = first && parseAlgorithm(first.raw);
  if (!algorithm?.parameters || bits?.tag !== 0x03) return undefined;
  const content = bits.value.subarray(1);
  switch (algorithm.oid) {
    case '1.2.840.10045.2.1': {
      const name = curveOf(algorithm.parameters);
      return name && { group: ecGroup(name), publicKey: content };
    }
    case '1.2.840.113549.1.3.1':
    case '1.2.840.10046.2.1': {
      const group = dhGroupOfKey(algorithm.parameters, algorithm.oid === '1.2.840.10046.2.1');
      const integer = readTlv(content);
      return group && integer.ok && integer.value.tag === 0x02
        ? { group, publicKey: stripZero(integer.value.value) }
        : undefined;
    }
    default:
      return undefined;
  }
}

const stripZero = (integer: Uint8Array) => (integer[0] === 0 ? integer.subarray(1) : integer);

export type ChipAuthenticationError =
  | SessionError
  /** The chip would not begin, or broke off. */
  | { readonly code: 'chip-authentication-refused'; readonly status: number }
  /** It went through the motions but does not hold the key that it claims. */
  | { readonly code: 'chip-authentication-failed' }
  /** Its public key is not of its group. */
  | { readonly code: 'chip-authentication-bad-key' };

/**
 * Chip authentication (9303-11, 6.2.3): the chip proves by answering under the new keys that it holds the private
 * half of its key in DG14. The session goes on under them.
 */
export async function authenticateChip(
  session: CardSession,
  key: ChipAuthenticationKey,
  random: RandomBytes,
): Promise<Result<void, ChipAuthenticationError>> {
  const privateKey = key.group.drawPrivateKey(random);
  const secret = key.group.sharedSecret(privateKey, key.publicKey);
  if (!secret.ok) return err({ code: 'chip-authentication-bad-key' });
  const ours = key.group.publicKey(privateKey);
  const keyId = key.keyId === undefined ? new Uint8Array(0) : encodeTlv(0x84, fromInteger(BigInt(key.keyId)));
  const started =
    key.cipher === '3des'
      ? await send(session, 0x22, 0x41, 0xa6, Buffer.concat([encodeTlv(0x91, ours), keyId]))
      : await startAes(session, key, ours, keyId);
  if (!started.ok) return started;

  const cipher = cipherSuite(key.cipher);
  session.secure({
    suite: cipher,
    encryption: cipher.deriveKey(secret.value, 1),
    mac: cipher.deriveKey(secret.value, 2),
  });
  // Any protected answer proves it, whatever its status word.
  const proof = await session.send({ cla: 0, ins: 0xa4, p1: 2, p2: 0x0c, data: Uint8Array.of(0x01, 0x01) });
  if (proof.ok) return ok(undefined);
  const wrongKey = proof.error.code === 'sm-forged' || proof.error.code === 'sm-unprotected';
  return wrongKey ? err({ code: 'chip-authentication-failed' }) : proof;
}

async function startAes(
  session: CardSession,
  key: ChipAuthenticationKey,
  ours: Uint8Array,
  keyId: Uint8Array,
): Promise<Result<void, ChipAuthenticationError>> {
  const reference = Buffer.concat([encodeTlv(0x80, encodeOid(key.protocol)), keyId]);
  const selected = await send(session, 0x22, 0x41, 0xa4, reference);
  if (!selected.ok) return selected;
  return send(session, 0x86, 0, 0, encodeTlv(0x7c, encodeTlv(0x80, ours)), 256);
}

async function send(
  session: CardSession,
  ins: number,
  p1: number,
  p2: number,
  data: Uint8Array,
  le?: number,
): Promise<Result<void, ChipAuthenticationError>> {
  const answer = await session.send({ cla: 0, ins, p1, p2, data, ...(le !== undefined && { le }) });
  if (!answer.ok) return answer;
  const { status } = answer.value;
  return status === 0x9000 ? ok(undefined) : err({ code: 'chip-authentication-refused', status });
}
