import type { KeyObject, X509Certificate } from 'node:crypto';
import { err, ok, type Result } from '@motcua/core';
import { signToken, type TokenFault, verifyToken } from './signed-token.ts';

const TYPE = 'motcua-receipt+jwt';
const MAX_TOKEN_CHARACTERS = 20_000;

export type ReceiptError = { readonly code: `receipt-${TokenFault}` };

export interface VerifiedReceipt {
  /** Whatever JSON was signed: the caller validates it. */
  readonly claims: unknown;
  /** SHA-256 of the certificate that it was verified with, lower-case hexadecimal. */
  readonly fingerprint: string;
}

/** A receipt: a signed token of its own `typ`. */
export function signReceipt(
  claims: object,
  key: { readonly privateKey: KeyObject; readonly certificate: X509Certificate },
): Promise<string> {
  return signToken(TYPE, claims, key);
}

/** Verifies a receipt against certificates that the caller was given beforehand. */
export async function verifyReceipt(
  token: string,
  trustedCertificatesPem: readonly string[],
): Promise<Result<VerifiedReceipt, ReceiptError>> {
  const expected = { type: TYPE, maxCharacters: MAX_TOKEN_CHARACTERS, trustedCertificatesPem };
  const verified = await verifyToken(token, expected);
  if (!verified.ok) return err({ code: `receipt-${verified.error}` });
  const { claims, signer } = verified.value;
  return ok({ claims, fingerprint: signer.fingerprint256.replaceAll(':', '').toLowerCase() });
}
