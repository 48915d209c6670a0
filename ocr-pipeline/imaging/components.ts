import type { Grey } from './image.ts';
import { type InkRuns, labelInk } from './pixels/label-ink.ts';

/** Connected ink (8-neighbourhood). */
export interface Component {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Pixels of ink. */
  readonly area: number;
}

/** Horizontal runs of ink: `from[i]..to[i]` (exclusive) of row `row[i]` belong to component `owner[i]`. */
export type Runs = Omit<InkRuns, 'parts'>;

/** Labels everything darker than `threshold`; components in the order in which their first runs stand on the page. */
export function findComponents(
  image: Grey,
  threshold: number,
): { readonly components: readonly Component[]; readonly runs: Runs } {
  const { parts, ...runs } = labelInk(image, threshold);
  const components = Array.from({ length: parts.length / 5 }, (_, part) => {
    const at = part * 5;
    const x = parts[at]!;
    const y = parts[at + 2]!;
    return { x, y, width: parts[at + 1]! - x, height: parts[at + 3]! - y, area: parts[at + 4]! };
  });
  return { components, runs };
}
