import type { Rgb } from '../image.ts';
import { loops, put, reserve, take } from './memory.ts';

/** The plane's map onto a picture's pixels: (x, y) = (a·u + b·v + c, d·u + e·v + f) ÷ (g·u + h·v + 1). */
export interface ProjectiveMap {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
  readonly g: number;
  readonly h: number;
}

const PHASES = 64;

/** Catmull–Rom keeps print as sharp as it was; between two pixels only it softens it, and the paper's grain with it. */
export type ResampleKernel = 'cubic' | 'linear';

/** Of the four neighbours of a place, for each phase between the middle two. Integers of 1/256. */
function weightsOf(kernel: ResampleKernel): Int16Array {
  const table = new Int16Array(PHASES * 4);
  for (let phase = 0; phase < PHASES; phase += 1) {
    const t = phase / PHASES;
    const weights =
      kernel === 'linear'
        ? [0, 1 - t, t, 0]
        : [
            -0.5 * t + t * t - 0.5 * t * t * t,
            1 - 2.5 * t * t + 1.5 * t * t * t,
            0.5 * t + 2 * t * t - 1.5 * t * t * t,
            -0.5 * t * t + 0.5 * t * t * t,
          ];
    const whole = weights.map((weight) => Math.round(weight * 256));
    whole[1]! += 256 - whole.reduce((sum, weight) => sum + weight, 0);
    table.set(whole, phase * 4);
  }
  return table;
}

/**
 * A picture of `width` × `height` pixels: the unit square, turned about its middle by `angle` (radians), as `map` lays
 * it over `image`. What lies beyond the square or the picture gets the `beyond` colour.
 */
export function resample(
  image: Rgb,
  map: ProjectiveMap,
  width: number,
  height: number,
  angle: number,
  beyond: readonly [number, number, number],
  kernel: ResampleKernel,
): Rgb {
  const weights = weightsOf(kernel);
  const [from, to, table] = reserve(image.data.length, width * height * 3, weights.byteLength);
  put(from, image.data);
  put(table, new Uint8Array(weights.buffer));
  const { a, b, c, d, e, f, g, h } = map;
  loops().resample(
    ...[from, image.width, image.height, to, width, height],
    ...[a, b, c, d, e, f, g, h, Math.cos(angle), Math.sin(angle)],
    ...[table, kernel === 'linear' ? 1 : 0, beyond[0] | (beyond[1] << 8) | (beyond[2] << 16)],
  );
  return { width, height, data: take(to, width * height * 3) };
}
