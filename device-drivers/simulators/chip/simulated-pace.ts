import { randomBytes } from 'node:crypto';
import { equalBytes } from '../../id-chip/bytes.ts';
import { cipherSuite } from '../../id-chip/crypto/cipher-suite.ts';
import type { PacePassword } from '../../id-chip/pace/pace-keys.ts';
import { authenticationToken, paceSessionKeys, passwordKey } from '../../id-chip/pace/pace-keys.ts';
import { type PaceSuite, paceGroup } from '../../id-chip/pace/pace-suite.ts';
import type { SessionKeys } from '../../id-chip/secure-messaging/secure-messaging.ts';
import { encodeTlv, findTlv } from '../../id-chip/tlv.ts';

/** Status words of ISO 7816-4 that the applet gives. */
export const status = {
  ok: 0x9000,
  endOfFile: 0x6282,
  verificationFailed: 0x6300,
  wrongLength: 0x6700,
  smMissing: 0x6987,
  smWrong: 0x6988,
  securityNotSatisfied: 0x6982,
  conditionsNotSatisfied: 0x6985,
  wrongData: 0x6a80,
  fileNotFound: 0x6a82,
  referenceNotFound: 0x6a88,
  wrongOffset: 0x6b00,
  unknownInstruction: 0x6d00,
  unknownClass: 0x6e00,
} as const;

export interface Answer {
  readonly data: Uint8Array;
  readonly status: number;
}

export const only = (code: number): Answer => ({ data: new Uint8Array(0), status: code });

/** The card's side of PACE with generic mapping (ICAO 9303-11, 4.4): four GENERAL AUTHENTICATE in this order. */
export interface PaceRun {
  step(data: Uint8Array): Answer;
  /** After the fourth step. */
  keys(): SessionKeys | null;
}

export function startPace(suite: PaceSuite, password: PacePassword): PaceRun {
  const cipher = cipherSuite(suite.cipher);
  const group = paceGroup(suite);
  const nonce = Uint8Array.from(randomBytes(16));
  const mappingKey = group.drawPrivateKey(randomBytes);
  const ephemeralKey = group.drawPrivateKey(randomBytes);
  let generator: Uint8Array | null = null;
  let ownPublicKey: Uint8Array = new Uint8Array(0);
  let otherPublicKey: Uint8Array = new Uint8Array(0);
  let keys: SessionKeys | null = null;
  let isDone = false;
  let next = 0;

  const steps: readonly ((content: Uint8Array) => Answer)[] = [
    () => {
      const key = passwordKey(cipher, password);
      return reply(0x80, cipher.encrypt(key, new Uint8Array(cipher.blockLength), nonce));
    },
    (content) => {
      const other = findTlv(content, 0x81);
      const mapped = other && group.mapGenerator(nonce, mappingKey, other);
      if (!mapped?.ok) return only(status.wrongData);
      generator = mapped.value;
      return reply(0x82, group.publicKey(mappingKey));
    },
    (content) => {
      const other = findTlv(content, 0x83);
      const secret = other && group.sharedSecret(ephemeralKey, other);
      if (!secret?.ok || !generator) return only(status.wrongData);
      ownPublicKey = group.publicKey(ephemeralKey, generator);
      otherPublicKey = other as Uint8Array;
      keys = paceSessionKeys(suite, secret.value);
      return reply(0x84, ownPublicKey);
    },
    (content) => {
      const token = findTlv(content, 0x85);
      if (!token || !keys) return only(status.wrongData);
      // Both sides hold the same keys only when both started from the same password.
      if (!equalBytes(token, authenticationToken(suite.oid, keys, group.kind, ownPublicKey)))
        return only(status.verificationFailed);
      isDone = true;
      return reply(0x86, authenticationToken(suite.oid, keys, group.kind, otherPublicKey));
    },
  ];

  return {
    step: (data) => {
      const step = steps[next];
      const content = findTlv(data, 0x7c);
      next += 1;
      return step && content ? step(content) : only(status.wrongData);
    },
    keys: () => (isDone ? keys : null),
  };
}

const reply = (tag: number, value: Uint8Array): Answer => ({
  data: encodeTlv(0x7c, encodeTlv(tag, value)),
  status: status.ok,
});
