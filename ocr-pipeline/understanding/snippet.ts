import sharp, { type OverlayOptions } from 'sharp';
import { sourceOptions } from '../imaging/image.ts';
import type { Box, DigitisedPage, PageField } from '../page.ts';

/** Fields whose picture would show a person's number. */
const NUMBERS = new Set(['personNumber', 'oldIdNumber', 'mrz']);
/** Widest picture in pixels; a value over several lines is taller, never more than a third of a page. */
const MAX_WIDTH = 1_400;
const MAX_HEIGHT = 600;
const JPEG_QUALITY = 80;

/** A number is masked on the screen, so no picture of it is cut. */
export function hasSnippet(field: PageField): boolean {
  return !NUMBERS.has(field.name.split('.').at(-1)!) && !/\d{9}/.test(field.value.replace(/[\s.]/g, ''));
}

/**
 * The place of a field on its page as a JPEG, with a little of what is around it; null for a field that there is not,
 * or whose picture would show a person's number. Numbers of people that stand near are covered.
 */
export async function cutSnippet(page: DigitisedPage, index: number): Promise<Buffer | null> {
  const field = page.fields[index];
  if (field === undefined || !hasSnippet(field)) return null;
  const cut = withMargin(field.box, page);
  if (cut === null) return null;
  const covers = numberBoxes(page).filter((box) => touches(box, cut));
  const picture = sharp(page.imageFile, sourceOptions).extract({
    left: cut.x,
    top: cut.y,
    width: cut.width,
    height: cut.height,
  });
  const covered = picture.composite(covers.map((box) => cover(box, cut)));
  // sharp scales before it composes, whatever the order of the calls: two steps.
  const whole = await covered.jpeg({ quality: 90 }).toBuffer();
  return sharp(whole)
    .resize({ width: MAX_WIDTH, height: MAX_HEIGHT, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: JPEG_QUALITY })
    .toBuffer();
}

function withMargin(box: Box, page: DigitisedPage): Box | null {
  const line = Math.min(box.height, Math.round(page.dpi / 4));
  const x = Math.max(0, Math.floor(box.x - line));
  const y = Math.max(0, Math.floor(box.y - 0.4 * line));
  const width = Math.min(page.width, Math.ceil(box.x + box.width + line)) - x;
  const height =
    Math.min(page.height, Math.ceil(box.y + box.height + 0.4 * line), y + Math.ceil(page.height / 3)) - y;
  return width >= 4 && height >= 4 ? { x, y, width, height } : null;
}

/** Words of a number field, and every word that holds a run of digits as long as a number of a person. */
function numberBoxes(page: DigitisedPage): readonly Box[] {
  const words = page.lines
    .flatMap((line) => line.words)
    .filter(
      (word) => /\d{6}/.test(word.text.replace(/[OoIl|]/g, '0')) && !/\d[/.-]\d{1,2}[/.-]\d/.test(word.text),
    );
  const fields = page.fields.filter((field) => !hasSnippet(field));
  return [...words, ...fields].map(({ box }) => box);
}

function touches(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

function cover(box: Box, cut: Box): OverlayOptions {
  const pad = Math.ceil(box.height * 0.2);
  const left = Math.max(0, Math.floor(box.x - pad - cut.x));
  const top = Math.max(0, Math.floor(box.y - pad - cut.y));
  const width = Math.min(cut.width, Math.ceil(box.x + box.width + pad - cut.x)) - left;
  const height = Math.min(cut.height, Math.ceil(box.y + box.height + pad - cut.y)) - top;
  return { input: { create: { width, height, channels: 3, background: '#8a7d6f' } }, left, top };
}
