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
  /** Fax group 3: rows stand alone, and a bad line spoils a row at most. */
  readonly rowsStandAlone: boolean;
  /** Why its picture cannot be had: part of it lies beyond the end of the file, or nothing here decodes its coding. */
  readonly fault?: 'cut' | 'unsupported';
}

export interface TiffPages {
  readonly pages: readonly TiffPage[];
  /** The chain of directories runs in circles, out of the file or over a bound: what comes behind `pages` is unknown. */
  readonly broken: boolean;
}

const MAX_DIRECTORIES = 2_000;
const MAX_ENTRIES = 1_000;
/** Strips or tiles of a picture. */
const MAX_PIECES = 1_000_000;
const TAG = {
  subfileType: 254,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  samplesPerPixel: 277,
  stripByteCounts: 279,
  horizontal: 282,
  vertical: 283,
  planes: 284,
  unit: 296,
  tileOffsets: 324,
  tileByteCounts: 325,
  sampleFormat: 339,
} as const;
const SHORT = 3;
const LONG = 4;
const RATIONAL = 5;
const CENTIMETRE = 3;
const FAX_GROUP_3 = 3;
const JPEG = 7;
const UNSIGNED = 1;

/**
 * What sharp’s libtiff decodes: none, CCITT runs, fax G3 and G4, LZW, JPEG, Deflate (both numbers),
 * PackBits, WebP. Of another coding libvips makes a black picture and says nothing.
 */
const CODINGS: readonly number[] = [1, 2, FAX_GROUP_3, 4, 5, JPEG, 8, 32_946, 32_773, 50_001];
/** White is zero, black is zero, RGB, palette, CMYK. */
const COLOURS: readonly number[] = [0, 1, 2, 3, 5];
/** Only as libjpeg turns it into RGB; otherwise libvips takes it for RGB. */
const YCBCR = 6;

/**
 * Pages of a classic TIFF (TIFF 6.0), without the small previews that some programs add. Reads directories only.
 * `size` is the file's, in bytes.
 */
export async function readTiffPages(handle: FileHandle, size: number): Promise<TiffPages> {
  const head = await readAt(handle, 0, 8);
  if (head === undefined || !isClassicTiff(head)) return { pages: [], broken: true };
  const little = head[0] === 0x49;
  const seen = new Set<number>();
  const pages: TiffPage[] = [];
  let offset = u32(head, 4, little);
  for (let index = 0; offset !== 0; index += 1) {
    if (index >= MAX_DIRECTORIES || seen.has(offset)) return { pages, broken: true };
    seen.add(offset);
    const directory = await readDirectory(handle, offset, little);
    if (directory === undefined) return { pages, broken: true };
    const { values, next } = directory;
    offset = next;
    // Bit 0: a reduced version of another picture in this file.
    if (((values.get(TAG.subfileType)?.[0] ?? 0) & 1) === 1) continue;
    pages.push(pageOf(index, values, size));
  }
  return { pages, broken: false };
}

/** By its first four bytes. */
export function isClassicTiff(head: Buffer): boolean {
  return ['II*\0', 'MM\0*'].includes(head.toString('latin1', 0, 4));
}

/** Opens and closes `file`. Rejects with the file system's error. */
export async function readTiffFile(file: string): Promise<TiffPages> {
  const handle = await open(file, 'r');
  try {
    return await readTiffPages(handle, (await handle.stat()).size);
  } finally {
    await handle.close();
  }
}

type Values = ReadonlyMap<number, readonly number[]>;

function pageOf(index: number, values: Values, size: number): TiffPage {
  const perInch = values.get(TAG.unit)?.[0] === CENTIMETRE ? 2.54 : 1;
  const resolution = (tag: number) => {
    const value = values.get(tag)?.[0];
    return value !== undefined && Number.isFinite(value) && value > 0 ? value * perInch : undefined;
  };
  const fault = isSupported(values) ? (isWhole(values, size) ? undefined : 'cut') : 'unsupported';
  return {
    index,
    width: values.get(TAG.width)?.[0] ?? 0,
    height: values.get(TAG.height)?.[0] ?? 0,
    horizontal: resolution(TAG.horizontal),
    vertical: resolution(TAG.vertical),
    rowsStandAlone: values.get(TAG.compression)?.[0] === FAX_GROUP_3,
    ...(fault && { fault }),
  };
}

function isSupported(values: Values): boolean {
  const coding = values.get(TAG.compression)?.[0] ?? 1;
  const colours = values.get(TAG.photometric)?.[0] ?? 0;
  const isTiledInPlanes =
    values.has(TAG.tileOffsets) &&
    values.get(TAG.planes)?.[0] === 2 &&
    (values.get(TAG.samplesPerPixel)?.[0] ?? 1) > 1;
  return (
    CODINGS.includes(coding) &&
    (COLOURS.includes(colours) || (colours === YCBCR && coding === JPEG)) &&
    (values.get(TAG.bitsPerSample) ?? [1]).every((bits) => bits <= 16) &&
    (values.get(TAG.sampleFormat) ?? [1]).every((format) => format === UNSIGNED) &&
    !isTiledInPlanes
  );
}

/** Every strip or tile lies within the file; of the others libvips makes black ones, as it does of what it cannot decode. */
function isWhole(values: Values, size: number): boolean {
  const offsets = values.get(TAG.stripOffsets) ?? values.get(TAG.tileOffsets) ?? [];
  const lengths = values.get(TAG.stripByteCounts) ?? values.get(TAG.tileByteCounts) ?? [];
  return offsets.length > 0 && offsets.every((offset, at) => offset + (lengths[at] ?? 1) <= size);
}

async function readDirectory(handle: FileHandle, offset: number, little: boolean) {
  const head = await readAt(handle, offset, 2);
  const count = head && u16(head, 0, little);
  if (count === undefined || count === 0 || count > MAX_ENTRIES) return undefined;
  const entries = await readAt(handle, offset + 2, count * 12 + 4);
  if (entries === undefined) return undefined;
  const values = new Map<number, readonly number[]>();
  const wanted = new Set<number>(Object.values(TAG));
  for (let at = 0; at < count * 12; at += 12) {
    const tag = u16(entries, at, little);
    if (!wanted.has(tag)) continue;
    const numbers = await readNumbers(handle, entries.subarray(at, at + 12), little);
    if (numbers) values.set(tag, numbers);
  }
  return { values, next: u32(entries, count * 12, little) };
}

const BYTES: Readonly<Record<number, number>> = { [SHORT]: 2, [LONG]: 4, [RATIONAL]: 8 };

/** Values of one entry of a directory; up to four bytes of them stand in the entry itself. */
async function readNumbers(
  handle: FileHandle,
  entry: Buffer,
  little: boolean,
): Promise<readonly number[] | undefined> {
  const type = u16(entry, 2, little);
  const count = u32(entry, 4, little);
  const bytes = BYTES[type];
  if (bytes === undefined || count === 0 || count > MAX_PIECES) return undefined;
  const length = count * bytes;
  const data = length <= 4 ? entry.subarray(8) : await readAt(handle, u32(entry, 8, little), length);
  if (data === undefined) return undefined;
  return Array.from({ length: count }, (_, place) => {
    const at = place * bytes;
    if (type === SHORT) return u16(data, at, little);
    return type === LONG ? u32(data, at, little) : u32(data, at, little) / u32(data, at + 4, little);
  });
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
