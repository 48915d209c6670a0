import type { KeyObject, X509Certificate } from 'node:crypto';
import { err, ok, type Result } from '@motcua/core';
import { signToken, type TokenFault, verifyToken } from './signed-token.ts';

const TYPE = 'motcua-content+jwt';
const MAX_TOKEN_CHARACTERS = 8_388_608;

export type ContentTokenError = { readonly code: `content-${Exclude<TokenFault, 'wrong-type'>}` };

/**
 * A document that the city gives its kiosks (catalogue, configuration): a signed token of its own `typ`, so that no
 * receipt can stand for one, nor the other way round.
 */
export function signContent(
  claims: object,
  key: { readonly privateKey: KeyObject; readonly certificate: X509Certificate },
): Promise<string> {
  return signToken(TYPE, claims, key);
}

/**
 * What the city signed, as JSON that the caller still validates: its kind, its kiosk, and that its version is not
 * older than the one in use. Believed are only certificates that the caller was given beforehand.
 */
export async function verifyContent(
  token: string,
  trustedCertificatesPem: readonly string[],
): Promise<Result<unknown, ContentTokenError>> {
  const expected = { type: TYPE, maxCharacters: MAX_TOKEN_CHARACTERS, trustedCertificatesPem };
  const verified = await verifyToken(token, expected);
  if (verified.ok) return ok(verified.value.claims);
  return err({ code: verified.error === 'wrong-type' ? 'content-malformed' : `content-${verified.error}` });
}
