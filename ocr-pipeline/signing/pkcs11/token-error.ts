import { CKF, CKR, CryptokiError, nameOfCode } from './constants.ts';

export type TokenErrorCode =
  /** The library of the token's maker is not there or does not start. */
  | 'token-module-missing'
  | 'token-absent'
  /** A token is there, but not the chosen one. */
  | 'token-other'
  | 'token-several'
  | 'token-pin-wrong'
  | 'token-pin-wrong-few-left'
  | 'token-pin-wrong-last-try'
  | 'token-pin-locked'
  | 'token-pin-expired'
  | 'token-pin-malformed'
  | 'token-pin-not-set'
  | 'token-certificate-missing'
  | 'token-certificate-several'
  | 'token-key-missing'
  | 'token-key-unsupported'
  | 'token-removed'
  /** The library did not answer in time; its process was ended. */
  | 'token-timeout'
  /** The library crashed, with its process only. */
  | 'token-crashed'
  | 'token-failed';

export interface TokenError {
  readonly code: TokenErrorCode;
  /** For a technician: the name of the CKR code or what was found; never a PIN or a name. */
  readonly detail: string;
}

/** What the token says of its PIN before anybody tries one. */
export type PinState = 'ready' | 'few-left' | 'last-try' | 'locked' | 'expired' | 'not-set';

const CKF_USER_PIN_INITIALIZED = 0x8;

export function pinState(flags: number): PinState {
  if (flags & CKF.USER_PIN_LOCKED) return 'locked';
  if (!(flags & CKF_USER_PIN_INITIALIZED)) return 'not-set';
  if (flags & CKF.USER_PIN_TO_BE_CHANGED) return 'expired';
  if (flags & CKF.USER_PIN_FINAL_TRY) return 'last-try';
  return flags & CKF.USER_PIN_COUNT_LOW ? 'few-left' : 'ready';
}

/** After a wrong PIN; PKCS#11 knows no count of tries, only these three steps. `flags` were read after it. */
export function wrongPin(flags: number): TokenError {
  const state = pinState(flags);
  const detail = `${nameOfCode(CKR.PIN_INCORRECT)}, flags 0x${flags.toString(16)}`;
  switch (state) {
    case 'locked':
      return { code: 'token-pin-locked', detail };
    case 'last-try':
      return { code: 'token-pin-wrong-last-try', detail };
    case 'few-left':
      return { code: 'token-pin-wrong-few-left', detail };
    default:
      return { code: 'token-pin-wrong', detail };
  }
}

/** What an answer of the library means for the officer. Everything that is no CryptokiError is a bug and thrown on. */
export function tokenErrorOf(error: unknown): TokenError {
  if (!(error instanceof CryptokiError)) throw error;
  const { code, message: detail } = error;
  switch (code) {
    case CKR.PIN_INCORRECT:
    case CKR.PIN_INVALID:
      return { code: 'token-pin-wrong', detail };
    case CKR.PIN_LEN_RANGE:
      return { code: 'token-pin-malformed', detail };
    case CKR.PIN_EXPIRED:
      return { code: 'token-pin-expired', detail };
    case CKR.PIN_LOCKED:
      return { code: 'token-pin-locked', detail };
    case CKR.USER_PIN_NOT_INITIALIZED:
      return { code: 'token-pin-not-set', detail };
    // Pulled: which of these a library says depends on its maker and on where it was at that moment.
    case CKR.DEVICE_REMOVED:
    case CKR.TOKEN_NOT_PRESENT:
    case CKR.TOKEN_NOT_RECOGNIZED:
    case CKR.SESSION_HANDLE_INVALID:
    case CKR.SESSION_CLOSED:
    case CKR.SLOT_ID_INVALID:
    case CKR.OBJECT_HANDLE_INVALID:
    case CKR.KEY_HANDLE_INVALID:
    case CKR.USER_NOT_LOGGED_IN:
      return { code: 'token-removed', detail };
    case CKR.MECHANISM_INVALID:
    case CKR.MECHANISM_PARAM_INVALID:
    case CKR.KEY_TYPE_INCONSISTENT:
    case CKR.KEY_FUNCTION_NOT_PERMITTED:
      return { code: 'token-key-unsupported', detail };
    default:
      return { code: 'token-failed', detail };
  }
}
