import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import { err, ok, type Result } from '@motcua/core';
import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import { readPems } from './pem.ts';

export type TokenFault = 'malformed' | 'too-long' | 'wrong-type' | 'signer-unknown' | 'bad-signature';

/** What the city signs: JWS compact, ES256, the signer named by `x5t#S256` (RFC 7515, 4.1.8). */
export function signToken(
  type: string,
  claims: object,
  key: { readonly privateKey: KeyObject; readonly certificate: X509Certificate },
): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', typ: type, 'x5t#S256': thumbprint(key.certificate) })
    .sign(key.privateKey);
}

/**
 * Verifies a token against certificates that the caller was given beforehand; none in the token is believed. Their
 * validity time is not looked at: what is configured is trusted, whatever this machine's clock says.
 */
export async function verifyToken(
  token: string,
  expected: {
    readonly type: string;
    readonly maxCharacters: number;
    readonly trustedCertificatesPem: readonly string[];
  },
): Promise<Result<{ readonly claims: unknown; readonly signer: X509Certificate }, TokenFault>> {
  if (token.length > expected.maxCharacters) return err('too-long');
  let header: ReturnType<typeof decodeProtectedHeader>;
  try {
    header = decodeProtectedHeader(token);
  } catch {
    return err('malformed');
  }
  if (header.typ !== expected.type || header.alg !== 'ES256') return err('wrong-type');
  const signer = readPems(expected.trustedCertificatesPem).find(
    (one) => thumbprint(one) === header['x5t#S256'],
  );
  if (signer === undefined) return err('signer-unknown');
  let payload: Uint8Array;
  try {
    ({ payload } = await compactVerify(token, signer.publicKey, { algorithms: ['ES256'] }));
  } catch {
    return err('bad-signature');
  }
  try {
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    return ok({ claims, signer });
  } catch {
    return err('malformed');
  }
}

function thumbprint(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('base64url');
}
