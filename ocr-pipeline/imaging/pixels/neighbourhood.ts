import type { Grey, Rgb } from '../image.ts';
import type { Mask } from '../mask.ts';
import { loops, put, reserve, take } from './memory.ts';

/** 3 × 3 mean, the border as it is. */
export function smooth({ width, height, data }: Grey): Grey {
  const [from, to] = reserve(data.length, data.length);
  put(from, data);
  loops().smooth(from, width, height, to);
  return { width, height, data: take(to, data.length) };
}

/**
 * `factor`-th of the resolution (a whole number up to 256) by averaging; what is left over at the right and below goes.
 * A picture that is smaller than one square stays as it is.
 */
export function shrinkRgb(image: Rgb, factor: number): Rgb {
  return shrink(image, factor, 3);
}

/** `shrinkRgb` for grey pictures. */
export function shrinkGrey(image: Grey, factor: number): Grey {
  return shrink(image, factor, 1);
}

const MOST_SHRINK = 256;

function shrink(image: Grey | Rgb, factor: number, channels: 1 | 3): Grey | Rgb {
  if (factor <= 1 || Math.min(image.width, image.height) < factor) return image;
  // A row's sums are counted in 16 bits.
  if (factor > MOST_SHRINK) throw new RangeError(`shrink by ${factor}`);
  const width = Math.floor(image.width / factor);
  const height = Math.floor(image.height / factor);
  const [from, to, sums] = reserve(image.data.length, width * height * channels, image.width * channels * 2);
  put(from, image.data);
  loops().shrink(from, image.width, image.height, channels, factor, to, sums);
  return { width, height, data: take(to, width * height * channels) };
}

/** Grows the pixels of `value` by a square of `radius` ≤ 16; the picture's border does not count as an edge. */
export function grow({ width, height, data }: Mask, radius: number, value: 0 | 1): Mask {
  const [mask, across, to, line] = reserve(data.length, data.length, data.length, width + 64);
  put(mask, data);
  loops().grow(mask, width, height, radius, value, across, to, line);
  return { width, height, data: take(to, data.length) };
}
