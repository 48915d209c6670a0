/**
 * DER by hand, for two things that an ASN.1 library does not give: adding to a CMS without touching one byte of what is
 * there (signatures and time-stamps stand on the bytes), and refusing encodings that are valid BER but not DER, in
 * which something could be hidden or changed unseen.
 */
export interface Tlv {
  readonly tag: number;
  /** The whole element, header and content. */
  readonly raw: Uint8Array;
  readonly content: Uint8Array;
}

const MAX_DEPTH = 40;

/** One element at the start of `bytes`; undefined when it is no DER: a long tag, an indefinite or padded length. */
export function readTlv(bytes: Uint8Array, from = 0): Tlv | undefined {
  const tag = bytes[from];
  const first = bytes[from + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined;
  let at = from + 2;
  let length = first;
  if (first > 0x7f) {
    const octets = first & 0x7f;
    if (octets === 0 || octets > 4) return undefined;
    length = 0;
    for (let index = 0; index < octets; index++) length = length * 256 + (bytes[at++] ?? Number.NaN);
    const shortest = length < 0x80 ? 0 : Math.ceil(Math.log2(length + 1) / 8);
    if (shortest !== octets) return undefined;
  }
  if (!(at + length <= bytes.length)) return undefined;
  return { tag, raw: bytes.subarray(from, at + length), content: bytes.subarray(at, at + length) };
}

/** The elements that fill `content` exactly; undefined when they do not. */
export function readAll(content: Uint8Array): Tlv[] | undefined {
  const found: Tlv[] = [];
  for (let at = 0; at < content.length; ) {
    const one = readTlv(content, at);
    if (one === undefined) return undefined;
    found.push(one);
    at += one.raw.length;
  }
  return found;
}

/** Exactly one DER element, and DER down to its last leaf. */
export function isDer(bytes: Uint8Array): boolean {
  const one = readTlv(bytes);
  return one?.raw.length === bytes.length && holds(one, 0);
}

function holds(one: Tlv, depth: number): boolean {
  // Tag 0 ends indefinite lengths in BER; in DER it would let zeros that stand behind be drawn in.
  if (depth > MAX_DEPTH || one.tag === 0) return false;
  if ((one.tag & 0x20) !== 0) {
    const inner = readAll(one.content);
    return inner?.every((child) => holds(child, depth + 1)) ?? false;
  }
  switch (one.tag) {
    case TAG.boolean:
      return one.content.length === 1 && (one.content[0] === 0 || one.content[0] === 0xff);
    case TAG.null:
      return one.content.length === 0;
    case TAG.integer: {
      const [first, second] = one.content;
      if (first === undefined) return false;
      return second === undefined || !((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
    }
    default:
      return true;
  }
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const;

/** `[n]` with constructed content. */
export const context = (number: number) => 0xa0 + number;

export function encode(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Buffer.concat([Buffer.from([tag, 0x80 | octets.length, ...octets]), content]);
}

export function sequence(...contents: readonly Uint8Array[]): Uint8Array {
  return encode(TAG.sequence, ...contents);
}

/** A SET OF: DER orders its members by their encodings and knows none twice. */
export function setOf(tag: number, members: readonly Uint8Array[]): Uint8Array {
  const sorted = members.map((one) => Buffer.from(one)).sort(Buffer.compare);
  return encode(tag, ...sorted.filter((one, index) => index === 0 || !one.equals(sorted[index - 1]!)));
}

export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc % 128];
    for (let more = Math.floor(arc / 128); more > 0; more = Math.floor(more / 128))
      digits.unshift((more % 128) | 0x80);
    return digits;
  });
  return encode(TAG.oid, Buffer.from(octets));
}

export function octetString(content: Uint8Array): Uint8Array {
  return encode(TAG.octetString, content);
}

/** Non-negative, below 2^31. */
export function integer(value: number): Uint8Array {
  const octets = [value % 256];
  for (let rest = Math.floor(value / 256); rest > 0; rest = Math.floor(rest / 256))
    octets.unshift(rest % 256);
  if ((octets[0] ?? 0) > 0x7f) octets.unshift(0);
  return encode(TAG.integer, Buffer.from(octets));
}

/** UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5); whole seconds. */
export function time(value: Date): Uint8Array {
  const digits = value.toISOString().replace(/[-:T]/g, '').slice(0, 14);
  const utc = value.getUTCFullYear() < 2050;
  return encode(utc ? 0x17 : 0x18, Buffer.from(`${utc ? digits.slice(2) : digits}Z`));
}

export const NULL: Uint8Array = encode(TAG.null);
