import { concat, fromInteger } from '../../id-chip/bytes.ts';
import { encodeOid } from '../../id-chip/oid.ts';
import { encodeTlv } from '../../id-chip/tlv.ts';

/** The few types of DER (X.690) that certificates and security objects are made of. */
export const sequence = (...parts: readonly Uint8Array[]) => encodeTlv(0x30, ...parts);
/** Sorted, as DER wants a SET OF. */
export const setOf = (...parts: readonly Uint8Array[]) =>
  encodeTlv(0x31, ...[...parts].sort((one, other) => Buffer.compare(one, other)));
export const oid = (dotted: string) => encodeTlv(0x06, encodeOid(dotted));
export const octets = (...parts: readonly Uint8Array[]) => encodeTlv(0x04, ...parts);
export const bits = (content: Uint8Array) => encodeTlv(0x03, Uint8Array.of(0), content);
export const nothing = encodeTlv(0x05);
export const utf8 = (text: string) => encodeTlv(0x0c, Buffer.from(text));
export const printable = (text: string) => encodeTlv(0x13, Buffer.from(text, 'latin1'));
export const yes = encodeTlv(0x01, Uint8Array.of(0xff));
/** `[n] EXPLICIT` */
export const tagged = (number: number, content: Uint8Array) => encodeTlv(0xa0 | number, content);

export function integer(value: bigint | number): Uint8Array {
  const bytes = fromInteger(BigInt(value));
  return encodeTlv(0x02, bytes[0]! >= 0x80 ? concat(Uint8Array.of(0), bytes) : bytes);
}

/** UTCTime, `YYMMDDhhmmssZ`. */
export function utcTime(time: Date): Uint8Array {
  const digits = time.toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return encodeTlv(0x17, Buffer.from(`${digits}Z`, 'latin1'));
}
