import { err, ok, type Result, writeFileDurable } from '@motcua/core';
import sharp from 'sharp';
import type { PageError } from '../page.ts';
import { cutSheet, sheetSize } from './cut-sheet.ts';
import { fromRgb, type Rgb, resizeRgb, sourceOptions, toRgb, turnRgb } from './image.ts';
import { inspectPage } from './inspect-page.ts';
import { shrinkRgb } from './pixels/neighbourhood.ts';
import { isWholePicture, type Quad } from './sheet.ts';

export const THUMBNAIL_SIDE = 480;

/** JPEG of at most 480 pixels. */
export async function thumbnailOf(image: Rgb): Promise<Buffer> {
  // Averaged to less than twice the size first: the library's resampling costs by the pixel of what goes in.
  const factor = Math.floor(Math.max(image.width, image.height) / THUMBNAIL_SIDE);
  return fromRgb(shrinkRgb(image, factor))
    .resize(THUMBNAIL_SIDE, THUMBNAIL_SIDE, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 75 })
    .toBuffer();
}

/** The paper out of a picture, no larger than the screen needs. */
export async function cutSmall(picture: Rgb, sheet: Quad): Promise<Rgb> {
  const { width, height } = sheetSize(sheet, picture.width, picture.height, undefined);
  const scale = Math.min(1, THUMBNAIL_SIDE / Math.max(width, height));
  // Reduced before it is cut: cutting costs by the pixel of what comes out, and lets fine print flicker.
  return cutSheet(await resizeRgb(picture, scale), sheet, width * scale, height * scale);
}

/**
 * A small upright JPEG for the screen, ready long before OCR: EXIF orientation, `sheet` cut out, then `rotation`
 * clockwise.
 */
export async function makeThumbnail(
  file: string,
  to: string,
  rotation: 0 | 90 | 180 | 270,
  sheet?: Quad,
): Promise<Result<void, PageError>> {
  const facts = await inspectPage(file);
  if (!facts.ok) return facts;
  let thumbnail: Buffer;
  try {
    // A card on a glass is a fifth of it wide.
    const part = sheet !== undefined && !isWholePicture(sheet) ? sheet : undefined;
    const side = part ? 4 * THUMBNAIL_SIDE : THUMBNAIL_SIDE;
    const picture = await toRgb(
      sharp(file, sourceOptions).autoOrient().resize(side, side, { fit: 'inside', withoutEnlargement: true }),
    );
    const small = part ? await cutSmall(picture, part) : picture;
    thumbnail = await thumbnailOf(await turnRgb(small, rotation));
  } catch {
    return err({ code: 'page-truncated', file });
  }
  try {
    await writeFileDurable(to, thumbnail);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') return err({ code: 'page-disk-full', file });
    throw error;
  }
  return ok(undefined);
}
