/** Bits of the sixteen pixels at `x` of a row that are darker than `threshold`. */
function inkAt(row: usize, x: i32, width: i32, threshold: v128): i32 {
  const ink = i8x16.bitmask(i8x16.lt_u(v128.load(row + x), threshold));
  return width - x >= 16 ? ink : ink & ((1 << (width - x)) - 1);
}

/** How many horizontal runs of ink a grey picture has; 16 bytes of room behind it. */
export function countRuns(grey: usize, width: i32, height: i32, threshold: i32): i32 {
  const limit = i8x16.splat(i8(threshold));
  let count = 0;
  for (let y = 0; y < height; y += 1) {
    const row = grey + y * width;
    let before = 0;
    for (let x = 0; x < width; x += 16) {
      const ink = inkAt(row, x, width, limit);
      count += popcnt(ink & ~((ink << 1) | before));
      before = (ink >> 15) & 1;
    }
  }
  return count;
}

/**
 * The runs `from[i]`..`to[i]` (exclusive) of row `row[i]`, and for each, in `parent`, an earlier run that touches it (8
 * neighbours) or itself: a forest whose trees are the connected components. 32 bits each.
 */
export function labelRuns(
  grey: usize,
  width: i32,
  height: i32,
  threshold: i32,
  row: usize,
  from: usize,
  to: usize,
  parent: usize,
): void {
  const limit = i8x16.splat(i8(threshold));
  let count = 0;
  let above = 0;
  for (let y = 0; y < height; y += 1) {
    const rowStart = count;
    let isOpen = 0;
    const pixels = grey + y * width;
    for (let x = 0; x < width; x += 16) {
      const ink = inkAt(pixels, x, width, limit);
      // Where ink begins or ends; a run that fills the sixteen has neither.
      let changes = (ink ^ ((ink << 1) | isOpen)) & 0xffff;
      for (; changes !== 0; changes &= changes - 1) {
        const at = (count as usize) << 2;
        const place = x + ctz(changes);
        if (isOpen === 0) {
          store<i32>(row + at, y);
          store<i32>(from + at, place);
          store<i32>(parent + at, count);
          isOpen = 1;
        } else {
          store<i32>(to + at, place);
          count += 1;
          isOpen = 0;
        }
      }
    }
    if (isOpen !== 0) {
      store<i32>(to + ((count as usize) << 2), width);
      count += 1;
    }
    join(above, rowStart, count, from, to, parent);
    above = rowStart;
  }
}

/** Runs `above`..`start` are those of the row before, `start`..`end` this row's. */
function join(above: i32, start: i32, end: i32, from: usize, to: usize, parent: usize): void {
  let cursor = above;
  for (let run = start; run < end; run += 1) {
    const left = at(from, run);
    const right = at(to, run);
    while (cursor < start && at(to, cursor) < left) cursor += 1;
    for (let other = cursor; other < start && at(from, other) <= right; other += 1) {
      const a = root(parent, other);
      const b = root(parent, run);
      if (a < b) put(parent, b, a);
      else put(parent, a, b);
    }
  }
}

/** Every run's `parent` becomes its tree's first run; the number of trees. */
export function flatten(count: i32, parent: usize): i32 {
  let trees = 0;
  for (let run = 0; run < count; run += 1) {
    const first = root(parent, run);
    if (first === run) trees += 1;
    put(parent, run, first);
  }
  return trees;
}

/**
 * After `flatten`: the tree of each run, numbered in the order of their first runs, into `owner`; of each tree left,
 * right, top, bottom (exclusive) and pixels into `parts`, 32 bits each.
 */
export function measureRuns(
  count: i32,
  row: usize,
  from: usize,
  to: usize,
  parent: usize,
  owner: usize,
  parts: usize,
): void {
  let trees = 0;
  for (let run = 0; run < count; run += 1) {
    const first = at(parent, run);
    const left = at(from, run);
    const right = at(to, run);
    const y = at(row, run);
    if (first === run) {
      const part = parts + (trees as usize) * 20;
      store<i32>(part, left);
      store<i32>(part, right, 4);
      store<i32>(part, y, 8);
      store<i32>(part, y + 1, 12);
      store<i32>(part, right - left, 16);
      put(owner, run, trees);
      trees += 1;
      continue;
    }
    const tree = at(owner, first);
    const part = parts + (tree as usize) * 20;
    store<i32>(part, min(load<i32>(part), left));
    store<i32>(part, max(load<i32>(part, 4), right), 4);
    store<i32>(part, y + 1, 12);
    store<i32>(part, load<i32>(part, 16) + right - left, 16);
    put(owner, run, tree);
  }
}

function root(parent: usize, run: i32): i32 {
  let place = run;
  for (let up = at(parent, place); up !== place; up = at(parent, place)) {
    const next = at(parent, up);
    put(parent, place, next);
    place = next;
  }
  return place;
}

function at(values: usize, index: i32): i32 {
  return load<i32>(values + ((index as usize) << 2));
}

function put(values: usize, index: i32, value: i32): void {
  store<i32>(values + ((index as usize) << 2), value);
}
