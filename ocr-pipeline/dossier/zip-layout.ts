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

/** Bit 1 and 2 tell a deflater's effort; the others have no place in a container. */
const KNOWN_BITS = 0x1 | 0x2 | 0x4 | HAS_DESCRIPTOR | 0x40 | 0x800;
/** Made by MS-DOS or Unix; the attributes of a plain file under either. */
const MADE_ON: readonly number[] = [0, 3];
const ATTRIBUTES: readonly number[] = [
  0,
  0x20,
  ...[0o644, 0o600, 0o664, 0o666].map((mode) => ((0o100_000 | mode) << 16) >>> 0),
];
/** Python writes no file type. */
const BARE_MODES: readonly number[] = [0o600, 0o644].map((mode) => (mode << 16) >>> 0);

/**
 * Fields that no unpacker needs and no signature covers: versions, times, attributes. They must be what honest writers
 * write, the same in both headers and in all entries of a kind, so that no bit of the file is free to carry something.
 * Everything else is read on: what was done to the documents is told as well.
 */
export async function checkBookkeeping(
  handle: FileHandle,
  size: number,
  entries: readonly Entry[],
  comment: string,
): Promise<readonly Reason[]> {
  const odd = (what: string) => [invalid('container-odd-header', what)];
  const end = await bytes(handle, size - 22 - comment.length, 22);
  if (end === undefined || end.readUInt32LE(4) !== 0) return odd('end record');
  const byMethod = new Map<number, Entry>();
  for (const [index, entry] of entries.entries()) {
    const local = await bytes(handle, entry.relativeOffsetOfLocalHeader, 30);
    const first = byMethod.get(entry.compressionMethod) ?? entry;
    byMethod.set(entry.compressionMethod, first);
    const place = `entry ${index + 1}`;
    if (entry.extraFieldLength !== 0 || local?.readUInt16LE(28) !== 0 || entry.fileCommentLength !== 0)
      return [invalid('container-extra-bytes', `extra field of ${place}`)];
    const same =
      local.readUInt16LE(4) === entry.versionNeededToExtract &&
      local.readUInt16LE(6) === entry.generalPurposeBitFlag &&
      local.readUInt16LE(10) === entry.lastModFileTime &&
      local.readUInt16LE(12) === entry.lastModFileDate;
    if (!same) return odd(`the two headers of ${place}`);
    const made = entry.versionMadeBy;
    const attributes = entry.externalFileAttributes;
    const usual =
      MADE_ON.includes(made >> 8) &&
      [10, 20].includes(entry.versionNeededToExtract) &&
      (entry.generalPurposeBitFlag & ~KNOWN_BITS) === 0 &&
      (ATTRIBUTES.includes(attributes) || BARE_MODES.includes(attributes)) &&
      entry.internalFileAttributes === 0;
    const alike =
      made === first.versionMadeBy &&
      attributes === first.externalFileAttributes &&
      entry.versionNeededToExtract === first.versionNeededToExtract &&
      isTime(entry.lastModFileDate, entry.lastModFileTime);
    if (!usual || !alike) return odd(`header of ${place}`);
  }
  return [];
}

/** A day and a time of the calendar; zero is what writers without a clock put. */
function isTime(date: number, time: number): boolean {
  const [day, month] = [date & 31, (date >> 5) & 15];
  const [second, minute, hour] = [(time & 31) * 2, (time >> 5) & 63, time >> 11];
  return (
    (day >= 1 && month >= 1 && month <= 12 && second < 60 && minute < 60 && hour < 24) || date + time === 0
  );
}

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
    // A container lies on one disk.
    if (header.readUInt16LE(34) !== 0) return wrong;
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
