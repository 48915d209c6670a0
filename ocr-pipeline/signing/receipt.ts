import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import { err, ok, type Result } from '@motcua/core';
import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import { readPems } from './pem.ts';

const TYPE = 'motcua-receipt+jwt';
const MAX_TOKEN_CHARACTERS = 20_000;

export type ReceiptError = {
  readonly code:
    | 'receipt-malformed'
    | 'receipt-too-long'
    | 'receipt-wrong-type'
    | 'receipt-signer-unknown'
    | 'receipt-bad-signature';
};

export interface VerifiedReceipt {
  /** Whatever JSON was signed: the caller validates it. */
  readonly claims: unknown;
  /** SHA-256 of the certificate that it was verified with, lower-case hexadecimal. */
  readonly fingerprint: string;
}

/** A receipt: JWS compact, ES256, `typ` `motcua-receipt+jwt`, the signer named by `x5t#S256` (RFC 7515, 4.1.8). */
export async function signReceipt(
  claims: object,
  key: { readonly privateKey: KeyObject; readonly certificate: X509Certificate },
): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', typ: TYPE, 'x5t#S256': thumbprint(key.certificate) })
    .sign(key.privateKey);
}

/**
 * Verifies a receipt against certificates that the caller was given beforehand; none in the token is believed.
 * Their validity time is not looked at: what is configured is trusted, whatever this machine's clock says.
 */
export async function verifyReceipt(
  token: string,
  trustedCertificatesPem: readonly string[],
): Promise<Result<VerifiedReceipt, ReceiptError>> {
  if (token.length > MAX_TOKEN_CHARACTERS) return err({ code: 'receipt-too-long' });
  let header: ReturnType<typeof decodeProtectedHeader>;
  try {
    header = decodeProtectedHeader(token);
  } catch {
    return err({ code: 'receipt-malformed' });
  }
  if (header.typ !== TYPE || header.alg !== 'ES256') return err({ code: 'receipt-wrong-type' });
  const certificate = readPems(trustedCertificatesPem).find((one) => thumbprint(one) === header['x5t#S256']);
  if (certificate === undefined) return err({ code: 'receipt-signer-unknown' });
  let payload: Uint8Array;
  try {
    ({ payload } = await compactVerify(token, certificate.publicKey, { algorithms: ['ES256'] }));
  } catch {
    return err({ code: 'receipt-bad-signature' });
  }
  try {
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    return ok({ claims, fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase() });
  } catch {
    return err({ code: 'receipt-malformed' });
  }
}

function thumbprint(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('base64url');
}
