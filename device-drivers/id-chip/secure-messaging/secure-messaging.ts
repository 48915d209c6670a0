import { err, ok, type Result } from '@motcua/core';
import {
  type CommandApdu,
  decodeCommand,
  decodeResponse,
  encodeCommand,
  type ResponseApdu,
} from '../apdu.ts';
import { concat, equalBytes, fromInteger, toInteger } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { pad, unpad } from '../crypto/padding.ts';
import { encodeTlv, readTlvs, type Tlv } from '../tlv.ts';

/** What an authentication leaves behind for both sides. */
export interface SessionKeys {
  readonly suite: CipherSuite;
  readonly encryption: Uint8Array;
  readonly mac: Uint8Array;
  /** Send sequence counter: eight bytes after BAC, else absent and zero. */
  readonly counter?: Uint8Array;
}

export type SecureMessagingError =
  /** The answer came in the clear: the chip has ended the session. `status` is its status word. */
  | { readonly code: 'sm-unprotected'; readonly status: number }
  /** MAC, padding or form does not hold: the answer is not the chip's, or not of this moment. */
  | { readonly code: 'sm-forged' };

/**
 * Secure messaging of ICAO 9303-11, 9.8. A reader uses `protectCommand` and `openResponse`, a card `openCommand` and
 * `protectResponse`; both count alike. After an error the session is over: start a new one.
 */
export interface SecureMessaging {
  protectCommand(command: CommandApdu): Uint8Array;
  openResponse(answer: Uint8Array): Result<ResponseApdu, SecureMessagingError>;
  openCommand(command: Uint8Array): Result<CommandApdu, SecureMessagingError>;
  protectResponse(response: ResponseApdu): Uint8Array;
}

/** Bits of the class byte that say so. */
const PROTECTED = 0x0c;
const PADDED = 0x01;
const CRYPTOGRAM = 0x87;
/** Of commands with an odd INS, whose data are TLV themselves. */
const CRYPTOGRAM_TLV = 0x85;
const EXPECTED_LENGTH = 0x97;
const STATUS = 0x99;
const MAC = 0x8e;

const nothing = new Uint8Array(0);

export function createSecureMessaging(keys: SessionKeys): SecureMessaging {
  const { suite } = keys;
  const { blockLength } = suite;
  const noIv = new Uint8Array(blockLength);
  const modulus = 1n << BigInt(8 * blockLength);
  let counter = keys.counter ?? noIv;
  /** Whether the command in hand has an odd INS: its answer takes the same form. */
  let isOdd = false;

  const count = () => {
    counter = fromInteger((toInteger(counter) + 1n) % modulus, blockLength);
  };
  const iv = () => (suite.name === '3des' ? noIv : suite.encrypt(keys.encryption, noIv, counter));
  const headerOf = ({ cla, ins, p1, p2 }: CommandApdu) =>
    pad(Uint8Array.of(cla | PROTECTED, ins, p1, p2), blockLength);
  /** Over counter, padded header (of commands) and data objects; the header alone is whole blocks already. */
  const macOf = (header: Uint8Array, objects: Uint8Array) => {
    const covered = concat(counter, header, objects);
    const isWhole = objects.length === 0 && header.length > 0;
    return suite.mac(keys.mac, isWhole ? covered : pad(covered, blockLength));
  };
  const seal = (data: Uint8Array): Uint8Array => {
    if (data.length === 0) return nothing;
    const encrypted = suite.encrypt(keys.encryption, iv(), pad(data, blockLength));
    // 01: padded by ISO 9797-1, method 2. DO 85 has no room to say so.
    return isOdd
      ? encodeTlv(CRYPTOGRAM_TLV, encrypted)
      : encodeTlv(CRYPTOGRAM, Uint8Array.of(PADDED), encrypted);
  };
  /** Undefined when it is not what `seal` makes. */
  const unseal = (object: Tlv | undefined): Uint8Array | undefined => {
    if (!object) return nothing;
    const marked = object.tag === CRYPTOGRAM;
    const encrypted = marked ? object.value.subarray(1) : object.value;
    if (marked && object.value[0] !== PADDED) return undefined;
    if (encrypted.length === 0 || encrypted.length % blockLength !== 0) return undefined;
    return unpad(suite.decrypt(keys.encryption, iv(), encrypted));
  };
  /** The objects of a protected body, when its MAC, the last of them, holds. */
  const verify = (body: Uint8Array, header: Uint8Array): readonly Tlv[] | undefined => {
    const level = readTlvs(body, { maxSiblings: 4 });
    const mac = level.ok ? level.value.at(-1) : undefined;
    if (!level.ok || mac?.tag !== MAC || mac.value.length !== 8) return undefined;
    const expected = macOf(header, body.subarray(0, body.length - mac.raw.length));
    return equalBytes(expected, mac.value) ? level.value : undefined;
  };

  return {
    protectCommand: (command) => {
      count();
      isOdd = command.ins % 2 === 1;
      const { cla, ins, p1, p2, data = nothing, le } = command;
      const length = le === undefined ? nothing : encodeTlv(EXPECTED_LENGTH, encodeLe(le));
      const objects = concat(seal(data), length);
      const body = concat(objects, encodeTlv(MAC, macOf(headerOf(command), objects)));
      const extended = command.extended === true || (le ?? 0) > 256 || body.length > 255;
      const head = { cla: cla | PROTECTED, ins, p1, p2 };
      return encodeCommand({ ...head, data: body, le: extended ? 65_536 : 256, extended });
    },

    openResponse: (answer) => {
      const plain = decodeResponse(answer);
      if (!plain.ok) return err({ code: 'sm-forged' });
      if (plain.value.data.length === 0) return err({ code: 'sm-unprotected', status: plain.value.status });
      count();
      const objects = verify(plain.value.data, nothing);
      const status = objects?.find(({ tag }) => tag === STATUS)?.value;
      const data = objects && unseal(objects.find(isCryptogram));
      if (status?.length !== 2 || !data) return err({ code: 'sm-forged' });
      return ok({ data, status: status[0]! * 256 + status[1]! });
    },

    openCommand: (bytes) => {
      const outer = decodeCommand(bytes);
      if (!outer.ok) return err({ code: 'sm-forged' });
      const command = outer.value;
      const { cla, ins, p1, p2, extended } = command;
      if ((cla & PROTECTED) !== PROTECTED) return err({ code: 'sm-unprotected', status: 0 });
      count();
      isOdd = ins % 2 === 1;
      const objects = verify(command.data ?? nothing, headerOf(command));
      const data = objects && unseal(objects.find(isCryptogram));
      const length = objects?.find(({ tag }) => tag === EXPECTED_LENGTH)?.value;
      if (!data || (length && (length.length < 1 || length.length > 2))) return err({ code: 'sm-forged' });
      return ok({
        ...{ cla: cla & ~PROTECTED, ins, p1, p2 },
        ...(data.length > 0 && { data }),
        ...(length && { le: decodeLe(length) }),
        ...(extended && { extended }),
      });
    },

    protectResponse: ({ data, status }) => {
      count();
      const word = Uint8Array.of(status >> 8, status & 255);
      const objects = concat(seal(data), encodeTlv(STATUS, word));
      return concat(objects, encodeTlv(MAC, macOf(nothing, objects)), word);
    },
  };
}

const isCryptogram = ({ tag }: Tlv) => tag === CRYPTOGRAM || tag === CRYPTOGRAM_TLV;

/** 256 and 65,536 are written as zeros. */
function encodeLe(le: number): Uint8Array {
  return le <= 256 ? Uint8Array.of(le % 256) : Uint8Array.of((le >> 8) & 255, le & 255);
}

const decodeLe = (bytes: Uint8Array) => Number(toInteger(bytes)) || (bytes.length === 1 ? 256 : 65_536);
