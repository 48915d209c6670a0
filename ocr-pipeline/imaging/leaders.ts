import type { Box } from '../page.ts';
import { type Component, findComponents, type Runs } from './components.ts';
import type { Grey } from './image.ts';
import { smooth } from './pixels/neighbourhood.ts';

/** Sizes in millimetres: a leader's dot, and the way to its neighbour. */
const MAX_DOT = 0.75;
const MAX_GAP = 1.9;
const MAX_DRIFT = 0.28;
/** Blurred leaders melt into dashes. */
const MAX_DASH_HEIGHT = 0.55;
const MAX_DASH = 12;
const MIN_CHAIN = 5;
const MIN_CHAIN_MM = 6;
/** A chain member this much heavier than the median is a letter's dot (ọ, ị) that stands in the row. */
const LETTER_DOT = 1.5;

/** A colon's upper dot stands this far above its lower one, which must not be taken for a leader's. */
const COLON = { from: 0.6, to: 3 };

/** Two looks: sharp, and smoothed so that noise neither joins nor invents dots. */
const SHARP_INK = 165;
const SMOOTH_INK = 195;

/**
 * Removes the dotted leaders of forms ("Họ và tên: ………"), on which recognition otherwise breaks, and says where they
 * were. Letters' own dots stay. Expects evened light (paper near 255).
 */
export function removeLeaders(
  image: Grey,
  dpi: number,
): { readonly image: Grey; readonly leaders: readonly Box[] } {
  const first = removeOnce(image, image, SHARP_INK, dpi);
  const second = removeOnce(first.image, smooth(first.image), SMOOTH_INK, dpi);
  return { image: second.image, leaders: [...first.leaders, ...second.leaders] };
}

function removeOnce(image: Grey, seen: Grey, ink: number, dpi: number) {
  const mm = dpi / 25.4;
  const { components, runs } = findComponents(seen, ink);
  const dots: number[] = [];
  components.forEach((part, at) => {
    const isDot = part.width <= MAX_DOT * mm && part.height <= MAX_DOT * mm && part.area >= 0.035 * mm * mm;
    const isDash =
      part.height <= MAX_DASH_HEIGHT * mm && part.width <= MAX_DASH * mm && part.width > part.height * 2;
    if (isDot || isDash) dots.push(at);
  });
  const single = withoutColons(dots, components, mm);
  const chains = chainUp(single, components, mm);
  if (chains.length === 0) return { image, leaders: [] };

  const isUnderLetter = letterFinder(components, mm);
  const doomed = new Uint8Array(components.length);
  const leaders: Box[] = [];
  for (const chain of chains) {
    const parts = chain.map((at) => components[at]!);
    const median = medianOf(parts.map((part) => part.area));
    const bounds = boundsOf(parts);
    leaders.push(bounds);
    const isHeavy = (part: Component) =>
      part.area > LETTER_DOT * median && part.width < 2 * MAX_DOT * mm && part.height > 0.3 * mm;
    const height = medianOf(parts.map((part) => part.y + part.height / 2));
    for (const part of parts.keys()) {
      const dot = parts[part]!;
      const differs = dot.area > 1.25 * median || Math.abs(dot.y + dot.height / 2 - height) > 0.1 * mm;
      if (!isHeavy(dot) && !(differs && isUnderLetter(dot))) doomed[chain[part]!] = 1;
    }
    // Stragglers of the same leader, beyond the value that was typed over it.
    for (const at of single) {
      const part = components[at]!;
      const level = Math.abs(part.y + part.height / 2 - height) <= (MAX_DRIFT * mm) / 1.5;
      if (level && part.area > 0.4 * median && !isHeavy(part) && !isUnderLetter(part)) doomed[at] = 1;
    }
  }
  return { image: erase(image, seen, runs, doomed, ink), leaders };
}

function withoutColons(
  dots: readonly number[],
  components: readonly Component[],
  mm: number,
): readonly number[] {
  const columns = new Map<number, number[]>();
  const width = Math.max(1, Math.round(mm * 0.5));
  const middle = (part: Component) => part.x + part.width / 2;
  for (const at of dots) {
    const column = Math.floor(middle(components[at]!) / width);
    columns.set(column, [...(columns.get(column) ?? []), at]);
  }
  return dots.filter((at) => {
    const part = components[at]!;
    const column = Math.floor(middle(part) / width);
    return ![column - 1, column, column + 1].some((near) =>
      (columns.get(near) ?? []).some((other) => {
        const above = components[other]!;
        const gap = part.y - above.y;
        const beside = Math.abs(middle(above) - middle(part));
        const alike = above.area > part.area * 0.5 && above.area < part.area * 2;
        return beside <= 0.25 * mm && gap >= COLON.from * mm && gap <= COLON.to * mm && alike;
      }),
    );
  });
}

/** Whether a letter stands right above: then the dot may be its own (ạ, ệ, ị …). */
function letterFinder(components: readonly Component[], mm: number): (dot: Component) => boolean {
  const cell = Math.max(4, Math.round(4 * mm));
  const cells = new Map<number, Component[]>();
  for (const part of components) {
    if (part.height < 1.1 * mm || part.height > 9 * mm || part.width > 14 * mm) continue;
    const row = Math.floor((part.y + part.height) / cell);
    for (let column = Math.floor(part.x / cell); column <= (part.x + part.width) / cell; column += 1) {
      const key = row * 65_536 + column;
      const inside = cells.get(key);
      if (inside === undefined) cells.set(key, [part]);
      else inside.push(part);
    }
  }
  return (dot) => {
    const middle = dot.x + dot.width / 2;
    const row = Math.floor(dot.y / cell);
    const column = Math.floor(middle / cell);
    return [row - 1, row].some((near) =>
      (cells.get(near * 65_536 + column) ?? []).some((letter) => {
        const gap = dot.y - (letter.y + letter.height);
        return gap >= -0.1 * mm && gap <= 1.1 * mm && middle > letter.x && middle < letter.x + letter.width;
      }),
    );
  };
}

/** Rows of small parts at one height with small, even gaps. */
function chainUp(dots: readonly number[], components: readonly Component[], mm: number): number[][] {
  const order = [...dots].sort((a, b) => components[a]!.x - components[b]!.x);
  // Open chains by band of height, so that each dot looks at few chains.
  const band = Math.max(1, MAX_DRIFT * mm);
  const open = new Map<number, number[][]>();
  const all: number[][] = [];
  for (const at of order) {
    const part = components[at]!;
    const centre = part.y + part.height / 2;
    const key = Math.round(centre / band);
    let best: number[] | undefined;
    let bestGap = Number.POSITIVE_INFINITY;
    for (let near = key - 2; near <= key + 2; near += 1)
      for (const chain of open.get(near) ?? []) {
        const last = components[chain.at(-1)!]!;
        const gap = part.x - (last.x + last.width);
        const drift = Math.abs(last.y + last.height / 2 - centre);
        if (drift <= MAX_DRIFT * mm && gap <= MAX_GAP * mm && gap > -1 && gap < bestGap) {
          best = chain;
          bestGap = gap;
        }
      }
    if (best === undefined) {
      best = [];
      all.push(best);
    } else {
      const last = components[best.at(-1)!]!;
      const oldKey = Math.round((last.y + last.height / 2) / band);
      open.set(
        oldKey,
        (open.get(oldKey) ?? []).filter((chain) => chain !== best),
      );
    }
    best.push(at);
    open.set(key, [...(open.get(key) ?? []), best]);
  }
  return all.filter((chain) => {
    const bounds = boundsOf(chain.map((at) => components[at]!));
    return chain.length >= MIN_CHAIN && bounds.width >= MIN_CHAIN_MM * mm && isEven(chain, components);
  });
}

/** Half of the gaps lie near the median gap: leaders are printed by machine, specks of dust are not. */
function isEven(chain: readonly number[], components: readonly Component[]): boolean {
  const gaps = chain.slice(1).map((at, index) => {
    const last = components[chain[index]!]!;
    return components[at]!.x - last.x - last.width;
  });
  const median = medianOf(gaps);
  const near = gaps.filter((gap) => Math.abs(gap - median) <= Math.max(2, median * 0.5));
  return near.length >= gaps.length / 2;
}

function boundsOf(parts: readonly Component[]): Box {
  const x = Math.min(...parts.map((part) => part.x));
  const y = Math.min(...parts.map((part) => part.y));
  const right = Math.max(...parts.map((part) => part.x + part.width));
  const bottom = Math.max(...parts.map((part) => part.y + part.height));
  return { x, y, width: right - x, height: bottom - y };
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/** Whitens the doomed parts and the grey fringe around them, never ink of others. */
function erase(image: Grey, seen: Grey, runs: Runs, doomed: Uint8Array, ink: number): Grey {
  const { width, height } = image;
  const data = image.data.slice();
  for (let run = 0; run < runs.count; run += 1) {
    if (doomed[runs.owner[run]!] === 0) continue;
    const y = runs.row[run]!;
    data.fill(255, y * width + runs.from[run]!, y * width + runs.to[run]!);
    for (let near = Math.max(0, y - 1); near <= Math.min(height - 1, y + 1); near += 1) {
      const end = Math.min(width, runs.to[run]! + 1);
      for (let x = Math.max(0, runs.from[run]! - 1); x < end; x += 1)
        if (seen.data[near * width + x]! >= ink) data[near * width + x] = 255;
    }
  }
  return { width, height, data };
}
