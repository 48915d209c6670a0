import type { Grey } from './image.ts';

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
export interface Runs {
  readonly count: number;
  readonly row: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly owner: Int32Array;
}

const WHITE = 0xffffffff;

/** Labels everything darker than `threshold` in one pass over the pixels, by runs and union-find. */
export function findComponents(
  image: Grey,
  threshold: number,
): { readonly components: readonly Component[]; readonly runs: Runs } {
  const { width, height, data } = image;
  let capacity = 1 << 16;
  let row = new Int32Array(capacity);
  let from = new Int32Array(capacity);
  let to = new Int32Array(capacity);
  let parent = new Int32Array(capacity);
  let count = 0;
  const grow = () => {
    capacity *= 2;
    const larger = (old: Int32Array<ArrayBuffer>) => {
      const copy = new Int32Array(capacity);
      copy.set(old);
      return copy;
    };
    row = larger(row);
    from = larger(from);
    to = larger(to);
    parent = larger(parent);
  };
  const root = (run: number) => {
    let at = run;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  // Most of a page is white: four pixels at a time.
  const words = wordsOf(data);
  let above = 0;
  let aboveEnd = 0;
  for (let y = 0; y < height; y += 1) {
    const rowStart = count;
    let cursor = above;
    for (let x = 0, at = y * width; x < width; ) {
      if (data[at + x]! >= threshold) {
        x += 1;
        while (x < width - 4 && ((at + x) & 3) === 0 && words[(at + x) >> 2] === WHITE) x += 4;
        continue;
      }
      const start = x;
      while (x < width && data[at + x]! < threshold) x += 1;
      if (count === capacity) grow();
      row[count] = y;
      from[count] = start;
      to[count] = x;
      parent[count] = count;
      while (cursor < aboveEnd && to[cursor]! < start) cursor += 1;
      for (let other = cursor; other < aboveEnd && from[other]! <= x; other += 1) {
        const a = root(other);
        const b = root(count);
        if (a < b) parent[b] = a;
        else parent[a] = b;
      }
      count += 1;
    }
    above = rowStart;
    aboveEnd = count;
  }
  return collect({ count, row, from, to, owner: parent }, root);
}

/** The same bytes, four in one number; nothing when they do not begin at a multiple of four. */
function wordsOf(data: Uint8Array): Uint32Array {
  return data.byteOffset % 4 === 0
    ? new Uint32Array(data.buffer, data.byteOffset, data.length >> 2)
    : new Uint32Array();
}

function collect(runs: Runs, root: (run: number) => number) {
  const { count, row, from, to, owner } = runs;
  const index = new Int32Array(count).fill(-1);
  const left: number[] = [];
  const right: number[] = [];
  const top: number[] = [];
  const bottom: number[] = [];
  const area: number[] = [];
  for (let run = 0; run < count; run += 1) {
    const head = root(run);
    let at = index[head]!;
    if (at < 0) {
      at = left.length;
      index[head] = at;
      left.push(from[run]!);
      right.push(to[run]!);
      top.push(row[run]!);
      bottom.push(row[run]! + 1);
      area.push(0);
    }
    left[at] = Math.min(left[at]!, from[run]!);
    right[at] = Math.max(right[at]!, to[run]!);
    bottom[at] = row[run]! + 1;
    area[at]! += to[run]! - from[run]!;
  }
  for (let run = 0; run < count; run += 1) index[run] = index[root(run)]!;
  owner.set(index.subarray(0, count));
  const components = left.map((x, at) => ({
    x,
    y: top[at]!,
    width: right[at]! - x,
    height: bottom[at]! - top[at]!,
    area: area[at]!,
  }));
  return { components, runs };
}
