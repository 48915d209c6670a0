import { err, ok, type Result } from '@motcua/core';
import type { CommandApdu } from '../apdu.ts';
import { equalBytes, type RandomBytes } from '../bytes.ts';
import type { CardSession, SessionError } from '../card-session.ts';
import { cipherSuite } from '../crypto/cipher-suite.ts';
import { pseudoRandom } from '../crypto/pseudo-random.ts';
import { encodeOid } from '../oid.ts';
import type { SessionKeys } from '../secure-messaging/secure-messaging.ts';
import { encodeTlv, findTlv, readTlv } from '../tlv.ts';
import {
  authenticationToken,
  type PacePassword,
  paceSessionKeys,
  passwordKey,
  passwordReference,
} from './pace-keys.ts';
import { type PaceSuite, paceGroup } from './pace-suite.ts';

export type PaceError =
  | SessionError
  /** The chip has checked our token and refused it: the CAN or the MRZ data are not this card's. */
  | { readonly code: 'wrong-password' }
  /** The chip broke off or answered what the protocol has no place for. `step` counts from 0, MSE:Set AT. */
  | { readonly code: 'pace-failed'; readonly step: number; readonly status: number | null };

/**
 * PACE with generic or integrated mapping (9303-11, 4.4). On success the session goes on under the new keys. Whatever fails, the
 * caller must not go on with a weaker protocol: the card is reset and asked anew, or the reading ends.
 */
export async function performPace(
  session: CardSession,
  suite: PaceSuite,
  password: PacePassword,
  random: RandomBytes,
): Promise<Result<SessionKeys, PaceError>> {
  const cipher = cipherSuite(suite.cipher);
  const group = paceGroup(suite);
  const selected = await selectProtocol(session, suite, password);
  if (!selected.ok) return selected;

  const encrypted = await exchange(session, 1, undefined, 0x80);
  if (!encrypted.ok) return encrypted;
  const { length } = encrypted.value;
  if (length < 8 || length > 64 || length % cipher.blockLength !== 0) return broken(1);
  const nonce = cipher.decrypt(
    passwordKey(cipher, password),
    new Uint8Array(cipher.blockLength),
    encrypted.value,
  );

  const generator = await mapGenerator(session, suite, nonce, random);
  if (!generator.ok) return generator;

  const agreementKey = group.drawPrivateKey(random);
  const ours = group.publicKey(agreementKey, generator.value);
  const theirs = await exchange(session, 3, encodeTlv(0x83, ours), 0x84);
  if (!theirs.ok) return theirs;
  // 4.4.3.3: the same key back would be our own token reflected.
  if (equalBytes(theirs.value, ours)) return broken(3);
  const secret = group.sharedSecret(agreementKey, theirs.value);
  if (!secret.ok) return broken(3);
  const keys = paceSessionKeys(suite, secret.value);

  const token = authenticationToken(suite.oid, keys, group.kind, theirs.value);
  const answered = await exchange(session, 4, encodeTlv(0x85, token), 0x86);
  if (!answered.ok) return answered;
  if (!equalBytes(answered.value, authenticationToken(suite.oid, keys, group.kind, ours))) return broken(4);
  session.secure(keys);
  return ok(keys);
}

/** Step 2: both sides come to the same generator, which nobody without the nonce could foresee. */
async function mapGenerator(
  session: CardSession,
  suite: PaceSuite,
  nonce: Uint8Array,
  random: RandomBytes,
): Promise<Result<Uint8Array, PaceError>> {
  const group = paceGroup(suite);
  switch (suite.mapping) {
    case 'generic': {
      const key = group.drawPrivateKey(random);
      const theirs = await exchange(session, 2, encodeTlv(0x81, group.publicKey(key)), 0x82);
      if (!theirs.ok) return theirs;
      const mapped = group.mapGenerator(nonce, key, theirs.value);
      return mapped.ok ? mapped : broken(2);
    }
    case 'integrated': {
      const cipher = cipherSuite(suite.cipher);
      const ours = random(cipher.deriveKey(nonce, 1).length);
      const sent = await exchange(session, 2, encodeTlv(0x81, ours), 0x82);
      if (!sent.ok) return sent;
      const bytes = pseudoRandom(cipher, nonce, ours, group.bits);
      const mapped = bytes && group.mapPseudoRandom(bytes);
      return mapped?.ok ? mapped : broken(2);
    }
  }
}

/** MSE:Set AT. Tag 84 names the domain parameters; some chips refuse it where it is not needed. No Le. */
async function selectProtocol(
  session: CardSession,
  suite: PaceSuite,
  password: PacePassword,
): Promise<Result<void, PaceError>> {
  const head = [
    encodeTlv(0x80, encodeOid(suite.oid)),
    encodeTlv(0x83, Uint8Array.of(passwordReference(password))),
  ];
  const reference = encodeTlv(0x84, Uint8Array.of(suite.parameterId));
  let status = 0;
  for (const parts of [[...head, reference], head]) {
    const answer = await session.send({ cla: 0, ins: 0x22, p1: 0xc1, p2: 0xa4, data: Buffer.concat(parts) });
    if (!answer.ok) return answer;
    status = answer.value.status;
    // 63Cx: fewer tries are left after a wrong password; the command itself was carried out.
    if (status === 0x9000 || (status & 0xfff0) === 0x63c0) return ok(undefined);
  }
  return broken(0, status);
}

/** One GENERAL AUTHENTICATE with one data object out and one back. */
async function exchange(
  session: CardSession,
  step: 1 | 2 | 3 | 4,
  object: Uint8Array | undefined,
  expected: number,
): Promise<Result<Uint8Array, PaceError>> {
  const command: CommandApdu = {
    // Command chaining: all but the last.
    cla: step < 4 ? 0x10 : 0x00,
    ins: 0x86,
    p1: 0,
    p2: 0,
    data: object ? encodeTlv(0x7c, object) : encodeTlv(0x7c),
    le: 256,
  };
  // An answer above 256 bytes (2048-bit DH) needs the extended form, as its command does.
  const answer = await session.send(object && object.length > 240 ? { ...command, le: 65_536 } : command);
  if (!answer.ok) return answer;
  const { status, data } = answer.value;
  if (step === 4 && isPasswordRefused(status)) return err({ code: 'wrong-password' });
  if (status !== 0x9000) return broken(step, status);
  // The chip has nothing to say to a nonce of integrated mapping.
  if (step === 2 && object?.[0] === 0x81 && data.length <= 4) return ok(new Uint8Array(0));
  const template = readTlv(data);
  const value =
    template.ok && template.value.tag === 0x7c ? findTlv(template.value.value, expected) : undefined;
  return value ? ok(value) : broken(step, status);
}

/** 6300 by the standard, 63Cx where the chip counts. */
const isPasswordRefused = (status: number) => status >> 8 === 0x63;

const broken = (step: number, status: number | null = null) =>
  err<PaceError>({ code: 'pace-failed', step, status });
