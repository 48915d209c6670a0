import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { err, ok, type Result } from '@motcua/core';
import sharp from 'sharp';
import type { PageError } from '../page.ts';
import { isClassicTiff, readTiffPages, type TiffPage } from '../sources/tiff-directory.ts';
import { MAX_PIXELS, sourceOptions } from './image.ts';

export interface PageFacts {
  /** Pixels as stored, before EXIF orientation. */
  readonly width: number;
  readonly height: number;
  readonly format: 'jpeg' | 'png' | 'tiff' | 'webp' | 'gif';
}

export const MAX_BYTES = 256 * 1024 * 1024;
/** A citizen card at 75 dpi is 253 × 160; below that nothing can be read. */
const MIN_SIDE = 120;
/** The recognition engine's own bound is 32,767. */
export const MAX_SIDE = 30_000;
/**
 * Progressive JPEG and interlaced PNG are decoded as a whole, in up to six bytes a pixel: measured, two workers side by
 * side need 0.9 GB for two such pictures of this size, 1.6 GB for twice as many pixels.
 */
const MAX_HELD_PIXELS = 60_000_000;
const HEAD_BYTES = 1_024;
const MAX_PNG_CHUNKS = 100_000;
/** `ELOOP`: links that lead in a circle. */
const NOT_THERE: readonly (string | undefined)[] = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'];

/**
 * Cheap look at an arriving file before anything else touches it: by its first bytes, its header and its end, never by
 * its name, and without decoding (only a JPEG whose end looks wrong is decoded, to be sure).
 */
export async function inspectPage(file: string): Promise<Result<PageFacts, PageError>> {
  const failed = (code: PageError['code']) => err<PageError>({ code, file });
  let handle: FileHandle;
  try {
    // Not blocking: a pipe that nobody writes to must not hold us up.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return failed(NOT_THERE.includes(code) ? 'page-missing' : 'page-not-readable');
  }
  try {
    const info = await handle.stat();
    if (!info.isFile()) return failed('page-not-a-file');
    if (info.size === 0) return failed('page-empty');
    if (info.size > MAX_BYTES) return failed('page-too-large');
    const head = await read(handle, 0, Math.min(HEAD_BYTES, info.size));
    const format = formatOf(head);
    if (format === 'pdf') return failed('page-is-pdf');
    if (format === 'heic') return failed('page-heic');
    if (format === 'other') return failed('page-unsupported');
    if (format === undefined) return failed('page-not-an-image');
    if (format === 'png' && head.length < 33) return failed('page-truncated');
    if (format === 'png' && head.toString('latin1', 12, 16) !== 'IHDR') return failed('page-not-an-image');

    // libvips would make a black picture of it.
    const fault = format === 'tiff' ? (await readTiffPages(handle, info.size)).pages[0]?.fault : undefined;
    if (fault !== undefined) return failed(tiffFaultCode(fault));
    const size = format === 'png' ? pngSize(head) : await headerSize(file);
    if (size === undefined) return failed(format === 'png' ? 'page-not-an-image' : 'page-truncated');
    const { width, height, frames, isHeld } = size;
    const most = isHeld ? MAX_HELD_PIXELS : MAX_PIXELS;
    if (width * height > most || Math.max(width, height) > MAX_SIDE) return failed('page-too-large');
    if (Math.min(width, height) < MIN_SIDE) return failed('page-too-small');

    // A picture that moves is no paper; which of its frames counts, a person must say. TIFF has pages, not frames.
    if (format !== 'tiff' && frames > 1) return failed('page-animated');
    const png = format === 'png' ? await walkPng(handle, info.size) : undefined;
    if (png === 'animated') return failed('page-animated');
    if (png === 'cut') return failed('page-truncated');
    if (format === 'jpeg' && !(await jpegEnds(handle, info.size)) && !(await decodes(file)))
      return failed('page-truncated');
    return ok({ width, height, format });
  } catch {
    return failed('page-not-an-image');
  } finally {
    await handle.close();
  }
}

/** What the fault of a TIFF's page is called. */
export function tiffFaultCode(fault: NonNullable<TiffPage['fault']>): PageError['code'] {
  return fault === 'cut' ? 'page-truncated' : 'page-unsupported';
}

type Format = PageFacts['format'] | 'pdf' | 'heic' | 'other';

function formatOf(head: Buffer): Format | undefined {
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'jpeg';
  if (head.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))) return 'png';
  const four = head.toString('latin1', 0, 4);
  if (isClassicTiff(head)) return 'tiff';
  if (four === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP') return 'webp';
  if (four === 'GIF8') return 'gif';
  // What phones save: HEVC or AV1 in an ISO base media file, neither of which can be counted on here.
  if (/^ftyp(hei[cxms]|hev[cx]|mif1|msf1|avi[fs])$/.test(head.toString('latin1', 4, 12))) return 'heic';
  // Readers accept a PDF whose header stands anywhere in the first 1,024 bytes.
  if (head.includes('%PDF-')) return 'pdf';
  return OTHER_PICTURES.some((start) => start.test(head.toString('latin1', 0, 16))) ? 'other' : undefined;
}

/** Pictures that are whole, and still not read here. */
const OTHER_PICTURES: readonly RegExp[] = [
  /^(II\+\0|MM\0\+)/, // BigTIFF
  /^BM.{4}\0{4}/s, // Windows bitmap
  /^(\0\0\0\x0cjP {2}|\xff\x4f\xff\x51)/, // JPEG 2000
  /^(\0\0\0\x0cJXL |\xff\x0a)/, // JPEG XL
  /^8BPS/, // Photoshop
  /^AT&TFORM/, // DjVu
  /^P[1-7]\s/, // Netpbm
  /^\x97JB2/, // JBIG2
];

async function read(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function pngSize(head: Buffer) {
  const width = head.readUInt32BE(16);
  const height = head.readUInt32BE(20);
  // The last byte of IHDR: 1 is Adam7.
  return width > 0 && height > 0 ? { width, height, frames: 1, isHeld: head[28] !== 0 } : undefined;
}

async function headerSize(file: string) {
  try {
    const options = { ...sourceOptions, limitInputPixels: false };
    const { width, height, pages, isProgressive } = await sharp(file, options).metadata();
    return { width, height, frames: pages ?? 1, isHeld: isProgressive };
  } catch {
    return undefined;
  }
}

/** Walks the chunk headers to IEND; a chunk that claims more than the file holds means that the file was cut. */
async function walkPng(handle: FileHandle, size: number): Promise<'whole' | 'cut' | 'animated'> {
  let position = 8;
  for (let chunk = 0; chunk < MAX_PNG_CHUNKS && position + 12 <= size; chunk += 1) {
    const header = await read(handle, position, 8);
    const type = header.toString('latin1', 4, 8);
    if (type === 'IEND') return 'whole';
    if (type === 'acTL') return 'animated';
    position += 12 + header.readUInt32BE(0);
  }
  return 'cut';
}

/** The end-of-image marker, behind which some scanners leave zeros. */
async function jpegEnds(handle: FileHandle, size: number): Promise<boolean> {
  const tail = await read(handle, Math.max(0, size - 4_096), Math.min(4_096, size));
  let end = tail.length;
  while (end > 0 && tail[end - 1] === 0) end -= 1;
  return tail[end - 2] === 0xff && tail[end - 1] === 0xd9;
}

/** Warnings of libjpeg that mean lost pixels; it also warns of what many cameras write and nobody misses. */
const LOST = /premature end of data|bad Huffman code|instead of RST/i;

/**
 * Whether the data of a picture reach its last row. Of a JPEG that was cut and closed with an end marker `inspectPage`
 * finds nothing wrong, and libjpeg paints the rest grey with a warning. Decodes at an eighth of its size (measured: 10 ms
 * for A4 at 300 dpi), hence apart, for where the picture is decoded anyway.
 */
export async function isComplete(file: string, { format, width }: PageFacts): Promise<boolean> {
  if (format !== 'jpeg') return true;
  try {
    const strict = sharp(file, { ...sourceOptions, failOn: 'warning' });
    await strict
      .resize(Math.ceil(width / 8))
      .raw()
      .toBuffer();
    return true;
  } catch (error) {
    return !(error instanceof Error && LOST.test(error.message));
  }
}

async function decodes(file: string): Promise<boolean> {
  try {
    await sharp(file, sourceOptions).stats();
    return true;
  } catch {
    return false;
  }
}
