import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { err, ok, type Result } from '@motcua/core';
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl';
import { invalid, type Reason } from './reasons.ts';
import { checkBookkeeping, checkLayout } from './zip-layout.ts';

/** Far above any honest dossier; what lies beyond is refused before it is unpacked. */
export interface ContainerLimits {
  readonly files: number;
  readonly fileBytes: number;
  readonly totalBytes: number;
  /** Unpacked to packed, counted above 1 MiB. */
  readonly ratio: number;
}
export const defaultLimits: ContainerLimits = {
  files: 1_000,
  fileBytes: 1_073_741_824,
  totalBytes: 2_147_483_648,
  ratio: 200,
};
const MAX_NAME_BYTES = 400;
const ENCRYPTED = 0x1;

export type DigestName = 'sha256' | 'sha384' | 'sha512';

export interface Digests {
  readonly size: number;
  readonly of: ReadonlyMap<DigestName, Buffer>;
}

export interface Container {
  readonly names: readonly string[];
  /** Odd fields of headers: the content can be told nevertheless, but the file is not as it was made. */
  readonly irregular: readonly Reason[];
  readonly entries: ReadonlyMap<string, Entry>;
  /** The whole file when it is not larger than `cap`; undefined when it is larger, damaged or lies about its size. */
  read(name: string, cap: number): Promise<Buffer | undefined>;
  /** Digests in one pass, in constant memory; undefined as above. */
  digest(name: string, algorithms: ReadonlySet<DigestName>): Promise<Digests | undefined>;
  /** Its bytes as they are unpacked; for copying. */
  stream(name: string): Promise<Readable>;
  close(): Promise<void>;
}

/**
 * Opens a ZIP that may come from anybody. Every byte of it must be accounted for: entries lie side by side from the
 * first byte to the central directory, local headers say what the central directory says, names are plain relative
 * paths and each is there once, nothing is encrypted, nothing stands before, between or behind.
 */
export async function openContainer(
  file: string,
  limits: ContainerLimits = defaultLimits,
): Promise<Result<Container, Reason>> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch {
    return err(invalid('file-unreadable', 'the file cannot be opened'));
  }
  const fail = async (reason: Reason) => {
    await handle.close();
    return err(reason);
  };
  try {
    const { size } = await handle.stat();
    if (size > limits.totalBytes) return await fail(invalid('file-too-large', `${size} bytes`));
    const around = await bytesAround(handle, size);
    if (around !== undefined) return await fail(around);
    const zip = await fromFdPromise(handle.fd, {
      lazyEntries: true,
      autoClose: false,
      strictFileNames: true,
      validateEntrySizes: true,
    });
    const entries = await listEntries(zip, limits);
    if (!entries.ok) return await fail(entries.error);
    const wrong = await checkLayout(handle, size, [...entries.value.values()], zip.comment);
    if (wrong !== undefined) return await fail(wrong);
    const irregular = await checkBookkeeping(handle, size, [...entries.value.values()], zip.comment);
    return ok(reader(zip, handle, entries.value, irregular));
  } catch (error) {
    // yauzl throws on what it cannot read; its messages may quote names, so only the kind is told.
    const detail =
      error instanceof Error && /invalid (relative|characters)|absolute path/.test(error.message);
    return await fail(
      detail
        ? invalid('container-name-refused', 'an entry has an absolute, climbing or backslashed name')
        : invalid('container-not-a-zip', 'the ZIP structure is damaged'),
    );
  }
}

async function listEntries(
  zip: ZipFile,
  limits: ContainerLimits,
): Promise<Result<ReadonlyMap<string, Entry>, Reason>> {
  if (zip.entryCount > limits.files)
    return err(invalid('container-too-many-files', `${zip.entryCount} entries`));
  const entries = new Map<string, Entry>();
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    const { fileName: name, compressedSize, uncompressedSize } = entry;
    if (!plainName(name)) return err(invalid('container-name-refused', `entry ${entries.size + 1}`));
    // Names that a Windows or macOS disk would take for one another count as the same.
    if ([...entries.keys()].some((other) => fold(other) === fold(name)))
      return err(invalid('container-name-doubled', `entry ${entries.size + 1}`));
    if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0 || ![0, 8].includes(entry.compressionMethod))
      return err(invalid('container-unreadable-entry', `entry ${entries.size + 1}`));
    total += uncompressedSize;
    const bomb = uncompressedSize > 1_048_576 && uncompressedSize > compressedSize * limits.ratio;
    if (uncompressedSize > limits.fileBytes || total > limits.totalBytes || bomb)
      return err(
        invalid('container-too-large', `entry ${entries.size + 1} unpacks to ${uncompressedSize} bytes`),
      );
    entries.set(name, entry);
  }
  return ok(entries);
}

function plainName(name: string): boolean {
  return (
    Buffer.byteLength(name) <= MAX_NAME_BYTES &&
    !/[\\:\u0000-\u001f\u007f]/.test(name) &&
    name.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** Something in front of the first entry or behind the end record: told as what it is, not as damage. */
async function bytesAround(handle: FileHandle, size: number): Promise<Reason | undefined> {
  const tail = Buffer.alloc(Math.min(size, 65_557));
  await handle.read(tail, 0, tail.length, size - tail.length);
  const at = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (at < 0 || at + 22 > tail.length) return undefined;
  const behind = tail.length - (at + 22 + tail.readUInt16LE(at + 20));
  if (behind > 0) return invalid('container-extra-bytes', `${behind} bytes behind the end`);
  const directory = tail.readUInt32LE(at + 12) + tail.readUInt32LE(at + 16);
  const before = size - tail.length + at - directory;
  return before > 0 ? invalid('container-extra-bytes', `${before} bytes in front or between`) : undefined;
}

function reader(
  zip: ZipFile,
  handle: FileHandle,
  entries: ReadonlyMap<string, Entry>,
  irregular: readonly Reason[],
): Container {
  /** Runs the entry's bytes through `take`; false when damaged, longer or shorter than stated, or of another CRC. */
  async function pump(name: string, take: (chunk: Buffer) => void): Promise<boolean> {
    const entry = entries.get(name);
    if (entry === undefined) return false;
    try {
      let size = 0;
      let crc = 0;
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        const bytes = chunk as Buffer;
        size += bytes.length;
        if (size > entry.uncompressedSize) return false;
        crc = crc32(bytes, crc);
        take(bytes);
      }
      return size === entry.uncompressedSize && crc === entry.crc32;
    } catch {
      return false;
    }
  }
  return {
    names: [...entries.keys()],
    irregular,
    entries,
    read: async (name, cap) => {
      if ((entries.get(name)?.uncompressedSize ?? 0) > cap) return undefined;
      const chunks: Buffer[] = [];
      return (await pump(name, (chunk) => chunks.push(chunk))) ? Buffer.concat(chunks) : undefined;
    },
    digest: async (name, algorithms) => {
      const hashes = [...algorithms].map((one) => [one, createHash(one)] as const);
      let size = 0;
      const whole = await pump(name, (chunk) => {
        size += chunk.length;
        for (const [, one] of hashes) one.update(chunk);
      });
      return whole ? { size, of: new Map(hashes.map(([key, one]) => [key, one.digest()])) } : undefined;
    },
    stream: async (name) => {
      const entry = entries.get(name);
      if (entry === undefined) throw new Error('no such entry');
      return zip.openReadStreamPromise(entry);
    },
    close: async () => {
      await handle.close();
    },
  };
}
