import { err, ok, type Result, writeFileDurable } from '@motcua/core';
import sharp, { type Sharp } from 'sharp';
import type { PageError } from '../page.ts';
import { fromRgb, sourceOptions, toRgb, turnRgb } from './image.ts';
import { inspectPage } from './inspect-page.ts';

const LONG_SIDE = 480;

/** JPEG of at most 480 pixels. */
export async function thumbnailOf(image: Sharp): Promise<Buffer> {
  return image
    .resize(LONG_SIDE, LONG_SIDE, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 75 })
    .toBuffer();
}

/** A small upright JPEG for the screen, ready long before OCR: EXIF orientation, then `rotation` clockwise. */
export async function makeThumbnail(
  file: string,
  to: string,
  rotation: 0 | 90 | 180 | 270,
): Promise<Result<void, PageError>> {
  const facts = await inspectPage(file);
  if (!facts.ok) return facts;
  let thumbnail: Buffer;
  try {
    const small = await toRgb(
      sharp(file, sourceOptions)
        .autoOrient()
        .resize(LONG_SIDE, LONG_SIDE, { fit: 'inside', withoutEnlargement: true }),
    );
    thumbnail = await thumbnailOf(fromRgb(await turnRgb(small, rotation)));
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
