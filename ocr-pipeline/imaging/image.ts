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

export const sourceOptions: SharpOptions = { limitInputPixels: MAX_PIXELS, failOn: 'truncated' };

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

/** Rec. 601 luma. */
export function lumaOf({ width, height, data }: Rgb): Grey {
  const grey = new Uint8Array(width * height);
  for (let at = 0; at < grey.length; at += 1)
    grey[at] = (data[at * 3]! * 77 + data[at * 3 + 1]! * 150 + data[at * 3 + 2]! * 29) >> 8;
  return { width, height, data: grey };
}

export async function resizeRgb(image: Rgb, scale: number): Promise<Rgb> {
  if (Math.abs(scale - 1) < 0.01) return image;
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  return toRgb(fromRgb(image).resize(width, height, { fit: 'fill' }));
}

/** Quarter turns clockwise. */
export async function turnRgb(image: Rgb, turn: 0 | 90 | 180 | 270): Promise<Rgb> {
  return turn === 0 ? image : toRgb(fromRgb(image).rotate(turn));
}

/** Netpbm P5: the cheapest input of the recognition engine. */
export function toPgm(image: Grey): Buffer {
  return Buffer.concat([Buffer.from(`P5\n${image.width} ${image.height}\n255\n`, 'latin1'), image.data]);
}
