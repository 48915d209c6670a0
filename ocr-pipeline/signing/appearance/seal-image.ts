import { err, ok, type Result } from '@motcua/core';
import sharp from 'sharp';

/** The agency's seal, without alpha: colours, and a stencil that leaves the paper around it free. */
export interface SealImage {
  readonly width: number;
  readonly height: number;
  /** Three octets a pixel, sRGB. */
  readonly rgb: Uint8Array;
  /** One bit a pixel, rows filled to octets; 1 is not painted (ISO 32000-1, 8.9.6.3). */
  readonly stencil: Uint8Array;
  /** Actual size on paper, in points. */
  readonly points: readonly [width: number, height: number];
}

export type SealImageError = { readonly code: 'seal-image-unreadable' | 'seal-image-without-size' };

const MAX_BYTES = 4_194_304;
const MAX_PIXELS = 4_000_000;
/** A resolution that is a program's default says nothing about the size of a seal. */
const LEAST_DPI = 100;
const OPAQUE = 128;

/**
 * Reads a PNG whose stated resolution tells the seal's actual size (TT 02/2019/TT-BNV: red, PNG, actual size). Pixels
 * that are mostly transparent are left out; the others become opaque, because PDF/A-1 knows no transparency.
 */
export async function readSealImage(png: Uint8Array): Promise<Result<SealImage, SealImageError>> {
  if (png.length > MAX_BYTES) return err({ code: 'seal-image-unreadable' });
  try {
    const image = sharp(png, { limitInputPixels: MAX_PIXELS });
    const { format, density } = await image.metadata();
    if (format !== 'png') return err({ code: 'seal-image-unreadable' });
    if (density === undefined || density < LEAST_DPI) return err({ code: 'seal-image-without-size' });
    const { data, info } = await image
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    const rgb = new Uint8Array(width * height * 3);
    const rowBytes = Math.ceil(width / 8);
    const stencil = new Uint8Array(rowBytes * height);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const at = y * width + x;
        rgb.set(data.subarray(at * 4, at * 4 + 3), at * 3);
        if (data[at * 4 + 3]! < OPAQUE) stencil[y * rowBytes + (x >> 3)]! |= 0x80 >> (x & 7);
      }
    const points = [(width / density) * 72, (height / density) * 72] as const;
    return ok({ width, height, rgb, stencil, points });
  } catch {
    return err({ code: 'seal-image-unreadable' });
  }
}
