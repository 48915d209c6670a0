import { concat } from '../bytes.ts';

/** ISO 9797-1 method 2: `80`, then zeros to a whole number of blocks. */
export function pad(data: Uint8Array, blockLength: number): Uint8Array {
  return concat(data, Uint8Array.of(0x80), new Uint8Array(blockLength - 1 - (data.length % blockLength)));
}

/** Undefined when there is no such padding. */
export function unpad(data: Uint8Array): Uint8Array | undefined {
  let end = data.length - 1;
  while (end >= 0 && data[end] === 0) end -= 1;
  return end >= 0 && data[end] === 0x80 ? data.subarray(0, end) : undefined;
}
