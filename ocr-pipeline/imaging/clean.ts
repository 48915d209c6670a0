import type { Box } from '../page.ts';
import { findScannerMarks, whitenMarks } from './edges.ts';
import type { Grey, Rgb } from './image.ts';
import { removeLeaders } from './leaders.ts';
import { flattenLight } from './light.ts';
import { removeRules } from './rules.ts';
import { fadeStamps } from './stamps.ts';

const LIGHT_BLOCK_MM = 4;

/** The grey picture that is read, never archived: stamps faded, light evened, scanner's edges, punched holes, rules and leaders gone. Same pixels as `image`. */
export function cleanForReading(
  image: Rgb,
  dpi: number,
): { readonly image: Grey; readonly leaders: readonly Box[] } {
  const faded = fadeStamps(image, dpi);
  const even = flattenLight(faded, Math.max(8, Math.round((LIGHT_BLOCK_MM / 25.4) * dpi)));
  const bare = whitenMarks(even, findScannerMarks(faded, dpi));
  return removeLeaders(removeRules(bare, dpi), dpi);
}
