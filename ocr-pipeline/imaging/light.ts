import type { Grey } from './image.ts';

const PAPER_PERCENTILE = 0.85;

/**
 * Evens out shadows and lamps: divides by an estimate of the bare paper, which is the 85th percentile of each block,
 * widened over the neighbours (a block full of ink borrows its neighbours' paper), smoothed, interpolated bilinearly.
 * `block` in pixels; about 4 mm works. Paper, with its grain, becomes 255.
 */
export function flattenLight(image: Grey, block: number): Grey {
  const map = paperMap(image, block);
  const { width, height, data } = image;
  const row = new Uint8Array(width);
  const levels = new Uint32Array(256);
  for (let y = 0; y < height; y += LOOK_EVERY) {
    evenRow(data, y * width, row, 0, gainsAt(map, y / block, 1), block);
    for (let x = 0; x < width; x += 1) levels[row[x]!]! += 1;
  }
  const stretch = whiteningOf(levels);
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1)
    evenRow(data, y * width, out, y * width, gainsAt(map, y / block, stretch), block, width);
  return { width, height, data: out };
}

/** Rows that tell how the paper's grain spreads. */
const LOOK_EVERY = 4;

/** 255 over the paper's level at each column of blocks, the last one twice. `at`: rows of blocks. */
function gainsAt({ columns, rows, values }: PaperMap, at: number, stretch: number): Float64Array {
  const place = clamp(at - 0.5, 0, rows - 1);
  const upper = Math.floor(place) * columns;
  const lower = Math.min(rows - 1, Math.floor(place) + 1) * columns;
  const down = place - Math.floor(place);
  const gains = new Float64Array(columns + 1);
  for (let column = 0; column < columns; column += 1)
    gains[column] = (255 * stretch) / (values[upper + column]! * (1 - down) + values[lower + column]! * down);
  gains[columns] = gains[columns - 1]!;
  return gains;
}

/**
 * One row of pixels times its gain, which runs straight from the middle of one block to the middle of the next: a
 * factor that grows by steps, for a division a pixel costs more than all the rest.
 */
function evenRow(
  from: Uint8Array,
  start: number,
  to: Uint8Array,
  at: number,
  gains: Float64Array,
  block: number,
  width = to.length,
): void {
  for (let x = 0, column = 0; x < width; column += 1) {
    // Before the first block's middle and behind the last one's the gain stays.
    const isBefore = x < block / 2;
    const end = isBefore ? Math.ceil(block / 2) : Math.ceil((column + 0.5) * block);
    const left = isBefore ? 0 : Math.min(column - 1, gains.length - 1);
    const slope = isBefore ? 0 : (gains[Math.min(left + 1, gains.length - 1)]! - gains[left]!) / block;
    let gain = gains[left]! + slope * (x - (left + 0.5) * block);
    const stop = Math.min(width, end);
    for (; x < stop; x += 1) {
      const value = from[start + x]! * gain;
      to[at + x] = value < 255 ? value : 255;
      gain += slope;
    }
  }
}

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

interface PaperMap {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float32Array;
}

/** Below this "paper" is a photograph or a black border: dividing by it would only amplify noise. */
const DARKEST_PAPER = 40;

function paperMap(image: Grey, block: number): PaperMap {
  const columns = Math.max(1, Math.ceil(image.width / block));
  const rows = Math.max(1, Math.ceil(image.height / block));
  const raw = new Float32Array(columns * rows);
  const histogram = new Uint32Array(256);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      histogram.fill(0);
      let count = 0;
      const yEnd = Math.min(image.height, (row + 1) * block);
      const xEnd = Math.min(image.width, (column + 1) * block);
      // Every second row of it tells.
      for (let y = row * block; y < yEnd; y += 2)
        for (let x = column * block; x < xEnd; x += 1) {
          histogram[image.data[y * image.width + x]!]! += 1;
          count += 1;
        }
      let left = count * (1 - PAPER_PERCENTILE);
      let level = 255;
      while (level > DARKEST_PAPER && left > histogram[level]!) {
        left -= histogram[level]!;
        level -= 1;
      }
      raw[row * columns + column] = level;
    }
  const widened = neighbours(raw, columns, rows, 'greatest');
  return { columns, rows, values: neighbours(widened, columns, rows, 'mean') };
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

function clamp(value: number, from: number, to: number): number {
  return value < from ? from : Math.min(value, to);
}
