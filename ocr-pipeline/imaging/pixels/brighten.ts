import type { Grey } from '../image.ts';
import { loops, put, reserve, take } from './memory.ts';

/**
 * Of each block of `block` × `block` pixels, row by row, the level that `share` of its pixels are lighter than, at
 * least `darkest`.
 */
export function paperLevels(
  { width, height, data }: Grey,
  block: number,
  share: number,
  darkest: number,
): Float32Array {
  const blocks = Math.ceil(width / block) * Math.ceil(height / block);
  const [grey, levels, histogram] = reserve(data.length, blocks * 4, 256 * 4);
  put(grey, data);
  loops().paperLevels(grey, width, height, block, share, darkest, levels, histogram);
  return new Float32Array(take(levels, blocks * 4).buffer);
}

/** What the paper's level is in the middle of each block of `block` pixels, row by row. */
export interface PaperMap {
  readonly block: number;
  readonly columns: number;
  readonly rows: number;
  readonly values: Float32Array;
}

/**
 * Every `step`th row of the picture, each pixel as many times brighter as 255 · `stretch` is above the paper's level
 * there, which runs straight between the middles of blocks.
 */
export function brighten(
  { width, height, data }: Grey,
  paper: PaperMap,
  stretch: number,
  step: number,
): Uint8Array {
  const length = Math.ceil(height / step) * width;
  const [grey, to, values, gains, gainRow] = reserve(
    data.length,
    length,
    paper.values.byteLength,
    (paper.columns + 1) * 4,
    width * 2,
  );
  put(grey, data);
  put(values, new Uint8Array(paper.values.buffer, paper.values.byteOffset, paper.values.byteLength));
  const { columns, rows, block } = paper;
  loops().brighten(
    ...[grey, width, height, step, to],
    ...[values, columns, rows, block, stretch, gains, gainRow],
  );
  return take(to, length);
}
