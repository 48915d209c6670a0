import type { Sharp, SharpOptions } from 'sharp';
import sharp from 'sharp';

/** 8-bit grey pixels, row by row. */
export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** 8-bit sRGB pixels, interleaved, row by row. */
export interface Rgb {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Nothing larger than this is ever decoded: A3 at 600 dpi is 70 megapixels. */
export const MAX_PIXELS = 120_000_000;

/** At a lower level libvips paints strips of a TIFF black that it cannot decode, and says nothing. */
export const sourceOptions: SharpOptions = { limitInputPixels: MAX_PIXELS, failOn: 'error' };

export function fromRgb(image: Rgb): Sharp {
  return sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } });
}

export function fromGrey(image: Grey): Sharp {
  return sharp(image.data, { raw: { width: image.width, height: image.height, channels: 1 } });
}

export async function toRgb(pipeline: Sharp): Promise<Rgb> {
  const { data, info } = await pipeline
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

export async function toGrey(pipeline: Sharp): Promise<Grey> {
  const { data, info } = await pipeline
    .toColourspace('b-w')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

export async function resizeRgb(image: Rgb, scale: number): Promise<Rgb> {
  if (Math.abs(scale - 1) < 0.01) return image;
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  return toRgb(fromRgb(image).resize(width, height, { fit: 'fill' }));
}

export function cropRgb(image: Rgb, left: number, top: number, width: number, height: number): Rgb {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    const from = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, data };
}

/** Quarter turns clockwise. */
export async function turnRgb(image: Rgb, turn: 0 | 90 | 180 | 270): Promise<Rgb> {
  return turn === 0 ? image : toRgb(fromRgb(image).rotate(turn));
}

/** Netpbm P5: what the wasm programs read with the least ado. */
export function toPgm(image: Grey): Buffer {
  return Buffer.concat([Buffer.from(`P5\n${image.width} ${image.height}\n255\n`, 'latin1'), image.data]);
}

/** Baseline TIFF 6.0, uncompressed, one strip: a header of 8 bytes, one directory, the pixels. */
export function toTiff({ width, height, data }: Grey): Buffer {
  const entries: readonly (readonly [tag: number, value: number])[] = [
    [256, width],
    [257, height],
    [258, 8],
    [259, 1],
    [262, 1],
    [273, 0],
    [277, 1],
    [278, height],
    [279, data.length],
  ];
  const head = Buffer.alloc(8 + 2 + entries.length * 12 + 4);
  head.write('II*\0\x08', 'latin1');
  head.writeUInt16LE(entries.length, 8);
  for (const [at, [tag, value]] of entries.entries()) {
    const entry = 10 + at * 12;
    head.writeUInt16LE(tag, entry);
    // Type 4, LONG, one of it.
    head.writeUInt16LE(4, entry + 2);
    head.writeUInt32LE(1, entry + 4);
    head.writeUInt32LE(tag === 273 ? head.length : value, entry + 8);
  }
  return Buffer.concat([head, data]);
}
