import { createHash } from 'node:crypto';
import type { AgreementGroup } from '../crypto/agreement-group.ts';
import { type CipherSuite, cipherSuite } from '../crypto/cipher-suite.ts';
import { pad } from '../crypto/padding.ts';
import { encodeOid } from '../oid.ts';
import type { SessionKeys } from '../secure-messaging/secure-messaging.ts';
import { encodeTlv } from '../tlv.ts';
import type { PaceSuite } from './pace-suite.ts';

/** What opens the chip with PACE: the six digits on the card, or the data of its MRZ (`mrzInformation`). */
export type PacePassword =
  | { readonly kind: 'can'; readonly can: string }
  | { readonly kind: 'mrz'; readonly information: string };

/** Reference of the password in MSE:Set AT, tag 83 (9303-11, 4.4.4.1). */
export const passwordReference = (password: PacePassword) => (password.kind === 'mrz' ? 1 : 2);

/** Kπ, the key under which the nonce travels (9303-11, 9.7.2 and 9.7.3). */
export function passwordKey(suite: CipherSuite, password: PacePassword): Uint8Array {
  switch (password.kind) {
    case 'can':
      return suite.deriveKey(Buffer.from(password.can, 'latin1'), 3);
    case 'mrz':
      return suite.deriveKey(createHash('sha1').update(password.information, 'latin1').digest(), 3);
  }
}

/** KSenc, KSmac, and a counter of zero. */
export function paceSessionKeys(suite: PaceSuite, secret: Uint8Array): SessionKeys {
  const cipher = cipherSuite(suite.cipher);
  return { suite: cipher, encryption: cipher.deriveKey(secret, 1), mac: cipher.deriveKey(secret, 2) };
}

/** The token by which one side proves to hold the keys: a MAC over the *other* side's public key (9303-11, 4.4.3.4). */
export function authenticationToken(
  protocol: string,
  keys: SessionKeys,
  kind: AgreementGroup['kind'],
  otherPublicKey: Uint8Array,
): Uint8Array {
  const data = encodeTlv(
    0x7f49,
    encodeTlv(0x06, encodeOid(protocol)),
    encodeTlv(kind === 'ecdh' ? 0x86 : 0x84, otherPublicKey),
  );
  return keys.suite.mac(keys.mac, keys.suite.name === '3des' ? pad(data, 8) : data);
}
