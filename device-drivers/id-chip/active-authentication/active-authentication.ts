import { constants, type KeyObject, publicDecrypt, verify } from 'node:crypto';
import { err, ok, type Result } from '@motcua/core';
import { fromInteger, type RandomBytes, toInteger } from '../bytes.ts';
import type { CardSession, SessionError } from '../card-session.ts';
import { decodeOid } from '../oid.ts';
import { importPublicKey } from '../passive-authentication/algorithms.ts';
import type { SecurityInfo } from '../security-infos.ts';
import { readTlv } from '../tlv.ts';
import { verifyIso9796 } from './iso-9796-2.ts';

export type ActiveAuthenticationError =
  | SessionError
  | { readonly code: 'active-authentication-refused'; readonly status: number }
  /** The signature is not by the key in DG15. */
  | { readonly code: 'active-authentication-failed' }
  /** The key in DG15 is of no kind that is known here. */
  | { readonly code: 'active-authentication-bad-key' };

const ACTIVE_AUTHENTICATION = '2.23.136.1.1.5';
/** ecdsa-plain-SHA1 to SHA512 of BSI TR-03111. */
const plainEcdsa: Readonly<Record<string, string>> = {
  '0.4.0.127.0.7.1.1.4.1.1': 'sha1',
  '0.4.0.127.0.7.1.1.4.1.2': 'sha224',
  '0.4.0.127.0.7.1.1.4.1.3': 'sha256',
  '0.4.0.127.0.7.1.1.4.1.4': 'sha384',
  '0.4.0.127.0.7.1.1.4.1.5': 'sha512',
};

/**
 * Active authentication (9303-11, 6.1): the chip signs a challenge with the private half of its key in DG15. RSA by
 * ISO 9796-2; ECDSA with the hash that DG14 names, by the key's length when it names none.
 */
export async function authenticateActively(
  session: CardSession,
  dataGroup15: Uint8Array,
  infos: readonly SecurityInfo[],
  random: RandomBytes,
): Promise<Result<void, ActiveAuthenticationError>> {
  const template = readTlv(dataGroup15);
  const key = template.ok && template.value.tag === 0x6f ? importPublicKey(template.value.value) : undefined;
  if (!key?.ok) return err({ code: 'active-authentication-bad-key' });
  const challenge = random(8);
  const answer = await session.send({
    cla: 0,
    ins: 0x88,
    p1: 0,
    p2: 0,
    data: challenge,
    le: lengthOf(key.value),
  });
  if (!answer.ok) return answer;
  const { data, status } = answer.value;
  if (status !== 0x9000) return err({ code: 'active-authentication-refused', status });
  const holds =
    key.value.asymmetricKeyType === 'ec'
      ? verifyEcdsa(key.value, challenge, data, infos)
      : verifyRsa(key.value, challenge, data);
  return holds ? ok(undefined) : err({ code: 'active-authentication-failed' });
}

/** A signature longer than a protected short answer carries needs the extended form. */
function lengthOf(key: KeyObject): number {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return bits > 1_664 ? 65_536 : 256;
}

function verifyRsa(key: KeyObject, challenge: Uint8Array, signature: Uint8Array): boolean {
  const modulusLength = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  if (signature.length !== modulusLength) return false;
  let recovered: Uint8Array;
  try {
    recovered = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  } catch {
    // Not below the modulus.
    return false;
  }
  if (verifyIso9796(recovered, challenge)) return true;
  // ISO 9796-2, B.3: the smaller of s and n - s may have been sent.
  const modulus = toInteger(Buffer.from(key.export({ format: 'jwk' }).n ?? '', 'base64url'));
  return verifyIso9796(fromInteger(modulus - toInteger(recovered), modulusLength), challenge);
}

function verifyEcdsa(
  key: KeyObject,
  challenge: Uint8Array,
  signature: Uint8Array,
  infos: readonly SecurityInfo[],
): boolean {
  const named = infos.find(({ oid }) => oid === ACTIVE_AUTHENTICATION)?.optional;
  const identifier = named && readTlv(named);
  const hash = identifier?.ok ? plainEcdsa[decodeOid(identifier.value.value) ?? ''] : undefined;
  const hashes = hash ? [hash] : ['sha1', 'sha224', 'sha256', 'sha384', 'sha512'];
  // Plain by the standard; some chips send the form of X9.62.
  return hashes.some((each) =>
    (['ieee-p1363', 'der'] as const).some((dsaEncoding) =>
      verify(each, challenge, { key, dsaEncoding }, signature),
    ),
  );
}
