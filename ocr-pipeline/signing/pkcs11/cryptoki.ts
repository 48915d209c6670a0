import koffi from 'koffi';
import { type Attribute, type CKA, CKR, CryptokiError, type Mechanism } from './constants.ts';

/**
 * The functions of PKCS#11 v2.40 that signing needs, on a vendor's library. Loaded in the token process only: what a
 * library does wrong (hang, crash, write where it must not) happens there.
 *
 * Layouts are those of 64-bit Linux: CK_ULONG has 8 bytes, structures are aligned naturally, little-endian.
 */
export interface Cryptoki {
  /** Slots that hold a token now. */
  slots(): readonly number[];
  tokenInfo(slot: number): TokenInfo;
  mechanisms(slot: number): readonly number[];
  openSession(slot: number): number;
  closeSession(session: number): void;
  /** A null PIN is typed on the reader's own pad. */
  login(session: number, user: number, pin: Buffer | null): void;
  logout(session: number): void;
  /** At most `max` handles of objects with these attributes. */
  find(session: number, template: readonly Attribute[], max: number): readonly number[];
  /** Undefined when the object lacks it or hides it. */
  attribute(session: number, object: number, type: number): Buffer | undefined;
  sign(session: number, mechanism: Mechanism, key: number, data: Buffer, beforeSign?: () => void): Buffer;
  finalize(): void;
}

export interface TokenInfo {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly flags: number;
}

const ULONG = 8;
const TOKEN_INFO_BYTES = 208;
const MAX_SLOTS = 64;
const MAX_MECHANISMS = 1_024;
const MAX_ATTRIBUTE_BYTES = 65_536;
const MAX_SIGNATURE_BYTES = 2_048;
const CKF_SERIAL_SESSION = 4;
/** CK_UNAVAILABLE_INFORMATION: all bits set. */
const UNAVAILABLE = 0xffff_ffff_ffff_ffffn;

/** Where a function stands in CK_FUNCTION_LIST, counted from the first one behind the version. */
const POSITION = {
  C_Initialize: [0, 'unsigned long (void *args)'],
  C_Finalize: [1, 'unsigned long (void *reserved)'],
  C_GetSlotList: [4, 'unsigned long (uint8_t present, void *list, void *count)'],
  C_GetTokenInfo: [6, 'unsigned long (unsigned long slot, void *info)'],
  C_GetMechanismList: [7, 'unsigned long (unsigned long slot, void *list, void *count)'],
  C_OpenSession: [
    12,
    'unsigned long (unsigned long slot, unsigned long flags, void *app, void *notify, void *session)',
  ],
  C_CloseSession: [13, 'unsigned long (unsigned long session)'],
  C_Login: [18, 'unsigned long (unsigned long session, unsigned long user, void *pin, unsigned long length)'],
  C_Logout: [19, 'unsigned long (unsigned long session)'],
  C_GetAttributeValue: [
    24,
    'unsigned long (unsigned long session, unsigned long object, void *template, unsigned long count)',
  ],
  C_FindObjectsInit: [26, 'unsigned long (unsigned long session, void *template, unsigned long count)'],
  C_FindObjects: [27, 'unsigned long (unsigned long session, void *objects, unsigned long max, void *count)'],
  C_FindObjectsFinal: [28, 'unsigned long (unsigned long session)'],
  C_SignInit: [42, 'unsigned long (unsigned long session, void *mechanism, unsigned long key)'],
  C_Sign: [
    43,
    'unsigned long (unsigned long session, void *data, unsigned long length, void *signature, void *signatureLength)',
  ],
} as const;
type FunctionName = keyof typeof POSITION;

/**
 * Loads a PKCS#11 library and initialises it.
 *
 * @throws {Error} when the file is no such library, {CryptokiError} when it does not start.
 */
export function loadCryptoki(modulePath: string): Cryptoki {
  const library = koffi.load(modulePath);
  const getFunctionList = library.func('unsigned long C_GetFunctionList(_Out_ void **list)');
  const list: [bigint | null] = [null];
  check('C_GetFunctionList', Number(getFunctionList(list)));
  const functions = new Map<FunctionName, (...args: unknown[]) => unknown>();
  for (const [name, [position, prototype]] of Object.entries(POSITION)) {
    // Eight bytes of version and padding stand before the first pointer.
    const pointer: unknown = koffi.decode(list[0], ULONG + position * ULONG, 'void *');
    functions.set(name as FunctionName, koffi.decode(pointer, koffi.proto(prototype)) as never);
  }
  const call = (name: FunctionName, ...args: unknown[]) => Number(functions.get(name)!(...args));
  const must = (name: FunctionName, ...args: unknown[]) => check(name, call(name, ...args));

  must('C_Initialize', null);
  return {
    slots: () => {
      const count = ulong(MAX_SLOTS);
      const slots = Buffer.alloc(MAX_SLOTS * ULONG);
      must('C_GetSlotList', 1, slots, count);
      return readUlongs(slots, count);
    },
    tokenInfo: (slot) => {
      const info = Buffer.alloc(TOKEN_INFO_BYTES);
      must('C_GetTokenInfo', slot, info);
      // Blank-padded, not ended by a zero; some libraries fill with zeros all the same.
      const text = (from: number, length: number) =>
        info.toString('utf8', from, from + length).replace(/[\0 ]+$/, '');
      return {
        label: text(0, 32),
        manufacturer: text(32, 32),
        model: text(64, 16),
        serial: text(80, 16),
        flags: Number(info.readBigUInt64LE(96)),
      };
    },
    mechanisms: (slot) => {
      const count = ulong(MAX_MECHANISMS);
      const mechanisms = Buffer.alloc(MAX_MECHANISMS * ULONG);
      must('C_GetMechanismList', slot, mechanisms, count);
      return readUlongs(mechanisms, count);
    },
    openSession: (slot) => {
      const session = ulong(0);
      must('C_OpenSession', slot, CKF_SERIAL_SESSION, null, null, session);
      return Number(session.readBigUInt64LE());
    },
    closeSession: (session) => must('C_CloseSession', session),
    login: (session, user, pin) => must('C_Login', session, user, pin, pin?.length ?? 0),
    logout: (session) => must('C_Logout', session),
    find: (session, template, max) => {
      const packed = packTemplate(template);
      must('C_FindObjectsInit', session, packed.bytes, template.length);
      try {
        const found = Buffer.alloc(max * ULONG);
        const count = ulong(0);
        must('C_FindObjects', session, found, max, count);
        return readUlongs(found, count);
      } finally {
        call('C_FindObjectsFinal', session);
        packed.keep();
      }
    },
    attribute: (session, object, type) => {
      const value = Buffer.alloc(MAX_ATTRIBUTE_BYTES);
      const packed = packTemplate([{ type, value }]);
      const code = call('C_GetAttributeValue', session, object, packed.bytes, 1);
      packed.keep();
      if (code === CKR.ATTRIBUTE_TYPE_INVALID || code === CKR.ATTRIBUTE_SENSITIVE) return undefined;
      check('C_GetAttributeValue', code);
      const length = packed.bytes.readBigUInt64LE(2 * ULONG);
      if (length === UNAVAILABLE || length > MAX_ATTRIBUTE_BYTES) return undefined;
      return value.subarray(0, Number(length));
    },
    sign: (session, mechanism, key, data, beforeSign) => {
      const packed = packTemplate([{ type: mechanism.type, value: mechanism.parameter ?? Buffer.alloc(0) }]);
      must('C_SignInit', session, packed.bytes, key);
      packed.keep();
      beforeSign?.();
      const signature = Buffer.alloc(MAX_SIGNATURE_BYTES);
      const length = ulong(MAX_SIGNATURE_BYTES);
      must('C_Sign', session, data, data.length, signature, length);
      return signature.subarray(0, Number(length.readBigUInt64LE()));
    },
    finalize: () => must('C_Finalize', null),
  };
}

function check(name: string, code: number): void {
  if (code !== CKR.OK) throw new CryptokiError(name, code);
}

function ulong(value: number): Buffer {
  const buffer = Buffer.alloc(ULONG);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

/** Never more than the buffer that was offered holds, whatever the library says it wrote. */
function readUlongs(buffer: Buffer, count: Buffer): number[] {
  const stated = Number(count.readBigUInt64LE());
  return Array.from({ length: Math.min(stated, buffer.length / ULONG) }, (_, index) =>
    Number(buffer.readBigUInt64LE(index * ULONG)),
  );
}

/**
 * CK_ATTRIBUTE[], and CK_MECHANISM, which has the same layout: type, pointer, length. `keep` is called after the
 * native call, so that the values that the pointers name are not collected before it.
 */
function packTemplate(template: readonly Attribute[]): { readonly bytes: Buffer; keep(): void } {
  const bytes = Buffer.alloc(template.length * 3 * ULONG);
  for (const [index, { type, value }] of template.entries()) {
    const at = index * 3 * ULONG;
    bytes.writeBigUInt64LE(BigInt(type), at);
    bytes.writeBigUInt64LE(value.length === 0 ? 0n : addressOf(value), at + ULONG);
    bytes.writeBigUInt64LE(BigInt(value.length), at + 2 * ULONG);
  }
  return { bytes, keep: () => template.every(({ value }) => value.length >= 0) };
}

function addressOf(value: Buffer): bigint {
  return BigInt(koffi.address(value) as unknown as bigint);
}

export function ulongAttribute(type: (typeof CKA)[keyof typeof CKA], value: number): Attribute {
  return { type, value: ulong(value) };
}
