import {
  constants,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  type X509Certificate,
} from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { err, ok, type Result } from '@motcua/core';
import { PSS_SALT_OCTETS } from './algorithms.ts';
import { readPems } from './pem.ts';
import type { KeyAlgorithm, SigningKey } from './signing-key.ts';

const MAX_PEM_BYTES = 65_536;
const MIN_RSA_BITS = 2_048;

export type SoftwareKeyError = {
  readonly code:
    | 'key-file-unreadable'
    | 'key-file-exposed'
    | 'key-file-not-encrypted'
    | 'key-passphrase-wrong'
    | 'key-certificate-missing'
    | 'key-certificate-mismatch'
    | 'key-algorithm-unfit';
  /** A place, never a secret. */
  readonly detail: string;
};

const signAsync = promisify(sign) as (digest: string, data: Uint8Array, key: object) => Promise<Buffer>;

/** A key in memory. Bugs apart, it cannot fail to sign. */
export function softwareKey(
  privateKey: KeyObject,
  chain: readonly [X509Certificate, ...X509Certificate[]],
  algorithm: KeyAlgorithm,
): SigningKey {
  const options = signOptions(algorithm);
  return {
    algorithm,
    chain,
    sign: async (data) => ok(await signAsync(options.digest, data, { key: privateKey, ...options.padding })),
  };
}

/**
 * Opens an encrypted PKCS#8 file (`openssl pkcs8 -topk8`, PBES2) whose passphrase comes from elsewhere: a file that
 * systemd hands over as a credential, the environment, a person. The certificate file holds the signer's certificate
 * first, then its issuers. A key file that others may read, or that is not encrypted, is refused.
 */
export async function openSoftwareKey(options: {
  readonly keyFile: string;
  readonly certificateFile: string;
  readonly passphrase: string;
  /** For RSA keys; ECDSA follows the curve. */
  readonly rsaPadding?: 'pss' | 'pkcs1';
}): Promise<Result<SigningKey, SoftwareKeyError>> {
  const found = await lstat(options.keyFile).catch(() => undefined);
  if (!found?.isFile() || found.size > MAX_PEM_BYTES)
    return err({ code: 'key-file-unreadable', detail: 'the key file' });
  if ((found.mode & 0o077) !== 0)
    return err({ code: 'key-file-exposed', detail: `mode ${(found.mode & 0o777).toString(8)}, not 600` });
  const pem = await readFile(options.keyFile, 'utf8');
  if (!pem.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----'))
    return err({ code: 'key-file-not-encrypted', detail: 'no ENCRYPTED PRIVATE KEY (PKCS#8) in it' });
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({ key: pem, passphrase: options.passphrase });
  } catch {
    // OpenSSL cannot tell a wrong passphrase from a damaged file, and its message may quote what the file holds.
    return err({ code: 'key-passphrase-wrong', detail: 'the key does not open' });
  }
  const texts = await readFile(options.certificateFile, 'utf8').catch(() => '');
  const [leaf, ...issuers] = readPems([texts.slice(0, MAX_PEM_BYTES)]);
  if (leaf === undefined) return err({ code: 'key-certificate-missing', detail: 'the certificate file' });
  if (!sameKey(createPublicKey(privateKey), leaf.publicKey))
    return err({ code: 'key-certificate-mismatch', detail: 'the first certificate is of another key' });
  const algorithm = algorithmOf(privateKey, options.rsaPadding ?? 'pss');
  if (algorithm === undefined)
    return err({ code: 'key-algorithm-unfit', detail: 'RSA from 2048 bits, EC P-256 or P-384' });
  return ok(softwareKey(privateKey, [leaf, ...issuers], algorithm));
}

/** By their encodings: comparing keys of two kinds leaves an error behind in OpenSSL, which the next call then meets. */
export function sameKey(one: KeyObject, other: KeyObject): boolean {
  const encoded = (key: KeyObject) => key.export({ type: 'spki', format: 'der' });
  return encoded(one).equals(encoded(other));
}

/** Undefined for keys that are too short or of a kind that the rules do not allow. */
export function algorithmOf(key: KeyObject, rsaPadding: 'pss' | 'pkcs1'): KeyAlgorithm | undefined {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'ec':
      if (namedCurve === 'prime256v1') return 'ecdsa-p256-sha256';
      return namedCurve === 'secp384r1' ? 'ecdsa-p384-sha384' : undefined;
    case 'rsa':
      if (modulusLength < MIN_RSA_BITS) return undefined;
      return rsaPadding === 'pss' ? 'rsa-pss-sha256' : 'rsa-pkcs1-sha256';
    case 'rsa-pss':
      return modulusLength < MIN_RSA_BITS ? undefined : 'rsa-pss-sha256';
    default:
      return undefined;
  }
}

function signOptions(algorithm: KeyAlgorithm): { readonly digest: string; readonly padding: object } {
  switch (algorithm) {
    case 'rsa-pss-sha256':
      return {
        digest: 'sha256',
        padding: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: PSS_SALT_OCTETS },
      };
    case 'rsa-pkcs1-sha256':
      return { digest: 'sha256', padding: { padding: constants.RSA_PKCS1_PADDING } };
    case 'ecdsa-p256-sha256':
      return { digest: 'sha256', padding: { dsaEncoding: 'der' } };
    case 'ecdsa-p384-sha384':
      return { digest: 'sha384', padding: { dsaEncoding: 'der' } };
  }
}
