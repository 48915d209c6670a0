import type { Grey } from './image.ts';

/** Half the window in which print shows both ink and paper. */
const WINDOW_MM = 0.85;
/** Weaker marks than this (levels of 255) are paper grain. */
const FAINT = 36;
/** Only the stronger marks of a page tell: photographs and coloured grounds have soft edges by nature. */
const STRONG = 0.55;
/** The sharper part of the edges tells: curves and slanted strokes look soft in any one direction. */
const PERCENTILE = 0.75;
const MIN_EDGES = 60;
const DIRECTIONS = [
  [1, 0],
  [0, 1],
  [1, 1],
  [1, -1],
] as const;

export interface Sharpness {
  /** Millimetres over which print goes from ink to paper, in the direction in which it is worst. */
  readonly edgeWidth: number;
  /** How much steeper print is in one direction than in another: up to 1.3 sharp or out of focus, 1.5 and more moved. */
  readonly anisotropy: number;
}

/**
 * Gradient over contrast at the edges of print, in four directions. `undefined` when there is hardly any print.
 * `mask` is 0 where the picture shows no paper. Best at 100–200 dpi.
 */
export function measureSharpness(
  image: Grey,
  dpi: number,
  mask: Uint8Array | undefined,
): Sharpness | undefined {
  const reach = Math.max(2, Math.round((WINDOW_MM / 25.4) * dpi));
  const edges: Edges[] = [];
  for (const [dx, dy] of DIRECTIONS) {
    const found = edgesAlong(image, mask, reach, dx, dy);
    if (found === undefined) return undefined;
    edges.push(found);
  }
  const steps = edges.map(({ step }) => step);
  return {
    edgeWidth: Math.max(...edges.map(({ width }) => width)) * (25.4 / dpi),
    anisotropy: Math.max(...steps) / Math.min(...steps),
  };
}

interface Edges {
  /** Pixels from ink to paper. */
  readonly width: number;
  /** Levels from one pixel to the next at the steeper tenth of the marks. */
  readonly step: number;
}

/** The steepest step of each window, and at the stronger marks that over the window's whole contrast. */
function edgesAlong(
  image: Grey,
  mask: Uint8Array | undefined,
  reach: number,
  dx: number,
  dy: number,
): Edges | undefined {
  const { width, height, data } = image;
  const step = dy * width + dx;
  const half = dx !== 0 && dy !== 0 ? Math.max(2, Math.round(reach * 0.75)) : reach;
  /** How often a window of contrast c (rows) had ratio r/100 (columns). */
  const seen = new Uint32Array(256 * 101);
  const byContrast = new Uint32Array(256);
  const steps = new Uint32Array(256);
  for (let y = half; y < height - half; y += dy === 0 ? 4 : 3)
    for (let x = half; x < width - half; x += dx === 0 ? 4 : 3) {
      const middle = y * width + x;
      if (mask !== undefined && mask[middle] === 0) continue;
      let low = 255;
      let high = 0;
      let steepest = 0;
      let before = data[middle - half * step]!;
      for (let at = middle - half * step, k = -half; k <= half; k += 1, at += step) {
        const value = data[at]!;
        if (value < low) low = value;
        if (value > high) high = value;
        const slope = value > before ? value - before : before - value;
        if (slope > steepest) steepest = slope;
        before = value;
      }
      const contrast = high - low;
      if (contrast < FAINT) continue;
      byContrast[contrast]! += 1;
      steps[steepest]! += 1;
      seen[contrast * 101 + Math.round((steepest * 100) / contrast)]! += 1;
    }
  const all = byContrast.reduce((sum, count) => sum + count, 0);
  if (all < MIN_EDGES) return undefined;
  const from = Math.max(FAINT, Math.round(STRONG * quantile(byContrast, all * 0.95)));
  const ratios = new Uint32Array(101);
  let strong = 0;
  for (let contrast = from; contrast < 256; contrast += 1)
    for (let ratio = 0; ratio <= 100; ratio += 1) {
      const count = seen[contrast * 101 + ratio]!;
      ratios[ratio]! += count;
      strong += count;
    }
  if (strong < MIN_EDGES) return undefined;
  const ratio = Math.max(1, quantile(ratios, strong * PERCENTILE)) / 100;
  const length = Math.hypot(dx, dy);
  return { width: length / ratio, step: Math.max(1, quantile(steps, all * 0.9)) };
}

/** The index up to which `count` of the histogram's entries lie. */
function quantile(histogram: Uint32Array, count: number): number {
  let left = count;
  for (let at = 0; at < histogram.length; at += 1) {
    left -= histogram[at]!;
    if (left <= 0) return at;
  }
  return histogram.length - 1;
}
