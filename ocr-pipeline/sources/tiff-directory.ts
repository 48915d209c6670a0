import { type FileHandle, open } from 'node:fs/promises';

/** One picture in a TIFF file, as its image file directory states it. */
export interface TiffPage {
  /** Place in the chain of directories; what libvips calls the page. */
  readonly index: number;
  readonly width: number;
  readonly height: number;
  /** Pixels per inch; undefined when the file does not say. */
  readonly horizontal: number | undefined;
  readonly vertical: number | undefined;
}

const MAX_DIRECTORIES = 2_000;
const MAX_ENTRIES = 1_000;
const TAG = { subfileType: 254, width: 256, height: 257, horizontal: 282, vertical: 283, unit: 296 } as const;
const SHORT = 3;
const LONG = 4;
const CENTIMETRE = 3;

/**
 * Pages of a classic TIFF (TIFF 6.0), without the small previews that some programs add. Reads directories only;
 * undefined when they run in circles, out of the file, or over any bound.
 */
export async function readTiffPages(handle: FileHandle): Promise<readonly TiffPage[] | undefined> {
  const head = await readAt(handle, 0, 8);
  if (head === undefined) return undefined;
  const little = head[0] === 0x49;
  const seen = new Set<number>();
  const pages: TiffPage[] = [];
  let offset = u32(head, 4, little);
  for (let index = 0; offset !== 0; index += 1) {
    if (index >= MAX_DIRECTORIES || seen.has(offset)) return undefined;
    seen.add(offset);
    const directory = await readDirectory(handle, offset, little);
    if (directory === undefined) return undefined;
    const { values, next } = directory;
    offset = next;
    // Bit 0: a reduced version of another picture in this file.
    if (((values.get(TAG.subfileType) ?? 0) & 1) === 1) continue;
    const perInch = values.get(TAG.unit) === CENTIMETRE ? 2.54 : 1;
    const resolution = (tag: number) => {
      const value = values.get(tag);
      return value !== undefined && Number.isFinite(value) && value > 0 ? value * perInch : undefined;
    };
    pages.push({
      index,
      width: values.get(TAG.width) ?? 0,
      height: values.get(TAG.height) ?? 0,
      horizontal: resolution(TAG.horizontal),
      vertical: resolution(TAG.vertical),
    });
  }
  return pages;
}

/** Zero when the directories cannot be read. */
export async function countTiffPages(file: string): Promise<number> {
  const handle = await open(file, 'r');
  const pages = await readTiffPages(handle).finally(() => handle.close());
  return pages?.length ?? 0;
}

async function readDirectory(handle: FileHandle, offset: number, little: boolean) {
  const head = await readAt(handle, offset, 2);
  const count = head && u16(head, 0, little);
  if (count === undefined || count === 0 || count > MAX_ENTRIES) return undefined;
  const entries = await readAt(handle, offset + 2, count * 12 + 4);
  if (entries === undefined) return undefined;
  const values = new Map<number, number>();
  for (let at = 0; at < count * 12; at += 12) {
    const tag = u16(entries, at, little);
    const type = u16(entries, at + 2, little);
    if (type === SHORT) values.set(tag, u16(entries, at + 8, little));
    else if (type === LONG) values.set(tag, u32(entries, at + 8, little));
    else if (tag === TAG.horizontal || tag === TAG.vertical) {
      const rational = await readAt(handle, u32(entries, at + 8, little), 8);
      if (rational) values.set(tag, u32(rational, 0, little) / u32(rational, 4, little));
    }
  }
  return { values, next: u32(entries, count * 12, little) };
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer | undefined> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return bytesRead === length ? buffer : undefined;
}

function u16(data: Buffer, at: number, little: boolean): number {
  return little ? data.readUInt16LE(at) : data.readUInt16BE(at);
}

function u32(data: Buffer, at: number, little: boolean): number {
  return little ? data.readUInt32LE(at) : data.readUInt32BE(at);
}
