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
  let counter = keys.counter ?? new Uint8Array(blockLength);
  const modulus = 1n << BigInt(8 * blockLength);
  const count = () => {
    counter = fromInteger((toInteger(counter) + 1n) % modulus, blockLength);
  };
  const iv = () =>
    suite.name === '3des' ? new Uint8Array(8) : suite.encrypt(keys.encryption, new Uint8Array(16), counter);
  const encrypt = (data: Uint8Array) => suite.encrypt(keys.encryption, iv(), pad(data, blockLength));
  const macOf = (...parts: readonly Uint8Array[]) =>
    suite.mac(keys.mac, pad(concat(counter, ...parts), blockLength));
  const cryptogram = (data: Uint8Array, odd: boolean) => {
    if (data.length === 0) return nothing;
    // 01: the padding of ISO 9797-1 method 2 is inside. DO 85 has no room to say so.
    return odd
      ? encodeTlv(CRYPTOGRAM_TLV, encrypt(data))
      : encodeTlv(CRYPTOGRAM, Uint8Array.of(1), encrypt(data));
  };
  const decrypt = (object: Tlv | undefined): Uint8Array | undefined => {
    if (!object) return nothing;
    const odd = object.tag === CRYPTOGRAM_TLV;
    const content = odd ? object.value : object.value.subarray(1);
    const marked = odd || object.value[0] === 1;
    if (!marked || content.length === 0 || content.length % blockLength !== 0) return undefined;
    return unpad(suite.decrypt(keys.encryption, iv(), content));
  };
  const headerOf = (command: CommandApdu) =>
    pad(Uint8Array.of(command.cla | 0x0c, command.ins, command.p1, command.p2), blockLength);
  let odd = false;

  return {
    protectCommand: (command) => {
      count();
      const data = cryptogram(command.data ?? nothing, command.ins % 2 === 1);
      const extended =
        command.extended === true || (command.le ?? 0) > 256 || (command.data?.length ?? 0) > 255;
      const length = command.le === undefined ? nothing : encodeTlv(EXPECTED_LENGTH, encodeLe(command.le));
      const objects = concat(data, length);
      // 9303-11, 9.8.4: without data objects the MAC covers the header as it is padded already.
      const mac = objects.length > 0 ? macOf(headerOf(command), objects) : macOfHeader(command);
      const body = concat(objects, encodeTlv(MAC, mac));
      const long = extended || body.length > 255;
      return encodeCommand({
        cla: command.cla | 0x0c,
        ins: command.ins,
        p1: command.p1,
        p2: command.p2,
        data: body,
        le: long ? 65_536 : 256,
        extended: long,
      });
    },

    openResponse: (answer) => {
      const plain = decodeResponse(answer);
      if (!plain.ok) return err({ code: 'sm-forged' });
      count();
      const { data, status } = plain.value;
      const level = readTlvs(data, { maxSiblings: 4 });
      if (data.length === 0) return err({ code: 'sm-unprotected', status });
      if (!level.ok) return err({ code: 'sm-forged' });
      const opened = checkMac(level.value, nothing, data);
      const inner = level.value.find((each) => each.tag === STATUS)?.value;
      if (!opened || inner?.length !== 2) return err({ code: 'sm-forged' });
      const content = decrypt(findCryptogram(level.value));
      if (!content) return err({ code: 'sm-forged' });
      return ok({ data: content, status: inner[0]! * 256 + inner[1]! });
    },

    openCommand: (bytes) => {
      const outer = decodeCommand(bytes);
      if (!outer.ok) return err({ code: 'sm-forged' });
      const command = outer.value;
      if ((command.cla & 0x0c) !== 0x0c) return err({ code: 'sm-unprotected', status: 0 });
      count();
      odd = command.ins % 2 === 1;
      const data = command.data ?? nothing;
      const level = readTlvs(data, { maxSiblings: 4 });
      if (!level.ok || !checkMac(level.value, headerOf(command), data)) return err({ code: 'sm-forged' });
      const content = decrypt(findCryptogram(level.value));
      const expected = level.value.find((each) => each.tag === EXPECTED_LENGTH)?.value;
      if (!content || (expected && (expected.length < 1 || expected.length > 2)))
        return err({ code: 'sm-forged' });
      return ok({
        cla: command.cla & ~0x0c,
        ins: command.ins,
        p1: command.p1,
        p2: command.p2,
        ...(content.length > 0 && { data: content }),
        ...(expected && { le: Number(toInteger(expected)) || (expected.length === 1 ? 256 : 65_536) }),
        ...(command.extended && { extended: true }),
      });
    },

    protectResponse: ({ data, status }) => {
      count();
      const objects = concat(
        cryptogram(data, odd),
        encodeTlv(STATUS, Uint8Array.of(status >> 8, status & 255)),
      );
      return concat(objects, encodeTlv(MAC, macOf(objects)), Uint8Array.of(status >> 8, status & 255));
    },
  };

  function macOfHeader(command: CommandApdu): Uint8Array {
    return suite.mac(keys.mac, concat(counter, headerOf(command)));
  }

  /** The MAC object must be the last and cover all before it. */
  function checkMac(level: readonly Tlv[], header: Uint8Array, data: Uint8Array): boolean {
    const mac = level.at(-1);
    if (mac?.tag !== MAC || mac.value.length !== 8) return false;
    const objects = data.subarray(0, data.length - mac.raw.length);
    const expected =
      objects.length === 0 && header.length > 0
        ? suite.mac(keys.mac, concat(counter, header))
        : macOf(header, objects);
    return equalBytes(expected, mac.value);
  }
}

const findCryptogram = (level: readonly Tlv[]) =>
  level.find((each) => each.tag === CRYPTOGRAM || each.tag === CRYPTOGRAM_TLV);

/** 256 and 65,536 are written as zeros. */
function encodeLe(le: number): Uint8Array {
  return le <= 256 ? Uint8Array.of(le % 256) : Uint8Array.of((le >> 8) & 255, le & 255);
}
