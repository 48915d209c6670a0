import type { X509Certificate } from 'node:crypto';
import type { Result } from '@motcua/core';
import type { TokenError } from './pkcs11/token-error.ts';

/**
 * What a key signs with. RSA-PSS has explicit parameters: SHA-256, MGF1 with SHA-256, salt of 32 octets. PKCS#1 v1.5 is
 * for validators that know no PSS. ECDSA takes the digest that fits its curve.
 */
export type KeyAlgorithm = 'rsa-pss-sha256' | 'rsa-pkcs1-sha256' | 'ecdsa-p256-sha256' | 'ecdsa-p384-sha384';

/** Why a key did not sign: what a token says, or a key in memory; `detail` names the place, never a secret. */
export type SigningKeyError = TokenError | { readonly code: 'key-failed'; readonly detail: string };

/**
 * A private key that signs wherever it lies: in memory, a token, an HSM. One conformance suite holds all of them
 * (`signing-key-conformance.ts`).
 */
export interface SigningKey {
  readonly algorithm: KeyAlgorithm;
  /** The signer's certificate first, then its issuers as far as they are known. */
  readonly chain: readonly [X509Certificate, ...X509Certificate[]];
  /**
   * Signature value over `data`, which the key digests itself with the digest of its algorithm: big-endian octets of
   * the modulus' length for RSA, DER of ECDSA-Sig-Value for ECDSA. `data` are the signed attributes, some hundred bytes.
   */
  sign(data: Uint8Array): Promise<Result<Uint8Array, SigningKeyError>>;
}
