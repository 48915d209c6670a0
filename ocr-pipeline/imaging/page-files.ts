import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurable } from '@motcua/core';
import sharp from 'sharp';
import type { DigitisedPage, PictureLayer } from '../page.ts';
import { encodeJbig2 } from '../pdf/jbig2.ts';
import { fromRgb, type Rgb } from './image.ts';
import { type Bilevel, separateInks } from './ink-layers.ts';
import { thumbnailOf } from './thumbnail.ts';

/**
 * How a page's picture is coded. `archive`: true to the paper, at 200 dpi or more; grey and bilevel pages as what they
 * are. `compact`: shapes of the inks without loss at 300 dpi over a background of 100 dpi, for sending over bad lines;
 * never what an archive keeps.
 */
export type ImageProfile = 'archive' | 'compact';

/**
 * Chosen by measuring 19 pages at 200 dpi, peak signal-to-noise on the edges of letters against bytes: progressive at
 * 60 is 31.2 dB in 187 KB. mozjpeg's trellis with its own tables gives 28.9 dB in 173 KB and takes eight times as long:
 * it saves where letters are.
 */
const ARCHIVE_JPEG = { quality: 60, progressive: true, optimiseCoding: true } as const;
const BACKGROUND_JPEG = { quality: 45, progressive: true, mozjpeg: true } as const;

export interface PageFilesOrder {
  readonly folder: string;
  readonly name: string;
  readonly dpi: number;
  /** The source had no greys: black and white is all there is to keep. */
  readonly bilevel: boolean;
  readonly profile: ImageProfile;
  /** Nothing is synced: the files need not outlive a power cut. */
  readonly scratch: boolean;
}

type WriteFile = (file: string, bytes: Uint8Array) => Promise<void>;
const writePassing: WriteFile = (file, bytes) => writeFile(file, bytes, { mode: 0o600 });

/** Writes what is kept of a straightened page. Rejects with the file system's error. */
export async function writePageFiles(
  image: Rgb,
  order: PageFilesOrder,
): Promise<Pick<DigitisedPage, 'imageFile' | 'thumbnailFile' | 'picture'>> {
  const base = join(order.folder, order.name);
  const write: WriteFile = order.scratch ? writePassing : writeFileDurable;
  const thumbnailFile = `${base}.thumbnail.jpg`;
  // Side by side: on its way to the disk a file leaves the processor idle.
  const thumbnail = thumbnailOf(image).then((bytes) => write(thumbnailFile, bytes));
  if (order.bilevel) {
    const [bilevel] = await Promise.all([writeBilevel(image, base, order.dpi, write), thumbnail]);
    return { thumbnailFile, ...bilevel };
  }
  const imageFile = `${base}.jpg`;
  const archive = archiveJpeg(image, order.dpi).then((bytes) => write(imageFile, bytes));
  await Promise.all([archive, thumbnail]);
  if (order.profile === 'archive') return { thumbnailFile, imageFile };
  return { thumbnailFile, imageFile, picture: await writeLayers(image, base, order.dpi, write) };
}

async function archiveJpeg(image: Rgb, dpi: number): Promise<Buffer> {
  const colour = fromRgb(image);
  const pipeline = isGrey(image) ? colour.greyscale().toColourspace('b-w') : colour;
  return pipeline.withDensity(dpi).jpeg(ARCHIVE_JPEG).toBuffer();
}

const BLOCK = 8;
const GREY_TOLERANCE = 5;

/**
 * True if nowhere a block of 8 × 8 pixels has a colour: scanners' and JPEG's colour noise averages out in it, a tinted
 * paper or a faint stamp does not.
 */
export function isGrey({ width, height, data }: Rgb): boolean {
  for (let top = 0; top < height; top += BLOCK)
    for (let left = 0; left < width; left += BLOCK) {
      const bottom = Math.min(height, top + BLOCK);
      const right = Math.min(width, left + BLOCK);
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let y = top; y < bottom; y += 1)
        for (let at = (y * width + left) * 3; at < (y * width + right) * 3; at += 3) {
          red += data[at]!;
          green += data[at + 1]!;
          blue += data[at + 2]!;
        }
      const limit = GREY_TOLERANCE * (bottom - top) * (right - left);
      if (Math.max(red, green, blue) - Math.min(red, green, blue) > limit) return false;
    }
  return true;
}

/** A 1-bit PNG for screens, the same pixels as JBIG2 for PDFs. */
async function writeBilevel(image: Rgb, base: string, dpi: number, write: WriteFile) {
  const { width, height } = image;
  const data = new Uint8Array(width * height);
  const shown = new Uint8Array(width * height);
  for (let at = 0; at < data.length; at += 1) {
    // Only turning by a skew has left greys.
    const ink = image.data[at * 3 + 1]! < 128;
    data[at] = ink ? 1 : 0;
    shown[at] = ink ? 0 : 255;
  }
  const imageFile = `${base}.png`;
  const png = await sharp(shown, { raw: { width, height, channels: 1 } })
    .withDensity(dpi)
    .png({ palette: true, colours: 2, dither: 0 })
    .toBuffer();
  await write(imageFile, png);
  return {
    imageFile,
    picture: [{ kind: 'bilevel', ...(await writeShape({ width, height, data }, base, write)) }],
  } as const;
}

async function writeLayers(
  image: Rgb,
  base: string,
  dpi: number,
  write: WriteFile,
): Promise<readonly PictureLayer[]> {
  const { inks, background } = await separateInks(image, dpi);
  const file = `${base}.background.jpg`;
  await write(file, await fromRgb(background).jpeg(BACKGROUND_JPEG).toBuffer());
  const layers: PictureLayer[] = [{ kind: 'jpeg', file, width: background.width, height: background.height }];
  for (const [at, { colour, shape }] of inks.entries())
    layers.push({ kind: 'ink', colour, ...(await writeShape(shape, `${base}.ink-${at}`, write)) });
  return layers;
}

async function writeShape(shape: Bilevel, base: string, write: WriteFile) {
  const file = `${base}.jb2`;
  await write(file, encodeJbig2(shape));
  return { file, width: shape.width, height: shape.height };
}
