import { err, ok, type Result } from '@motcua/core';
import { concat } from './bytes.ts';

/** One data object of BER-TLV (ISO 7816-4, X.690): definite lengths only, tags of at most three bytes. */
export interface Tlv {
  /** All tag bytes as one number: `0x30`, `0x5f1f`, `0x7f2e`. */
  readonly tag: number;
  readonly constructed: boolean;
  readonly value: Uint8Array;
  /** The whole object, tag and length included. */
  readonly raw: Uint8Array;
}

export type TlvError = {
  readonly code: 'tlv-truncated' | 'tlv-bad-tag' | 'tlv-bad-length' | 'tlv-too-many' | 'tlv-too-deep';
};

/** What of a structure is looked at; a card that claims more is refused. */
export interface TlvLimits {
  /** Objects in one level. */
  readonly maxSiblings?: number;
}

const MAX_SIBLINGS = 256;

/** Tag and length at the beginning of `bytes`, whether or not the value is there as well. */
export function readTlvHeader(bytes: Uint8Array): Result<
  {
    readonly tag: number;
    readonly constructed: boolean;
    readonly headerLength: number;
    readonly length: number;
  },
  TlvError
> {
  const first = bytes[0];
  if (first === undefined) return err({ code: 'tlv-truncated' });
  let tag = first;
  let at = 1;
  if ((first & 0x1f) === 0x1f) {
    let more = true;
    while (more) {
      const next = bytes[at];
      if (next === undefined) return err({ code: 'tlv-truncated' });
      // X.690, 8.1.2.4.2: the first of the following bytes is never 80.
      if (at === 3 || (at === 1 && next === 0x80)) return err({ code: 'tlv-bad-tag' });
      tag = tag * 256 + next;
      more = (next & 0x80) !== 0;
      at += 1;
    }
  }
  const form = bytes[at];
  if (form === undefined) return err({ code: 'tlv-truncated' });
  at += 1;
  let length = form;
  if (form >= 0x80) {
    const count = form & 0x7f;
    // 80 would be the indefinite form; more than four bytes no memory holds.
    if (count === 0 || count > 4) return err({ code: 'tlv-bad-length' });
    if (bytes.length < at + count) return err({ code: 'tlv-truncated' });
    length = 0;
    for (let index = 0; index < count; index += 1) length = length * 256 + bytes[at + index]!;
    at += count;
  }
  return ok({ tag, constructed: (first & 0x20) !== 0, headerLength: at, length });
}

/** The first object of `bytes`; what follows it is left alone. Values are views, nothing is copied. */
export function readTlv(bytes: Uint8Array): Result<Tlv, TlvError> {
  const header = readTlvHeader(bytes);
  if (!header.ok) return header;
  const { tag, constructed, headerLength, length } = header.value;
  if (bytes.length - headerLength < length) return err({ code: 'tlv-truncated' });
  const raw = bytes.subarray(0, headerLength + length);
  return ok({ tag, constructed, value: raw.subarray(headerLength), raw });
}

/** All objects of one level, to the last byte. Deeper levels are read by calling it with an object's value. */
export function readTlvs(bytes: Uint8Array, limits: TlvLimits = {}): Result<readonly Tlv[], TlvError> {
  const found: Tlv[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    if (found.length === (limits.maxSiblings ?? MAX_SIBLINGS)) return err({ code: 'tlv-too-many' });
    const next = readTlv(rest);
    if (!next.ok) return next;
    found.push(next.value);
    rest = rest.subarray(next.value.raw.length);
  }
  return ok(found);
}

/** The value of the first object with this tag in one level; undefined when there is none or the level is damaged. */
export function findTlv(bytes: Uint8Array, tag: number): Uint8Array | undefined {
  const level = readTlvs(bytes);
  return level.ok ? level.value.find((each) => each.tag === tag)?.value : undefined;
}

/** One object in DER: shortest form of the length. */
export function encodeTlv(tag: number, ...values: readonly Uint8Array[]): Uint8Array {
  const value = concat(...values);
  return concat(bigEndian(tag), encodeLength(value.length), value);
}

export function encodeLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const digits = bigEndian(length);
  return concat(Uint8Array.of(0x80 | digits.length), digits);
}

function bigEndian(value: number): Uint8Array {
  const digits: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Uint8Array.from(digits.length === 0 ? [0] : digits);
}
