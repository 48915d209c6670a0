import type { FileHandle } from 'node:fs/promises';
import type { Entry } from 'yauzl';
import { invalid, type Reason } from './reasons.ts';

/** Layout of APPNOTE.TXT 6.3.x. Unpackers differ in whom they believe; a container in which that matters is refused. */
const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const DESCRIPTOR = 0x08074b50;
const END = 0x06054b50;
const HAS_DESCRIPTOR = 0x8;
/** Bits that change how the bytes or the name are read: encryption, descriptor, strong encryption, UTF-8 name. */
const MEANING_BITS = 0x1 | HAS_DESCRIPTOR | 0x40 | 0x800;
/** Info-ZIP's Unicode path: a second name for the entry. */
const UNICODE_PATH = 0x7075;

/**
 * Checks that the entries, each local header + data + descriptor, fill the file from byte 0 to the central directory
 * without gap or overlap, that the directory ends where the end record begins, and that the file ends with it.
 */
export async function checkLayout(
  handle: FileHandle,
  size: number,
  entries: readonly Entry[],
  comment: string,
): Promise<Reason | undefined> {
  // The one comment that ASiC allows (EN 319 162-1, A.1).
  if (comment !== '' && comment !== 'mimetype=application/vnd.etsi.asic-e+zip')
    return invalid('container-extra-bytes', 'a comment stands behind the ZIP');
  const endAt = size - 22 - comment.length;
  const end = await bytes(handle, endAt, 22);
  if (end === undefined || end.readUInt32LE(0) !== END)
    return invalid('container-extra-bytes', 'bytes behind the end record');
  if (end.readUInt16LE(8) !== entries.length || end.readUInt16LE(10) !== entries.length)
    return invalid('container-headers-disagree', 'number of entries');
  const directoryAt = end.readUInt32LE(16);
  if (directoryAt + end.readUInt32LE(12) !== endAt)
    return invalid('container-extra-bytes', 'bytes around the central directory');

  let cursor = 0;
  for (const entry of [...entries].sort(
    (a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader,
  )) {
    if (entry.relativeOffsetOfLocalHeader !== cursor)
      return invalid('container-extra-bytes', `a gap or an overlap at byte ${cursor}`);
    const next = await checkEntry(handle, entry);
    if (typeof next !== 'number') return next;
    cursor = next;
  }
  if (cursor !== directoryAt) return invalid('container-extra-bytes', `bytes at ${cursor}`);
  return checkDirectory(handle, directoryAt, endAt, entries);
}

/** Where the next entry must begin. */
async function checkEntry(handle: FileHandle, entry: Entry): Promise<number | Reason> {
  const at = entry.relativeOffsetOfLocalHeader;
  const disagree = invalid('container-headers-disagree', `local header at byte ${at}`);
  const header = await bytes(handle, at, 30);
  if (header === undefined || header.readUInt32LE(0) !== LOCAL_HEADER) return disagree;
  const flags = header.readUInt16LE(6);
  const nameLength = header.readUInt16LE(26);
  const extraLength = header.readUInt16LE(28);
  const name = await bytes(handle, at + 30, nameLength);
  const sameMeaning = (flags & MEANING_BITS) === (entry.generalPurposeBitFlag & MEANING_BITS);
  if (!sameMeaning || header.readUInt16LE(8) !== entry.compressionMethod) return disagree;
  if (name === undefined || !name.equals(entry.fileNameRaw)) return disagree;
  if (entry.extraFields.some((one) => one.id === UNICODE_PATH)) return disagree;

  const sizes = [header.readUInt32LE(14), header.readUInt32LE(18), header.readUInt32LE(22)] as const;
  const stated = [entry.crc32, entry.compressedSize, entry.uncompressedSize] as const;
  const same = sizes.every((value, index) => value === stated[index]);
  const dataEnd = at + 30 + nameLength + extraLength + entry.compressedSize;
  if ((flags & HAS_DESCRIPTOR) === 0) return same ? dataEnd : disagree;
  if (!same && sizes.some((value) => value !== 0)) return disagree;
  return (await checkDescriptor(handle, dataEnd, stated)) ?? disagree;
}

/** CRC and sizes behind the data, with or without the customary signature; four-byte sizes only. */
async function checkDescriptor(
  handle: FileHandle,
  at: number,
  stated: readonly number[],
): Promise<number | undefined> {
  const descriptor = await bytes(handle, at, 16);
  if (descriptor === undefined) return undefined;
  const matches = (from: number) =>
    stated.every((value, index) => descriptor.readUInt32LE(from + 4 * index) === value);
  if (descriptor.readUInt32LE(0) === DESCRIPTOR && matches(4)) return at + 16;
  return matches(0) ? at + 12 : undefined;
}

/** The directory holds the listed entries and nothing else: no digital-signature record, no bytes between. */
async function checkDirectory(
  handle: FileHandle,
  from: number,
  to: number,
  entries: readonly Entry[],
): Promise<Reason | undefined> {
  const wrong = invalid('container-headers-disagree', 'central directory');
  let cursor = from;
  for (const _ of entries) {
    const header = await bytes(handle, cursor, 46);
    if (header === undefined || header.readUInt32LE(0) !== CENTRAL_HEADER) return wrong;
    cursor += 46 + header.readUInt16LE(28) + header.readUInt16LE(30) + header.readUInt16LE(32);
  }
  return cursor === to ? undefined : wrong;
}

async function bytes(handle: FileHandle, at: number, length: number): Promise<Buffer | undefined> {
  if (at < 0) return undefined;
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, at);
  return bytesRead === length ? buffer : undefined;
}
