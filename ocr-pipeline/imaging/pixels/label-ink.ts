import type { Grey } from '../image.ts';
import { loops, put, reserve, takeWords } from './memory.ts';

/** Connected ink by its horizontal runs: `from[i]`..`to[i]` (exclusive) of row `row[i]` belong to part `owner[i]`. */
export interface InkRuns {
  readonly count: number;
  readonly row: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly owner: Int32Array;
  /** Five numbers a part: left, right, top, bottom (both exclusive), pixels. */
  readonly parts: Int32Array;
}

/** Everything darker than `threshold`, which hangs together by any of a pixel's eight neighbours. */
export function labelInk({ width, height, data }: Grey, threshold: number): InkRuns {
  const [picture] = reserve(data.length);
  put(picture, data);
  const count = loops().countRuns(picture, width, height, threshold);
  const bytes = count * 4;
  const [grey, row, from, to, parent, owner] = reserve(data.length, bytes, bytes, bytes, bytes, bytes);
  loops().labelRuns(grey, width, height, threshold, row, from, to, parent);
  const trees = loops().flatten(count, parent);
  const [, , , , , , parts] = reserve(data.length, bytes, bytes, bytes, bytes, bytes, trees * 20);
  loops().measureRuns(count, row, from, to, parent, owner, parts);
  return {
    count,
    row: takeWords(row, count),
    from: takeWords(from, count),
    to: takeWords(to, count),
    owner: takeWords(owner, count),
    parts: takeWords(parts, trees * 5),
  };
}
