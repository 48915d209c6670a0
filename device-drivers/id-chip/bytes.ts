/** Random bytes, injected: `node:crypto`'s in production, fixed ones for the standard's worked examples. */
export type RandomBytes = (length: number) => Uint8Array;

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Hexadecimal digits, spaces allowed. */
export function fromHex(hex: string): Uint8Array {
  const digits = hex.replace(/\s+/g, '');
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new Error('not hexadecimal');
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Unsigned, most significant byte first. */
export function toInteger(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`);
}

/** Unsigned, most significant byte first, padded on the left to `length` bytes; without `length` as short as it gets. */
export function fromInteger(value: bigint, length?: number): Uint8Array {
  const digits = value.toString(16);
  const minimal = fromHex(digits.length % 2 === 0 ? digits : `0${digits}`);
  if (length === undefined) return minimal;
  if (minimal.length > length)
    throw new Error(`integer of ${minimal.length} bytes does not fit in ${length}`);
  return concat(new Uint8Array(length - minimal.length), minimal);
}
