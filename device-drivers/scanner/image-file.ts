import { type FileHandle, open } from 'node:fs/promises';
import type { ScannedPage } from './scanner.ts';

const SIGNATURES: readonly [ScannedPage['mediaType'], readonly number[]][] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/tiff', [0x49, 0x49, 0x2a, 0x00]],
  ['image/tiff', [0x4d, 0x4d, 0x00, 0x2a]],
];
const PNG_END = Buffer.from('49454e44ae426082', 'hex');
/** End of image (ITU-T T.81, B.1.1.3). */
const JPEG_END = Buffer.from('ffd9', 'hex');
/** Some scanners pad a JPEG behind its end. */
const JPEG_PADDING = 4_096;

/** By the file's first bytes, because an ending or a header of the scanner proves nothing. */
export async function mediaTypeOf(file: string): Promise<ScannedPage['mediaType']> {
  return withFile(file, async (handle) => {
    const first = await readAt(handle, 0, 4);
    const found = SIGNATURES.find(([, signature]) => signature.every((byte, at) => first[at] === byte));
    return found?.[0] ?? 'application/octet-stream';
  });
}

/** Whether a PNG or JPEG has its end, which one that was cut short lacks. What is no image is not whole. */
export async function isWholeImage(file: string): Promise<boolean> {
  try {
    const mediaType = await mediaTypeOf(file);
    return await withFile(file, async (handle) => {
      const { size } = await handle.stat();
      switch (mediaType) {
        case 'image/png':
          return (await readAt(handle, Math.max(0, size - PNG_END.length), PNG_END.length)).equals(PNG_END);
        case 'image/jpeg':
          return (await readAt(handle, Math.max(2, size - JPEG_PADDING), JPEG_PADDING)).includes(JPEG_END);
        case 'image/tiff':
          // Its parts may lie in any order: only reading the image tells.
          return true;
        case 'application/octet-stream':
          return false;
      }
    });
  } catch {
    return false;
  }
}

async function withFile<Value>(file: string, use: (handle: FileHandle) => Promise<Value>): Promise<Value> {
  const handle = await open(file, 'r');
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
