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

/** A picture file (a logo) as dots, `width` dots wide: greys become patterns of dots no head smears together. */
export async function bitmapFromImage(image: Uint8Array, width: number): Promise<Bitmap> {
  const { data, info } = await sharp(image, { limitInputPixels: 16_000_000 })
    .flatten({ background: '#ffffff' })
    .resize({ width })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const bitmap = createBitmap(info.width, info.height);
  const stride = bytesPerRow(info.width);
  for (let y = 0; y < info.height; y++)
    for (let x = 0; x < info.width; x++)
      if (data[(y * info.width + x) * info.channels]! < DITHER[y & 3]![x & 3]!)
        bitmap.data[y * stride + (x >> 3)]! |= 0x80 >> (x & 7);
  return bitmap;
}

/** Ordered dither (Bayer 4 × 4), kept away from the ends so that black stays black and white white. */
const DITHER = [
  [0, 8, 2, 10],
  [12, 4, 14, 6],
  [3, 11, 1, 9],
  [15, 7, 13, 5],
].map((row) => row.map((step) => 24 + step * 14));

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
