import type { Grey } from './image.ts';

const PAPER_PERCENTILE = 0.85;

/**
 * Evens out shadows and lamps: divides by an estimate of the bare paper, which is the 85th percentile of each block,
 * widened over the neighbours (a block full of ink borrows its neighbours' paper), smoothed, interpolated bilinearly.
 * `block` in pixels; about 4 mm works. Paper, with its grain, becomes 255.
 */
export function flattenLight(image: Grey, block: number): Grey {
  const paper = paperMap(image, block);
  const { width, height, data } = image;
  const out = new Uint8Array(data.length);
  const { columns, rows, values } = paper;
  for (let y = 0; y < height; y += 1) {
    const fy = clamp(y / block - 0.5, 0, rows - 1);
    const y0 = Math.floor(fy);
    const y1 = Math.min(rows - 1, y0 + 1);
    const wy = fy - y0;
    for (let x = 0; x < width; x += 1) {
      const fx = clamp(x / block - 0.5, 0, columns - 1);
      const x0 = Math.floor(fx);
      const x1 = Math.min(columns - 1, x0 + 1);
      const wx = fx - x0;
      const top = values[y0 * columns + x0]! * (1 - wx) + values[y0 * columns + x1]! * wx;
      const bottom = values[y1 * columns + x0]! * (1 - wx) + values[y1 * columns + x1]! * wx;
      const at = y * width + x;
      const value = (data[at]! * 255) / (top * (1 - wy) + bottom * wy);
      out[at] = Math.min(value, 255);
    }
  }
  return whitenPaper({ width, height, data: out });
}

const MIDDLE_GREY = 128;
const MOST_STRETCH = 0.7;

/** Stretches the greys so that the paper's grain ends in white: specks must not look like dots and rules. */
function whitenPaper(image: Grey): Grey {
  const histogram = new Uint32Array(256);
  for (const value of image.data) histogram[value]! += 1;
  let paper = 0;
  for (let level = MIDDLE_GREY; level < 256; level += 1) paper += histogram[level]!;
  // Median of the paper, and how far below it the darker sixth begins (one standard deviation of noise).
  const median = percentile(histogram, paper * 0.5);
  const sixth = percentile(histogram, paper * 0.16);
  const white = Math.max(255 * MOST_STRETCH, Math.min(250, median - 1.5 * (median - sixth)));
  const map = Uint8Array.from({ length: 256 }, (_, level) => Math.min(255, (level * 255) / white));
  return { width: image.width, height: image.height, data: image.data.map((value) => map[value]!) };
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
