import { type Component, findComponents } from './components.ts';
import type { Grey, Rgb } from './image.ts';
import { flattenLight } from './light.ts';
import { isSideways, isUpsideDown } from './orientation.ts';
import { findSkew } from './skew.ts';
import { fadeStamps } from './stamps.ts';

/** Small on purpose: layout shows, and every step costs milliseconds. */
export const PROBE_DPI = 100;

const INK = 170;
const LIGHT_BLOCK_MM = 5;
const SKEW_WORTH_TURNING = 0.08;

/** What a small picture of the page tells before any reading. */
export interface Probe {
  readonly sideways: boolean;
  /** False when sideways, and when it cannot be told: then only reading shows it. */
  readonly upsideDown: boolean;
  /** Degrees clockwise, of the picture as given; 0 when sideways (probe again after turning). */
  readonly skew: number;
  /** Median height of letters in millimetres; undefined when there is hardly any text. */
  readonly letterHeight: number | undefined;
  readonly letters: readonly Component[];
}

export function probePage(image: Rgb, dpi: number): Probe {
  const mm = dpi / 25.4;
  const grey: Grey = flattenLight(fadeStamps(image, dpi), Math.round(LIGHT_BLOCK_MM * mm));
  const { components, runs } = findComponents(grey, INK);
  const isLetter = (part: Component) =>
    part.height >= 0.9 * mm &&
    part.height <= 9 * mm &&
    part.width >= 0.4 * mm &&
    part.width <= 12 * mm &&
    part.area >= 0.12 * part.width * part.height;
  const letters = components.filter(isLetter);
  if (isSideways(letters.filter((part) => part.width <= 9 * mm)) === true)
    return { sideways: true, upsideDown: false, skew: 0, letterHeight: undefined, letters };
  const skew = findSkew(runs, components, isLetter);
  return {
    sideways: false,
    upsideDown: isUpsideDown(components, letters, mm) === true,
    skew: Math.abs(skew) < SKEW_WORTH_TURNING ? 0 : skew,
    letterHeight: letters.length < 30 ? undefined : median(letters.map((part) => part.height)) / mm,
    letters,
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
