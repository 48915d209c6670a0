import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import { err, ok, type Result } from '@motcua/core';
import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import { readPems } from './pem.ts';

const TYPE = 'motcua-content+jwt';
const MAX_TOKEN_CHARACTERS = 8_388_608;

export type ContentTokenError = {
  readonly code:
    | 'content-malformed'
    | 'content-too-long'
    | 'content-signer-unknown'
    | 'content-bad-signature';
};

/**
 * A document that the city gives its kiosks (catalogue, configuration): JWS compact, ES256, `typ`
 * `motcua-content+jwt`, so that no receipt can stand for one, nor the other way round.
 */
export function signContent(
  claims: object,
  key: { readonly privateKey: KeyObject; readonly certificate: X509Certificate },
): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', typ: TYPE, 'x5t#S256': thumbprint(key.certificate) })
    .sign(key.privateKey);
}

/**
 * What the city signed, as JSON that the caller still validates: its kind, its kiosk, and that its version is not
 * older than the one in use. Believed are only certificates that the caller was given beforehand; their validity time
 * is not looked at, because the clock of a kiosk may be wrong.
 */
export async function verifyContent(
  token: string,
  trustedCertificatesPem: readonly string[],
): Promise<Result<unknown, ContentTokenError>> {
  if (token.length > MAX_TOKEN_CHARACTERS) return err({ code: 'content-too-long' });
  let header: ReturnType<typeof decodeProtectedHeader>;
  try {
    header = decodeProtectedHeader(token);
  } catch {
    return err({ code: 'content-malformed' });
  }
  if (header.typ !== TYPE || header.alg !== 'ES256') return err({ code: 'content-malformed' });
  const signer = readPems(trustedCertificatesPem).find((one) => thumbprint(one) === header['x5t#S256']);
  if (signer === undefined) return err({ code: 'content-signer-unknown' });
  let payload: Uint8Array;
  try {
    ({ payload } = await compactVerify(token, signer.publicKey, { algorithms: ['ES256'] }));
  } catch {
    return err({ code: 'content-bad-signature' });
  }
  try {
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)));
  } catch {
    return err({ code: 'content-malformed' });
  }
}

function thumbprint(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('base64url');
}
