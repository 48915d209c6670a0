import { open, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { err, ok, type Result } from '@motcua/core';
import sharp from 'sharp';
import { MAX_PIXELS, sourceOptions, toRgb } from '../imaging/image.ts';
import { inspectPage, MAX_SIDE, tiffFaultCode } from '../imaging/inspect-page.ts';
import type { PageError } from '../page.ts';
import { extractJpegs, extractPdfImage, listPdfImages, type PdfImage } from './pdfimages.ts';
import { pdfPageSize } from './pdfinfo.ts';
import { renderPdfPage } from './pdftoppm.ts';
import { isClassicTiff, readTiffFile, type TiffPage } from './tiff-directory.ts';

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
  const isTiff = await startsLikeTiff(file).catch(() => undefined);
  // It was there when the pages were planned.
  if (isTiff === undefined) return err({ code: 'page-missing', file });
  if (isTiff) return importTiffPage(file, index, base);
  const picture = await importPdfPage(file, index, base);
  const isDamaged = !picture.ok && picture.error.code === 'page-pdf-damaged';
  return isDamaged && (await isFull(dirname(base))) ? err({ code: 'page-disk-full', file }) : picture;
}

/** Poppler's programs end somehow when they cannot write any more, even well. */
async function isFull(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < FULL;
}

const FULL = 1_000_000;

async function startsLikeTiff(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return isClassicTiff(buffer);
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
  const fault = await faultOfJpegs(file, page, images.value, base);
  if (fault !== undefined) return err({ code: fault, file });
  const drawn = await renderPdfPage(file, { page, dpi: Math.min(native, fits) }, base);
  if (!drawn.ok) return err({ code: drawn.error, file });
  const isBilevel = images.value.length === 1 && largest?.bilevel === true;
  const stored = isBilevel ? await storedBilevel(file, page, drawn.value, largest.dpi, base) : undefined;
  return ok(stored ?? drawn.value);
}

/** Of a JPEG whose end is missing poppler draws what there is, and says nothing. Icons may be as small as they like. */
async function faultOfJpegs(
  file: string,
  page: number,
  images: readonly PdfImage[],
  base: string,
): Promise<PageError['code'] | undefined> {
  const others = images
    .filter(({ jpeg }) => !jpeg)
    .reduce((sum, { width, height }) => sum + width * height, 0);
  if (images.every(({ jpeg }) => !jpeg) || others > MAX_PIXELS) return undefined;
  const folder = `${base}.pictures`;
  try {
    const jpegs = await extractJpegs(file, page, folder);
    if (!jpegs.ok) return jpegs.error;
    for (const jpeg of jpegs.value) {
      const facts = await inspectPage(jpeg);
      if (facts.ok || facts.error.code === 'page-too-small') continue;
      return facts.error.code === 'page-too-large' ? 'page-too-large' : 'page-pdf-damaged';
    }
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Between a picture and its drawing, both at a quarter of their size, no spot differs by more than 64 of 255 (measured: 54,
 * where a rounded resolution made 2,479 pixels 2,482); a line of half a point drawn over it makes 250 such spots. More
 * than a few, and it was drawn turned, inverted, in another colour, or under a stamp.
 */
const SAME_SPOT = 64;
const FEW_SPOTS = 8;

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
    if (!(await isAsLarge(stored.value, dpi, drawn))) return undefined;
    if ((await differentSpots(stored.value, drawn)) > FEW_SPOTS) return undefined;
    const bits = sharp(stored.value, sourceOptions).withDensity(dpi).toColourspace('b-w');
    await bits.tiff({ bitdepth: 1, compression: 'ccittfax4' }).toFile(`${base}.tif`);
    return `${base}.tif`;
  } catch {
    return undefined;
  } finally {
    await rm(stored.value, { force: true });
  }
}

/** As large as the page that was drawn: no part of it is hidden, no margin around it, and its pixels are square. */
async function isAsLarge(stored: string, dpi: number, drawn: string): Promise<boolean> {
  const [one, other] = await Promise.all(
    [stored, drawn].map((file) => sharp(file, sourceOptions).metadata()),
  );
  const scale = dpi / (other!.density ?? dpi);
  return [one!.width / other!.width, one!.height / other!.height].every(
    (times) => Math.abs(times / scale - 1) < SQUARE,
  );
}

async function differentSpots(stored: string, drawn: string): Promise<number> {
  const { width, height } = await sharp(drawn, sourceOptions).metadata();
  const size = [Math.ceil(width / 4), Math.ceil(height / 4)] as const;
  const small = (picture: string) =>
    toRgb(sharp(picture, sourceOptions).resize(...size, { fit: 'fill', kernel: 'linear' }));
  const [one, other] = await Promise.all([small(stored), small(drawn)]);
  let spots = 0;
  for (let at = 0; at < one.data.length; at += 3) {
    const difference = (channel: number) => Math.abs(one.data[at + channel]! - other.data[at + channel]!);
    if (Math.max(difference(0), difference(1), difference(2)) > SAME_SPOT) spots += 1;
  }
  return spots;
}

async function importTiffPage(file: string, index: number, base: string): Promise<Result<string, PageError>> {
  const { pages, broken } = await readTiffFile(file);
  const page = pages.find((each) => each.index === index);
  if (page === undefined) return err({ code: 'page-truncated', file });
  if (page.fault) return err({ code: tiffFaultCode(page.fault), file });
  const square = stretchOf(page);
  const isAlone = pages.length === 1 && page.index === 0 && !broken;
  if (isAlone && square === undefined && !page.rowsStandAlone) return ok(file);
  const size = square ?? page;
  if (size.width * size.height > MAX_PIXELS || Math.max(size.width, size.height) > MAX_SIDE)
    return err({ code: 'page-too-large', file });
  try {
    // libvips minds faults of other pages too. A fax with a bad line is better than none.
    const isSound = !broken && pages.every(({ fault }) => fault === undefined);
    const failOn = isSound && !page.rowsStandAlone ? 'error' : 'truncated';
    const source = sharp(file, { ...sourceOptions, failOn, page: index });
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
