import type { Grey, Rgb } from '../image.ts';
import { loops, put, reserve, take } from './memory.ts';

/** Rec. 601 luma. */
export function lumaOf(image: Rgb): Grey {
  return countInk(image, Math.max(image.width, 1), { red: 255, blue: 255 }).grey;
}

/** Luma, and how many pixels of each cell of `cell` × `cell` have the colour of ink: row by row, the last ones may be narrower. */
export interface InkCount {
  readonly grey: Grey;
  readonly redness: Uint16Array;
  readonly blueness: Uint16Array;
}

/** `saturated`: by how much red (blue) ink's own channel must be above either other. Counts are exact for `cell` ≤ 255. */
export function countInk(
  { width, height, data }: Rgb,
  cell: number,
  saturated: { readonly red: number; readonly blue: number },
): InkCount {
  const cells = Math.ceil(width / cell) * Math.ceil(height / cell);
  const [rgb, grey, redness, blueness, columnOf] = reserve(
    data.length,
    width * height,
    cells * 2,
    cells * 2,
    width * 2,
  );
  put(rgb, data);
  const { memory, countInk: count } = loops();
  new Uint8Array(memory.buffer, redness, cells * 2).fill(0);
  new Uint8Array(memory.buffer, blueness, cells * 2).fill(0);
  count(rgb, width, height, grey, cell, saturated.red, saturated.blue, redness, blueness, columnOf);
  return {
    grey: { width, height, data: take(grey, width * height) },
    redness: new Uint16Array(take(redness, cells * 2).buffer),
    blueness: new Uint16Array(take(blueness, cells * 2).buffer),
  };
}
