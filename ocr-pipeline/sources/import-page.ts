import { open, rm } from 'node:fs/promises';
import { err, ok, type Result } from '@motcua/core';
import sharp from 'sharp';
import { MAX_PIXELS, sourceOptions } from '../imaging/image.ts';
import { MAX_SIDE } from '../imaging/inspect-page.ts';
import type { PageError } from '../page.ts';
import { extractPdfImage, listPdfImages } from './pdfimages.ts';
import { pdfPageSize } from './pdfinfo.ts';
import { renderPdfPage } from './pdftoppm.ts';
import { readTiffPages, type TiffPage } from './tiff-directory.ts';

/** Drawings and text have no resolution of their own. */
const DRAWN_DPI = 300;
const MIN_DPI = 100;
const MAX_DPI = 600;
const MAX_RENDERED_PIXELS = 60_000_000;
/** Faxes: 204 × 98 and 204 × 196 dots per inch. A difference below this is a rounding. */
const SQUARE = 0.02;

/**
 * One page of a file with several, or of a PDF, as a picture of its own with square pixels: `${base}.png` or `.tif`. Only TIFF
 * and PDF have pages; a TIFF of one page with square pixels is answered as it is. `index` as `planSources` gave it.
 */
export async function importPage(
  file: string,
  index: number,
  base: string,
): Promise<Result<string, PageError>> {
  const isPdf = await startsLikeTiff(file).then((tiff) => !tiff);
  return isPdf ? importPdfPage(file, index, base) : importTiffPage(file, index, base);
}

async function startsLikeTiff(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return ['II*\0', 'MM\0*'].includes(buffer.toString('latin1'));
  } finally {
    await handle.close();
  }
}

async function importPdfPage(file: string, index: number, base: string): Promise<Result<string, PageError>> {
  const page = index + 1;
  const size = await pdfPageSize(file, page);
  if (!size.ok) return err({ code: size.error, file });
  const images = await listPdfImages(file, page);
  if (!images.ok) return err({ code: images.error, file });
  if (images.value.some((image) => image.width * image.height > MAX_PIXELS))
    return err({ code: 'page-too-large', file });
  const largest = images.value.toSorted((a, b) => b.width * b.height - a.width * a.height)[0];
  const inches = (size.value.width / 72) * (size.value.height / 72);
  const fits = Math.floor(Math.sqrt(MAX_RENDERED_PIXELS / inches));
  const native = Math.min(MAX_DPI, Math.max(MIN_DPI, largest?.dpi ?? DRAWN_DPI));
  if (fits < MIN_DPI) return err({ code: 'page-too-large', file });
  const drawn = await renderPdfPage(file, { page, dpi: Math.min(native, fits) }, base);
  if (!drawn.ok) return err({ code: drawn.error, file });
  const isBilevel = images.value.length === 1 && largest?.bilevel === true;
  const stored = isBilevel ? await storedBilevel(file, page, drawn.value, largest.dpi, base) : undefined;
  return ok(stored ?? drawn.value);
}

/** Mean difference, of 255, between a picture and its drawing: more means that it was drawn turned, cut or inverted. */
const SAME_PICTURE = 16;

/** The page's picture bit for bit, where it alone makes up the page: drawing it anew would resample it. */
async function storedBilevel(
  file: string,
  page: number,
  drawn: string,
  dpi: number,
  base: string,
): Promise<string | undefined> {
  const stored = await extractPdfImage(file, page, base);
  if (!stored.ok) return undefined;
  try {
    const small = (picture: string) =>
      sharp(picture, sourceOptions).greyscale().resize(64, 64, { fit: 'fill' }).raw().toBuffer();
    const [one, other] = await Promise.all([small(stored.value), small(drawn)]);
    const difference = one.reduce((sum, value, at) => sum + Math.abs(value - other[at]!), 0) / one.length;
    if (difference > SAME_PICTURE) return undefined;
    const bits = sharp(stored.value, sourceOptions).withDensity(dpi).toColourspace('b-w');
    await bits.tiff({ bitdepth: 1, compression: 'ccittfax4' }).toFile(`${base}.tif`);
    return `${base}.tif`;
  } catch {
    return undefined;
  } finally {
    await rm(stored.value, { force: true });
  }
}

async function importTiffPage(file: string, index: number, base: string): Promise<Result<string, PageError>> {
  const handle = await open(file, 'r');
  const pages = await readTiffPages(handle).finally(() => handle.close());
  const page = pages?.find((each) => each.index === index);
  if (pages === undefined || page === undefined) return err({ code: 'page-truncated', file });
  const square = stretchOf(page);
  if (pages.length === 1 && page.index === 0 && square === undefined) return ok(file);
  const size = square ?? page;
  if (size.width * size.height > MAX_PIXELS || Math.max(size.width, size.height) > MAX_SIDE)
    return err({ code: 'page-too-large', file });
  try {
    const source = sharp(file, { ...sourceOptions, page: index });
    const { bitsPerSample, channels } = await source.metadata();
    let pipeline = source;
    // Whole rows are repeated: no pixel gets a value that the fax had not.
    if (square) pipeline = pipeline.resize(square.width, square.height, { fit: 'fill', kernel: 'nearest' });
    const density = square?.dpi ?? page.horizontal;
    if (density !== undefined) pipeline = pipeline.withDensity(density);
    pipeline = pipeline.autoOrient();
    const oneBit = bitsPerSample === 1 && channels === 1;
    const to = `${base}.${oneBit ? 'tif' : 'png'}`;
    // sharp makes no grey PNG of one bit a pixel, and 8 bits would hide that the page has no greys.
    await (oneBit
      ? pipeline.toColourspace('b-w').tiff({ bitdepth: 1, compression: 'ccittfax4' })
      : pipeline.png({ compressionLevel: 1 })
    ).toFile(to);
    return ok(to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') return err({ code: 'page-disk-full', file });
    return err({ code: 'page-truncated', file });
  }
}

/** Size with square pixels at the finer of both resolutions, if they differ. */
function stretchOf({ width, height, horizontal, vertical }: TiffPage) {
  if (horizontal === undefined || vertical === undefined) return undefined;
  const ratio = horizontal / vertical;
  // No scanner's pixels are longer than this; a file that says so is wrong.
  if (Math.abs(ratio - 1) < SQUARE || ratio > 4 || ratio < 0.25) return undefined;
  return ratio > 1
    ? { width, height: Math.round(height * ratio), dpi: horizontal }
    : { width: Math.round(width / ratio), height, dpi: vertical };
}
