import { renderAsync } from '@resvg/resvg-js';
import { bytesPerRow, isBlack } from './bitmap.ts';
import type { Bitmap } from './slip.ts';
import type { SlipWeight } from './slip-fonts.ts';

/** A letter's outline in font units, y upwards. */
export interface GlyphOutline {
  readonly id: number;
  /** SVG path data; costly, asked only when the letter is drawn. */
  path(): string;
  /** minX, minY, maxX, maxY in font units. */
  readonly box: readonly [number, number, number, number];
}

/** A letter as dots. `left` and `top` lead from the pen on the baseline to its top left dot. */
export interface DrawnGlyph {
  readonly left: number;
  readonly top: number;
  readonly dots: Bitmap;
}

export interface WantedGlyph {
  readonly outline: GlyphOutline;
  readonly weight: SlipWeight;
  /** Dots per em. */
  readonly em: number;
}

export interface GlyphCache {
  /** The drawn letters in the order asked; what was never drawn at this size is drawn now, all in one picture. */
  draw(wanted: readonly WantedGlyph[]): Promise<readonly DrawnGlyph[]>;
}

/** About 2 MB of letters. Shapes of letters only: no word of any person stays here. */
const MAX_GLYPHS = 4_000;
const MARGIN = 2;

/** Letters are drawn once per size and kept: a slip with a new number costs no new drawing. */
export function createGlyphCache(unitsPerEm: number): GlyphCache {
  let known = new Map<string, DrawnGlyph>();
  return {
    draw: async (wanted) => {
      const missing = new Map(
        wanted.map((one) => [keyOf(one), one] as const).filter(([key]) => !known.has(key)),
      );
      if (known.size + missing.size > MAX_GLYPHS) known = new Map();
      const needed = known.size === 0 ? new Map(wanted.map((one) => [keyOf(one), one])) : missing;
      const drawn = await drawSheet([...needed.values()], unitsPerEm);
      // Another slip may have emptied the cache meanwhile: what this one needs is held here.
      const mine = new Map([...known, ...[...needed.keys()].map((key, at) => [key, drawn[at]!] as const)]);
      for (const [key, glyph] of mine) known.set(key, glyph);
      return wanted.map((one) => mine.get(keyOf(one))!);
    },
  };
}

function keyOf({ outline, weight, em }: WantedGlyph): string {
  return `${weight} ${em.toFixed(2)} ${outline.id}`;
}

/** All letters under one another in one picture. */
async function drawSheet(wanted: readonly WantedGlyph[], unitsPerEm: number): Promise<DrawnGlyph[]> {
  if (wanted.length === 0) return [];
  let height = 0;
  const places = wanted.map(({ outline, em }) => {
    const scale = em / unitsPerEm;
    const [minX, minY, maxX, maxY] = outline.box.map((units) => units * scale) as [
      number,
      number,
      number,
      number,
    ];
    const left = Math.floor(minX) - MARGIN;
    const top = Math.floor(-maxY) - MARGIN;
    const place = {
      y: height,
      left,
      top,
      width: Math.ceil(maxX) + MARGIN - left,
      height: Math.ceil(-minY) + MARGIN - top,
      scale,
      path: outline.path(),
    };
    height += place.height;
    return place;
  });
  const width = Math.max(...places.map((place) => place.width));
  const paths = places.map(
    ({ path, scale, left, top, y }) =>
      `<path transform="translate(${-left} ${y - top}) scale(${scale} ${-scale})" d="${path}"/>`,
  );
  const image = await renderAsync(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" fill="#fff"/>${paths.join('')}</svg>`,
    { font: { loadSystemFonts: false }, shapeRendering: 2 },
  );
  const pixels = image.pixels;
  return places.map((place) => ({
    left: place.left,
    top: place.top,
    dots: cutOut(pixels, image.width, place),
  }));
}

function cutOut(
  pixels: Uint8Array,
  sheetWidth: number,
  { y, width, height }: { y: number; width: number; height: number },
): Bitmap {
  const stride = bytesPerRow(width);
  const data = new Uint8Array(stride * height);
  for (let row = 0; row < height; row++)
    for (let x = 0; x < width; x++)
      // Grey pixels: one channel says all. Edges fall on the nearest dot.
      if (pixels[((y + row) * sheetWidth + x) * 4]! < 128) data[row * stride + (x >> 3)]! |= 0x80 >> (x & 7);
  return { width, height, data };
}

/** Draws the dots of `stamp` onto `bitmap`; what falls outside is cut off. */
export function stampBitmap(bitmap: Bitmap, stamp: Bitmap, left: number, top: number): void {
  const stride = bytesPerRow(bitmap.width);
  for (let row = Math.max(0, -top); row < stamp.height && top + row < bitmap.height; row++)
    for (let x = Math.max(0, -left); x < stamp.width && left + x < bitmap.width; x++)
      if (isBlack(stamp, x, row))
        bitmap.data[(top + row) * stride + ((left + x) >> 3)]! |= 0x80 >> ((left + x) & 7);
}

export function fillRectangle(bitmap: Bitmap, x: number, y: number, width: number, height: number): void {
  const stride = bytesPerRow(bitmap.width);
  const right = Math.min(x + width, bitmap.width);
  for (let row = Math.max(0, y); row < Math.min(y + height, bitmap.height); row++)
    for (let at = Math.max(0, x); at < right; at++)
      bitmap.data[row * stride + (at >> 3)]! |= 0x80 >> (at & 7);
}
