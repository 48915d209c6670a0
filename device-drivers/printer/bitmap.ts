import sharp from 'sharp';
import type { Bitmap } from './slip.ts';

/** Bytes of one row: rows are padded to whole bytes. */
export function bytesPerRow(width: number): number {
  return Math.ceil(width / 8);
}

export function createBitmap(width: number, height: number): Bitmap {
  return { width, height, data: new Uint8Array(bytesPerRow(width) * height) };
}

/** True where the paper is black; outside the bitmap it is white. */
export function isBlack(bitmap: Bitmap, x: number, y: number): boolean {
  if (x < 0 || y < 0 || x >= bitmap.width || y >= bitmap.height) return false;
  return (bitmap.data[y * bytesPerRow(bitmap.width) + (x >> 3)]! & (0x80 >> (x & 7))) !== 0;
}

/** RGBA pixels to dots: darker than half is black. Anti-aliased edges fall on the nearest dot. */
export function bitmapFromRgba(pixels: Uint8Array, width: number, height: number): Bitmap {
  const bitmap = createBitmap(width, height);
  const stride = bytesPerRow(width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      if (pixels[at]! + pixels[at + 1]! + pixels[at + 2]! < 384)
        bitmap.data[y * stride + (x >> 3)]! |= 0x80 >> (x & 7);
    }
  return bitmap;
}

const PAPER = [0xfd, 0xfc, 0xf8];
const INK = [0x1c, 0x1b, 0x1f];
/** Unprinted edge of thermal paper: 80 mm paper carries 72 mm of print. */
const EDGE_MILLIMETRES = 4;

/** The bitmap as a picture of the paper, for screens: ink and paper colour, and the paper's unprinted edge. */
export async function bitmapToPng(bitmap: Bitmap, dpi = 203): Promise<Buffer> {
  const edge = Math.round((EDGE_MILLIMETRES * dpi) / 25.4);
  const width = bitmap.width + 2 * edge;
  const height = bitmap.height + 2 * edge;
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const colour = isBlack(bitmap, x - edge, y - edge) ? INK : PAPER;
      for (const channel of colour) pixels[at++] = channel;
    }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ palette: true, colours: 4 })
    .toBuffer();
}
