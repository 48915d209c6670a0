import type { Readable } from 'node:stream';

/** Reads a stream to its end, but never more than `limit` bytes: what is beyond makes the input too long anyway. */
export async function readInput(stream: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limit) break;
  }
  return Buffer.concat(chunks).subarray(0, limit + 1);
}
