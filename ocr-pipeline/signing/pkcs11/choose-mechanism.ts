import type { KeyObject } from 'node:crypto';
import { CKG_MGF1_SHA256, CKM, type Mechanism } from './constants.ts';
import { PSS_SALT_BYTES } from './emsa-pss.ts';

/** How a key of a token signs: what it is handed, by which mechanism. */
export type SigningMethod =
  | { readonly kind: 'pss'; readonly algorithm: 'rsa-pss-sha256'; readonly mechanism: Mechanism }
  /** EMSA-PSS by us, the bare RSA operation by the token. */
  | {
      readonly kind: 'raw-pss';
      readonly algorithm: 'rsa-pss-sha256';
      readonly mechanism: Mechanism;
      readonly modulusBits: number;
    }
  | { readonly kind: 'pkcs1'; readonly algorithm: 'rsa-pkcs1-sha256'; readonly mechanism: Mechanism }
  | {
      readonly kind: 'ecdsa';
      readonly algorithm: 'ecdsa-p256-sha256' | 'ecdsa-p384-sha384';
      readonly mechanism: Mechanism;
    };

const CURVES: Readonly<Record<string, 'ecdsa-p256-sha256' | 'ecdsa-p384-sha384'>> = {
  prime256v1: 'ecdsa-p256-sha256',
  secp384r1: 'ecdsa-p384-sha384',
};
const LEAST_RSA_BITS = 2_048;

/**
 * The best way this token can sign with this key: RSA-PSS by itself, RSA-PSS on its raw RSA, RSA PKCS#1 v1.5, or
 * ECDSA on P-256 and P-384. Undefined for other keys, for RSA below 2048 bits (TT 15/2025) and without a mechanism.
 */
export function chooseMechanism(
  publicKey: KeyObject,
  mechanisms: readonly number[],
): SigningMethod | undefined {
  const details = publicKey.asymmetricKeyDetails;
  switch (publicKey.asymmetricKeyType) {
    case 'rsa': {
      const modulusBits = details?.modulusLength ?? 0;
      if (modulusBits < LEAST_RSA_BITS) return undefined;
      if (mechanisms.includes(CKM.RSA_PKCS_PSS))
        return {
          kind: 'pss',
          algorithm: 'rsa-pss-sha256',
          mechanism: { type: CKM.RSA_PKCS_PSS, parameter: pssParameters() },
        };
      if (mechanisms.includes(CKM.RSA_X_509))
        return {
          kind: 'raw-pss',
          algorithm: 'rsa-pss-sha256',
          mechanism: { type: CKM.RSA_X_509 },
          modulusBits,
        };
      if (mechanisms.includes(CKM.RSA_PKCS))
        return { kind: 'pkcs1', algorithm: 'rsa-pkcs1-sha256', mechanism: { type: CKM.RSA_PKCS } };
      return undefined;
    }
    case 'ec': {
      const algorithm = CURVES[details?.namedCurve ?? ''];
      if (algorithm === undefined || !mechanisms.includes(CKM.ECDSA)) return undefined;
      return { kind: 'ecdsa', algorithm, mechanism: { type: CKM.ECDSA } };
    }
    default:
      return undefined;
  }
}

/** CK_RSA_PKCS_PSS_PARAMS: SHA-256, MGF1 with SHA-256, salt of 32 octets. */
function pssParameters(): Buffer {
  const parameters = Buffer.alloc(24);
  parameters.writeBigUInt64LE(BigInt(CKM.SHA256), 0);
  parameters.writeBigUInt64LE(BigInt(CKG_MGF1_SHA256), 8);
  parameters.writeBigUInt64LE(BigInt(PSS_SALT_BYTES), 16);
  return parameters;
}
