/** Values of PKCS#11 v2.40 (OASIS, `pkcs11t.h`) that are used here. */
export const CKR = {
  OK: 0x0,
  HOST_MEMORY: 0x2,
  SLOT_ID_INVALID: 0x3,
  GENERAL_ERROR: 0x5,
  FUNCTION_FAILED: 0x6,
  ATTRIBUTE_SENSITIVE: 0x11,
  ATTRIBUTE_TYPE_INVALID: 0x12,
  DEVICE_ERROR: 0x30,
  DEVICE_MEMORY: 0x31,
  DEVICE_REMOVED: 0x32,
  FUNCTION_CANCELED: 0x50,
  KEY_HANDLE_INVALID: 0x60,
  KEY_TYPE_INCONSISTENT: 0x63,
  KEY_FUNCTION_NOT_PERMITTED: 0x68,
  MECHANISM_INVALID: 0x70,
  MECHANISM_PARAM_INVALID: 0x71,
  OBJECT_HANDLE_INVALID: 0x82,
  PIN_INCORRECT: 0xa0,
  PIN_INVALID: 0xa1,
  PIN_LEN_RANGE: 0xa2,
  PIN_EXPIRED: 0xa3,
  PIN_LOCKED: 0xa4,
  SESSION_CLOSED: 0xb0,
  SESSION_COUNT: 0xb1,
  SESSION_HANDLE_INVALID: 0xb3,
  TOKEN_NOT_PRESENT: 0xe0,
  TOKEN_NOT_RECOGNIZED: 0xe1,
  USER_ALREADY_LOGGED_IN: 0x100,
  USER_NOT_LOGGED_IN: 0x101,
  USER_PIN_NOT_INITIALIZED: 0x102,
} as const;

export const CKF = {
  TOKEN_INITIALIZED: 0x400,
  PROTECTED_AUTHENTICATION_PATH: 0x100,
  USER_PIN_COUNT_LOW: 0x1_0000,
  USER_PIN_FINAL_TRY: 0x2_0000,
  USER_PIN_LOCKED: 0x4_0000,
  USER_PIN_TO_BE_CHANGED: 0x8_0000,
} as const;

export const CKA = {
  CLASS: 0x0,
  LABEL: 0x3,
  VALUE: 0x11,
  CERTIFICATE_TYPE: 0x80,
  KEY_TYPE: 0x100,
  ID: 0x102,
  SIGN: 0x108,
  EC_PARAMS: 0x180,
  ALWAYS_AUTHENTICATE: 0x202,
} as const;

export const CKO = { CERTIFICATE: 1, PRIVATE_KEY: 3 } as const;
export const CKC_X_509 = 0;
export const CKU = { USER: 1, CONTEXT_SPECIFIC: 2 } as const;

export const CKM = {
  RSA_PKCS: 0x1,
  RSA_X_509: 0x3,
  RSA_PKCS_PSS: 0xd,
  SHA256: 0x250,
  ECDSA: 0x1041,
} as const;
export const CKG_MGF1_SHA256 = 2;

export interface Attribute {
  readonly type: number;
  readonly value: Buffer;
}

export interface Mechanism {
  readonly type: number;
  readonly parameter?: Buffer;
}

/** A function of the library answered with something else than CKR_OK. */
export class CryptokiError extends Error {
  readonly code: number;
  constructor(name: string, code: number) {
    super(`${name}: ${nameOfCode(code)}`);
    this.name = 'CryptokiError';
    this.code = code;
  }
}

const names = new Map(Object.entries(CKR).map(([name, code]) => [code as number, `CKR_${name}`]));

export function nameOfCode(code: number): string {
  return names.get(code) ?? `CKR 0x${code.toString(16)}`;
}
