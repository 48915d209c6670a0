import type { Grey } from './image.ts';

const PAPER_PERCENTILE = 0.85;

/**
 * Evens out shadows and lamps: divides by an estimate of the bare paper, which is the 85th percentile of each block,
 * widened over the neighbours (a block full of ink borrows its neighbours' paper), smoothed, interpolated bilinearly.
 * `block` in pixels; about 4 mm works. Paper, with its grain, becomes 255.
 */
export function flattenLight(image: Grey, block: number): Grey {
  const { columns, rows, values } = paperMap(image, block);
  const { width, height, data } = image;
  const out = new Uint8Array(data.length);
  // Where each pixel of a row stands between two columns of blocks is the same in every row.
  const left = new Int32Array(width);
  const weight = new Float32Array(width);
  for (let x = 0; x < width; x += 1) {
    const at = clamp(x / block - 0.5, 0, columns - 1);
    left[x] = Math.floor(at);
    weight[x] = at - left[x]!;
  }
  const level = new Float32Array(columns + 1);
  for (let y = 0; y < height; y += 1) {
    const at = clamp(y / block - 0.5, 0, rows - 1);
    const upper = Math.floor(at) * columns;
    const lower = Math.min(rows - 1, Math.floor(at) + 1) * columns;
    const down = at - Math.floor(at);
    for (let column = 0; column < columns; column += 1)
      level[column] = values[upper + column]! * (1 - down) + values[lower + column]! * down;
    level[columns] = level[columns - 1]!;
    const row = y * width;
    for (let x = 0; x < width; x += 1) {
      const from = level[left[x]!]!;
      const paper = from + (level[left[x]! + 1]! - from) * weight[x]!;
      const value = (data[row + x]! * 255) / paper;
      out[row + x] = value < 255 ? value : 255;
    }
  }
  whitenPaper(out);
  return { width, height, data: out };
}

const MIDDLE_GREY = 128;
const MOST_STRETCH = 0.7;

/** Stretches the greys, in place, so that the paper's grain ends in white: specks must not look like dots and rules. */
function whitenPaper(data: Uint8Array): void {
  const histogram = new Uint32Array(256);
  for (let at = 0; at < data.length; at += 1) histogram[data[at]!]! += 1;
  let paper = 0;
  for (let level = MIDDLE_GREY; level < 256; level += 1) paper += histogram[level]!;
  // Median of the paper, and how far below it the darker sixth begins (one standard deviation of noise).
  const median = percentile(histogram, paper * 0.5);
  const sixth = percentile(histogram, paper * 0.16);
  const white = Math.max(255 * MOST_STRETCH, Math.min(250, median - 1.5 * (median - sixth)));
  const map = Uint8Array.from({ length: 256 }, (_, level) => Math.min(255, (level * 255) / white));
  for (let at = 0; at < data.length; at += 1) data[at] = map[data[at]!]!;
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
      for (let y = row * block; y < yEnd; y += 1)
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
  const widened = neighbours(raw, columns, rows, (values) => Math.max(...values));
  const smooth = neighbours(widened, columns, rows, mean);
  return { columns, rows, values: smooth };
}

function neighbours(
  values: Float32Array,
  columns: number,
  rows: number,
  combine: (values: readonly number[]) => number,
): Float32Array {
  return values.map((_, at) => {
    const around: number[] = [];
    const column = at % columns;
    const row = (at - column) / columns;
    for (let dy = -1; dy <= 1; dy += 1)
      for (let dx = -1; dx <= 1; dx += 1) {
        const x = column + dx;
        const y = row + dy;
        if (x >= 0 && x < columns && y >= 0 && y < rows) around.push(values[y * columns + x]!);
      }
    return combine(around);
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function clamp(value: number, from: number, to: number): number {
  return value < from ? from : Math.min(value, to);
}
