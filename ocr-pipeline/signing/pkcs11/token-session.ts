import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { err, ok, type Result, unreachable } from '@motcua/core';
import type { KeyAlgorithm } from '../signing-key.ts';
import { chooseMechanism, type SigningMethod } from './choose-mechanism.ts';
import { CKA, CKC_X_509, CKF, CKO, CKR, CKU, CryptokiError } from './constants.ts';
import { type Cryptoki, type TokenInfo, ulongAttribute } from './cryptoki.ts';
import { ecdsaToDer } from './ecdsa-der.ts';
import { encodeEmsaPss, PSS_SALT_BYTES } from './emsa-pss.ts';
import { type PinState, pinState, type TokenError, tokenErrorOf, wrongPin } from './token-error.ts';

export interface TokenFacts {
  readonly label: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly pin: PinState;
  /** The PIN is typed on the reader, not on the screen. */
  readonly pinPad: boolean;
  /** Certificates for signing that the token shows before a PIN, DER in base64. */
  readonly certificates: readonly string[];
}

/** Which of the tokens, and which of its certificates; may be left out where there is only one. */
export interface KeyChoice {
  readonly serial?: string;
  readonly label?: string;
  /** SHA-256 of the certificate, lower-case hexadecimal. */
  readonly fingerprint?: string;
  /** Mechanisms that the token lists but does badly. */
  readonly disabledMechanisms?: readonly number[];
}

export interface OpenedKey {
  /** DER in base64. */
  readonly certificate: string;
  /** The other certificates of the token, DER in base64: its issuers may be among them. */
  readonly others: readonly string[];
  readonly algorithm: KeyAlgorithm;
}

export interface TokenSession {
  list(): Result<readonly TokenFacts[], TokenError>;
  open(choice: KeyChoice, pin: string | null): Result<OpenedKey, TokenError>;
  /** Signs with the opened key; `digest` is SHA-256 or SHA-384 of the message, as the algorithm says. */
  sign(digest: Buffer): Result<Buffer, TokenError>;
  close(): void;
}

const MAX_OBJECTS = 64;
const MAX_PIN_BYTES = 255;
/** DigestInfo of SHA-256 in front of the digest (RFC 8017, 9.2). */
const SHA256_PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** What the token process does with a library: everything synchronous, one key at a time. */
export function createTokenSession(cryptoki: Cryptoki): TokenSession {
  let opened: {
    readonly session: number;
    readonly key: number;
    readonly method: SigningMethod;
    readonly pinAgain: Buffer | null | undefined;
  } | null = null;

  const present = () =>
    cryptoki
      .slots()
      .flatMap((slot): { slot: number; info: TokenInfo }[] => {
        try {
          return [{ slot, info: cryptoki.tokenInfo(slot) }];
        } catch (error) {
          // Another token must not be lost because this one was pulled just now.
          if (error instanceof CryptokiError) return [];
          throw error;
        }
      })
      .filter(({ info }) => (info.flags & CKF.TOKEN_INITIALIZED) !== 0);

  function choose(choice: KeyChoice): Result<{ slot: number; info: TokenInfo }, TokenError> {
    const tokens = present();
    if (tokens.length === 0) return err({ code: 'token-absent', detail: 'no slot holds a token' });
    const wanted = tokens.filter(
      ({ info }) =>
        (choice.serial === undefined || info.serial === choice.serial) &&
        (choice.label === undefined || info.label === choice.label),
    );
    if (wanted.length === 0) return err({ code: 'token-other', detail: `${tokens.length} other tokens` });
    if (wanted.length > 1) return err({ code: 'token-several', detail: `${wanted.length} tokens` });
    return ok(wanted[0]!);
  }

  function login(session: number, slot: number, info: TokenInfo, pin: Buffer | null): TokenError | null {
    // A locked token is not asked: some count that as one more wrong PIN.
    const state = pinState(info.flags);
    if (state === 'locked') return { code: 'token-pin-locked', detail: 'said by the token' };
    if (state === 'not-set') return { code: 'token-pin-not-set', detail: 'said by the token' };
    if (pin !== null && (pin.length === 0 || pin.length > MAX_PIN_BYTES))
      return { code: 'token-pin-malformed', detail: 'length' };
    try {
      cryptoki.login(session, CKU.USER, pin);
      return null;
    } catch (error) {
      if (error instanceof CryptokiError && error.code === CKR.PIN_INCORRECT)
        return wrongPin(cryptoki.tokenInfo(slot).flags);
      return tokenErrorOf(error);
    }
  }

  function certificatesOf(session: number) {
    const template = [
      ulongAttribute(CKA.CLASS, CKO.CERTIFICATE),
      ulongAttribute(CKA.CERTIFICATE_TYPE, CKC_X_509),
    ];
    return cryptoki.find(session, template, MAX_OBJECTS).flatMap((object) => {
      const value = cryptoki.attribute(session, object, CKA.VALUE);
      const certificate = value && parse(value);
      const id = cryptoki.attribute(session, object, CKA.ID);
      return certificate ? [{ certificate, id: id && id.length > 0 ? id : undefined }] : [];
    });
  }

  /** The certificates of persons with their private keys: what signs, as opposed to issuers that lie beside. */
  function signersOf(session: number) {
    return certificatesOf(session).flatMap(({ certificate, id }) => {
      if (certificate.ca || id === undefined) return [];
      const [key] = cryptoki.find(
        session,
        [ulongAttribute(CKA.CLASS, CKO.PRIVATE_KEY), { type: CKA.ID, value: id }],
        1,
      );
      return key === undefined ? [] : [{ certificate, key }];
    });
  }

  function openKey(choice: KeyChoice, typed: string | null): Result<OpenedKey, TokenError> {
    const chosen = choose(choice);
    if (!chosen.ok) return chosen;
    const { slot, info } = chosen.value;
    const pin = info.flags & CKF.PROTECTED_AUTHENTICATION_PATH ? null : Buffer.from(typed ?? '', 'utf8');
    const session = cryptoki.openSession(slot);
    const refused = login(session, slot, info, pin);
    if (refused) {
      cryptoki.closeSession(session);
      return err(refused);
    }
    const signers = signersOf(session);
    const wanted = signers.filter(
      ({ certificate }) =>
        choice.fingerprint === undefined || fingerprintOf(certificate) === choice.fingerprint,
    );
    if (wanted.length === 0) {
      const any = certificatesOf(session).some(({ certificate }) => !certificate.ca);
      const code = any && signers.length === 0 ? 'token-key-missing' : 'token-certificate-missing';
      return err({ code, detail: `${signers.length} keys with a certificate` });
    }
    if (wanted.length > 1)
      return err({ code: 'token-certificate-several', detail: `${wanted.length} certificates` });
    const { certificate, key } = wanted[0]!;
    const usable = cryptoki.mechanisms(slot).filter((one) => !choice.disabledMechanisms?.includes(one));
    const method = chooseMechanism(certificate.publicKey, usable);
    if (method === undefined)
      return err({ code: 'token-key-unsupported', detail: certificate.publicKey.asymmetricKeyType ?? 'key' });
    // Qualified keys want the PIN before each signature: it stays here, in this process, until the key is closed.
    const always = cryptoki.attribute(session, key, CKA.ALWAYS_AUTHENTICATE)?.[0] === 1;
    opened = { session, key, method, pinAgain: always ? pin : undefined };
    if (!always) pin?.fill(0);
    return ok({
      certificate: certificate.raw.toString('base64'),
      others: certificatesOf(session)
        .filter((other) => !other.certificate.raw.equals(certificate.raw))
        .map((other) => other.certificate.raw.toString('base64')),
      algorithm: method.algorithm,
    });
  }

  return {
    list: () =>
      guarded(() =>
        ok(
          present().map(({ slot, info }) => ({
            label: info.label,
            serial: info.serial,
            manufacturer: info.manufacturer,
            model: info.model,
            pin: pinState(info.flags),
            pinPad: (info.flags & CKF.PROTECTED_AUTHENTICATION_PATH) !== 0,
            certificates: publicCertificates(slot),
          })),
        ),
      ),
    open: (choice, pin) => guarded(() => openKey(choice, pin)),
    sign: (digest) =>
      guarded(() => {
        if (!opened) return err({ code: 'token-removed', detail: 'no key is open' });
        const { session, key, method, pinAgain } = opened;
        const raw = cryptoki.sign(session, method.mechanism, key, toBeSigned(method, digest), () => {
          if (pinAgain !== undefined) cryptoki.login(session, CKU.CONTEXT_SPECIFIC, pinAgain);
        });
        const signature = method.kind === 'ecdsa' ? ecdsaToDer(raw) : raw;
        return signature === undefined
          ? err({ code: 'token-failed', detail: `a signature of ${raw.length} bytes` })
          : ok(signature);
      }),
    close: () => {
      opened?.pinAgain?.fill(0);
      try {
        if (opened) cryptoki.logout(opened.session);
        cryptoki.finalize();
      } catch (error) {
        // A token that is gone needs no good-bye.
        if (!(error instanceof CryptokiError)) throw error;
      }
      opened = null;
    },
  };

  function publicCertificates(slot: number): string[] {
    const session = cryptoki.openSession(slot);
    try {
      return certificatesOf(session)
        .filter(({ certificate }) => !certificate.ca)
        .map(({ certificate }) => certificate.raw.toString('base64'));
    } finally {
      cryptoki.closeSession(session);
    }
  }
}

function toBeSigned(method: SigningMethod, digest: Buffer): Buffer {
  switch (method.kind) {
    case 'pss':
    case 'ecdsa':
      return digest;
    case 'raw-pss':
      return encodeEmsaPss(digest, randomBytes(PSS_SALT_BYTES), method.modulusBits);
    case 'pkcs1':
      return Buffer.concat([SHA256_PREFIX, digest]);
    default:
      return unreachable(method);
  }
}

function guarded<T>(work: () => Result<T, TokenError>): Result<T, TokenError> {
  try {
    return work();
  } catch (error) {
    return err(tokenErrorOf(error));
  }
}

function parse(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

function fingerprintOf(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('hex');
}
