import type { Grey } from './image.ts';
import { brighten, type PaperMap, paperLevels } from './pixels/brighten.ts';

const PAPER_PERCENTILE = 0.85;

/**
 * Evens out shadows and lamps: divides by an estimate of the bare paper, which is the 85th percentile of each block,
 * widened over the neighbours (a block full of ink borrows its neighbours' paper), smoothed, interpolated bilinearly.
 * `block` in pixels; about 4 mm works. Paper, with its grain, becomes 255.
 */
export function flattenLight(image: Grey, block: number): Grey {
  const map = paperMap(image, block);
  const levels = new Uint32Array(256);
  const looked = brighten(image, map, 1, LOOK_EVERY);
  for (let at = 0; at < looked.length; at += 1) levels[looked[at]!]! += 1;
  const { width, height } = image;
  return { width, height, data: brighten(image, map, whiteningOf(levels), 1) };
}

/** Rows that tell how the paper's grain spreads. */
const LOOK_EVERY = 4;

const MIDDLE_GREY = 128;
const MOST_STRETCH = 0.7;

/** The factor that makes the paper's grain end in white: specks must not look like dots and rules. */
function whiteningOf(levels: Uint32Array): number {
  let paper = 0;
  for (let level = MIDDLE_GREY; level < 256; level += 1) paper += levels[level]!;
  // Median of the paper, and how far below it the darker sixth begins (one standard deviation of noise).
  const median = percentile(levels, paper * 0.5);
  const sixth = percentile(levels, paper * 0.16);
  return 255 / Math.max(255 * MOST_STRETCH, Math.min(250, median - 1.5 * (median - sixth)));
}

/** The level above middle grey below which `count` paper pixels lie. */
function percentile(histogram: Uint32Array, count: number): number {
  let left = count;
  for (let level = MIDDLE_GREY; level < 256; level += 1) {
    left -= histogram[level]!;
    if (left <= 0) return level;
  }
  return 255;
}

/** Below this "paper" is a photograph or a black border: dividing by it would only amplify noise. */
const DARKEST_PAPER = 40;

function paperMap(image: Grey, block: number): PaperMap {
  const columns = Math.max(1, Math.ceil(image.width / block));
  const rows = Math.max(1, Math.ceil(image.height / block));
  const raw = paperLevels(image, block, 1 - PAPER_PERCENTILE, DARKEST_PAPER);
  const widened = neighbours(raw, columns, rows, 'greatest');
  return { block, columns, rows, values: neighbours(widened, columns, rows, 'mean') };
}

/** Of each block and the eight around it. */
function neighbours(
  values: Float32Array,
  columns: number,
  rows: number,
  combine: 'greatest' | 'mean',
): Float32Array {
  const out = new Float32Array(values.length);
  for (let row = 0, at = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1, at += 1) {
      const right = Math.min(columns - 1, column + 1);
      const bottom = Math.min(rows - 1, row + 1);
      let greatest = 0;
      let sum = 0;
      let count = 0;
      for (let y = Math.max(0, row - 1); y <= bottom; y += 1)
        for (let x = Math.max(0, column - 1); x <= right; x += 1) {
          const value = values[y * columns + x]!;
          if (value > greatest) greatest = value;
          sum += value;
          count += 1;
        }
      out[at] = combine === 'greatest' ? greatest : sum / count;
    }
  return out;
}
