import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';

/**
 * A file of any size, encrypted in frames so that a part can be read without the rest:
 *
 *     "MCKB" 1 0 0 0 | salt (16) | length (8, big-endian)   then per frame: ciphertext (≤ 1 MiB) | tag (16)
 *
 * AES-256-GCM under HKDF-SHA256(data key, salt), so that no two files share a key and the frame's number can be its
 * nonce. Associated data: header, the file's name, number and count of frames; a frame that was changed, moved, left
 * out, or taken from another file does not open.
 */
const MAGIC = Buffer.from([0x4d, 0x43, 0x4b, 0x42, 1, 0, 0, 0]);
const HEADER_BYTES = 32;
export const FRAME_BYTES = 1_048_576;
const TAG_BYTES = 16;

export class SealedFileError extends Error {
  readonly code = 'blob-damaged';
  constructor(detail: string) {
    super(`blob-damaged: ${detail}`);
    this.name = 'SealedFileError';
  }
}

export interface SealedFile {
  /** Bytes of the plain file. */
  readonly size: number;
  /** Plain bytes; the stream fails with {@link SealedFileError} at the first frame that does not open. */
  read(from: number, bytes: number): Readable;
}

/** SHA-256 of a file. */
export async function hashFile(path: string): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: FRAME_BYTES }))
    hash.update(chunk as Buffer);
  return hash.digest();
}

/**
 * Encrypts the file `from` into the open file `to`.
 *
 * @throws when the plain file is not what `sha256` says: it was changed meanwhile.
 */
export async function sealFile(
  from: string,
  to: FileHandle,
  options: { readonly key: Buffer; readonly name: string; readonly sha256: Buffer },
): Promise<void> {
  const plain = await open(from, 'r');
  try {
    const { size } = await plain.stat();
    const header = Buffer.concat([MAGIC, randomBytes(16), Buffer.alloc(8)]);
    header.writeBigUInt64BE(BigInt(size), 24);
    const frames = frameCipher(header, options.key, options.name);
    const hash = createHash('sha256');
    await to.writeFile(header);
    const buffer = Buffer.alloc(Math.min(FRAME_BYTES, Math.max(1, size)));
    for (let index = 0; index < frames.count; index++) {
      const wanted = frames.plainBytes(index);
      const { bytesRead } = await plain.read(buffer, 0, wanted, index * FRAME_BYTES);
      if (bytesRead !== wanted) throw new Error('the file became shorter while it was read');
      const bytes = buffer.subarray(0, wanted);
      hash.update(bytes);
      await to.writeFile(frames.seal(index, bytes));
    }
    if (!hash.digest().equals(options.sha256)) throw new Error('the file was changed while it was read');
  } finally {
    await plain.close();
  }
}

/** @throws {SealedFileError} when the header is not one, or the file's length is not what it says. */
export async function openSealedFile(
  path: string,
  options: { readonly key: Buffer; readonly name: string },
): Promise<SealedFile> {
  const handle = await open(path, 'r');
  const header = Buffer.alloc(HEADER_BYTES);
  let length: number;
  try {
    await handle.read(header, 0, HEADER_BYTES, 0);
    length = (await handle.stat()).size;
  } finally {
    await handle.close();
  }
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) throw new SealedFileError('header');
  const frames = frameCipher(header, options.key, options.name);
  if (length !== frames.end(frames.count - 1)) throw new SealedFileError('length');
  return {
    size: frames.size,
    read: (from, bytes) => Readable.from(readFrames(path, frames, from, bytes), { objectMode: false }),
  };
}

type Frames = ReturnType<typeof frameCipher>;

async function* readFrames(
  path: string,
  frames: Frames,
  from: number,
  bytes: number,
): AsyncGenerator<Buffer> {
  const until = Math.min(frames.size, from + bytes);
  if (from >= until) return;
  const handle = await open(path, 'r');
  try {
    for (let index = Math.floor(from / FRAME_BYTES); index * FRAME_BYTES < until; index++) {
      const sealed = Buffer.alloc(frames.plainBytes(index) + TAG_BYTES);
      const { bytesRead } = await handle.read(sealed, 0, sealed.length, frames.start(index));
      if (bytesRead !== sealed.length) throw new SealedFileError('length');
      const plain = frames.open(index, sealed);
      yield plain.subarray(Math.max(0, from - index * FRAME_BYTES), until - index * FRAME_BYTES);
    }
  } finally {
    await handle.close();
  }
}

function frameCipher(header: Buffer, dataKey: Buffer, name: string) {
  const size = Number(header.readBigUInt64BE(24));
  if (!Number.isSafeInteger(size)) throw new SealedFileError('header');
  // An empty file has one empty frame: its length is authenticated like any other.
  const count = Math.max(1, Math.ceil(size / FRAME_BYTES));
  const key = Buffer.from(hkdfSync('sha256', dataKey, header.subarray(8, 24), 'motcua/blob/1', 32));
  const start = (index: number) => HEADER_BYTES + index * (FRAME_BYTES + TAG_BYTES);
  const plainBytes = (index: number) => (index < count - 1 ? FRAME_BYTES : size - index * FRAME_BYTES);
  const nonce = (index: number) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt32BE(index, 8);
    return bytes;
  };
  const associated = (index: number) => {
    const place = Buffer.alloc(8);
    place.writeUInt32BE(index, 0);
    place.writeUInt32BE(count, 4);
    return Buffer.concat([header, Buffer.from(name), place]);
  };
  return {
    size,
    count,
    start,
    plainBytes,
    end: (index: number) => start(index) + plainBytes(index) + TAG_BYTES,
    seal: (index: number, plain: Buffer): Buffer => {
      const cipher = createCipheriv('aes-256-gcm', key, nonce(index)).setAAD(associated(index));
      return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    open: (index: number, sealed: Buffer): Buffer => {
      const cipher = createDecipheriv('aes-256-gcm', key, nonce(index)).setAAD(associated(index));
      cipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      const plain = cipher.update(sealed.subarray(0, -TAG_BYTES));
      try {
        cipher.final();
      } catch {
        throw new SealedFileError(`frame ${index}`);
      }
      return plain;
    },
  };
}
