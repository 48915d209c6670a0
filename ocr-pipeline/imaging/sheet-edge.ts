import type { Rgb } from './image.ts';
import { distance } from './quad.ts';
import type { Point } from './sheet.ts';

/** What the picture shows across one side of a supposed sheet. Pixels and levels of the picture. */
export interface SheetEdge {
  /** The side, moved onto the edge that is seen. */
  readonly from: Point;
  readonly to: Point;
  /** Share of the side, 0–1, along which an edge is seen on this line. */
  readonly seen: number;
  /** How much the colours left and right of the edge differ. */
  readonly step: number;
  /** How much darker the edge itself is than the lighter … than both its sides: a shadow, or a printed line. */
  readonly line: number;
  /** How far the colour of the edge itself is from a shade of either side, 0–1: a shadow has none of its own. */
  readonly tint: number;
  /** Median slope across the edge, levels over two pixels. */
  readonly strength: number;
}

const PROBES = 90;
const ENDS = 0.06;
const SMOOTH = 2;
const CLEAR = 0.55;

/**
 * Looks for the paper's edge within `reach` pixels of the side `from`–`to` (clockwise round the sheet), outermost first,
 * and lays a line through what is seen by least squares.
 */
export function findEdge(image: Rgb, from: Point, to: Point, reach: number): SheetEdge {
  const length = distance(from, to);
  const along = { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
  // Outwards: clockwise on the screen, the outside is on the left hand.
  const out = { x: along.y, y: -along.x };
  const count = Math.max(12, Math.min(PROBES, Math.round(length / 2)));
  const half = Math.ceil(reach) + 3;
  const size = 2 * half + 1;
  const profiles = new Float32Array(count * size * 3);
  const places: number[] = [];
  for (let probe = 0; probe < count; probe += 1) {
    const place = (ENDS + ((1 - 2 * ENDS) * (probe + 0.5)) / count) * length;
    places.push(place);
    for (let step = 0; step < size; step += 1) {
      const off = step - half;
      sample(
        image,
        from.x + along.x * place + out.x * off,
        from.y + along.y * place + out.y * off,
        profiles,
        (probe * size + step) * 3,
      );
    }
  }
  const smooth = smoothProbes(profiles, count, size);
  const offsets: number[] = [];
  const strengths: number[] = [];
  for (let probe = 0; probe < count; probe += 1) {
    const [offset, strength] = outermostEdge(smooth, probe * size, size, half);
    offsets.push(offset);
    strengths.push(strength);
  }
  const faint = Math.max(2.5, median(strengths) * 0.25);
  const fit = fitLine(places, offsets, strengths, faint);
  const at = (place: number): Point => {
    const off = fit.constant + fit.slope * place;
    return { x: from.x + along.x * place + out.x * off, y: from.y + along.y * place + out.y * off };
  };
  const steps: number[] = [];
  const lines: number[] = [];
  const tints: number[] = [];
  for (let probe = 0; probe < count; probe += 1) {
    const edge = half + fit.constant + fit.slope * places[probe]!;
    const look = (off: number) => level(smooth, probe * size, size, edge + off);
    const inside = look(-3);
    const outside = look(3);
    steps.push(Math.hypot(inside[0] - outside[0], inside[1] - outside[1], inside[2] - outside[2]));
    const darkest = [-1, -0.5, 0, 0.5, 1].map(look).reduce((a, b) => (luma(b) < luma(a) ? b : a));
    lines.push(Math.min(luma(inside), luma(outside)) - luma(darkest));
    tints.push(Math.min(tintOf(darkest, inside), tintOf(darkest, outside)));
  }
  return {
    from: at(0),
    to: at(length),
    seen: fit.share,
    step: median(steps),
    line: median(lines),
    tint: median(tints),
    strength: median(strengths),
  };
}

/** Paper lying loosely throws a shadow of some millimetres; on 75 dpi. */
const SHADOW_REACH = 8;
const LEAST_STEP = 6;
/** Behind a frame's line, and behind the usual sizes of print. */
const BEHIND_EDGE = [3, 6, 9, 12] as const;

/**
 * The same, but past the shadow that paper throws onto a lighter ground: where the ground darkens towards a clearer
 * edge further in, that edge is the paper's.
 */
export function findPaperEdge(image: Rgb, from: Point, to: Point, reach: number): SheetEdge {
  const outer = findEdge(image, from, to, reach);
  const length = distance(outer.from, outer.to);
  const out = {
    x: (outer.to.y - outer.from.y) / length,
    y: -(outer.to.x - outer.from.x) / length,
  };
  const moved = (point: Point, by: number) => ({ x: point.x + out.x * by, y: point.y + out.y * by });
  const inner = findEdge(
    image,
    moved(outer.from, -SHADOW_REACH),
    moved(outer.to, -SHADOW_REACH),
    SHADOW_REACH,
  );
  if (inner.seen < 0.75 || inner.strength < outer.strength * 1.3) return outer;
  const depth = (at: 'from' | 'to') =>
    (outer[at].x - inner[at].x) * out.x + (outer[at].y - inner[at].y) * out.y;
  if (depth('from') < 0.7 || depth('to') < 0.7) return outer;
  const beside = meanAlong(image, moved(inner.from, 2), moved(inner.to, 2));
  const ground = meanAlong(image, moved(outer.from, 3), moved(outer.to, 3));
  // A printed frame, or a line of print, has paper on both sides.
  const isPaper = BEHIND_EDGE.every((depth) => {
    const behind = meanAlong(image, moved(inner.from, -depth), moved(inner.to, -depth));
    return Math.hypot(behind[0]! - beside[0]!, behind[1]! - beside[1]!, behind[2]! - beside[2]!) > LEAST_STEP;
  });
  return isPaper && isShaded(beside, ground) ? inner : outer;
}

/**
 * Whether the side is where a shadow ends that falls across the paper: outside is only a darker shade of inside, and
 * the edge goes on beyond the sheet's corners.
 */
export function isShadowsEdge(image: Rgb, { from, to, strength }: SheetEdge): boolean {
  const length = distance(from, to);
  const along = { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
  const at = (place: number, out: number): Point => ({
    x: from.x + along.x * place + along.y * out,
    y: from.y + along.y * place - along.x * out,
  });
  const beside = (out: number) => meanAlong(image, at(0, out), at(length, out));
  const [inside, outside] = [beside(-4), beside(4)];
  if (!isShaded(outside, inside) && !isShaded(inside, outside)) return false;
  const more = length * 0.15;
  return [
    findEdge(image, at(-more - 4, 0), at(-4, 0), 3),
    findEdge(image, at(length + 4, 0), at(length + 4 + more, 0), 3),
  ].some((beyond) => beyond.seen > 0.7 && beyond.strength > strength * 0.35);
}

/** Darker, all colours by about the same factor. */
function isShaded(shade: Colour, ground: Colour): boolean {
  const factors = factorsOf(shade, ground);
  return Math.max(...factors) < 0.985 && Math.min(...factors) > 0.3 && tintOf(shade, ground) < 0.1;
}

type Colour = Readonly<ArrayLike<number>>;

/** How much of each channel is left. */
function factorsOf(shade: Colour, ground: Colour): readonly number[] {
  return [0, 1, 2].map((channel) => (shade[channel]! + 4) / (ground[channel]! + 4));
}

function tintOf(shade: Colour, ground: Colour): number {
  const factors = factorsOf(shade, ground);
  return Math.max(...factors) - Math.min(...factors);
}

function meanAlong(image: Rgb, from: Point, to: Point): Float32Array {
  const samples = 40;
  const sum = new Float32Array(3);
  const colour = new Float32Array(3);
  for (let at = 0; at < samples; at += 1) {
    const t = 0.1 + (0.8 * at) / (samples - 1);
    sample(image, from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t, colour, 0);
    for (let channel = 0; channel < 3; channel += 1) sum[channel]! += colour[channel]! / samples;
  }
  return sum;
}

function luma(colour: readonly [number, number, number]): number {
  return colour[0] * 0.3 + colour[1] * 0.59 + colour[2] * 0.11;
}

function level(
  profiles: Float32Array,
  start: number,
  size: number,
  at: number,
): readonly [number, number, number] {
  const step = Math.max(0, Math.min(size - 1, Math.round(at)));
  const base = (start + step) * 3;
  return [profiles[base]!, profiles[base + 1]!, profiles[base + 2]!];
}

/** Bilinear; beyond the picture its border repeats. */
function sample(image: Rgb, x: number, y: number, into: Float32Array, at: number): void {
  const { width, height, data } = image;
  const px = Math.max(0, Math.min(width - 1, x - 0.5));
  const py = Math.max(0, Math.min(height - 1, y - 0.5));
  const left = Math.min(width - 2, Math.floor(px));
  const top = Math.min(height - 2, Math.floor(py));
  const fx = px - left;
  const fy = py - top;
  const base = (top * width + left) * 3;
  const below = base + width * 3;
  for (let channel = 0; channel < 3; channel += 1)
    into[at + channel] =
      (data[base + channel]! * (1 - fx) + data[base + 3 + channel]! * fx) * (1 - fy) +
      (data[below + channel]! * (1 - fx) + data[below + 3 + channel]! * fx) * fy;
}

/** Mean with the neighbours along the side: grain and noise fade, the edge stays. */
function smoothProbes(profiles: Float32Array, count: number, size: number): Float32Array {
  const out = new Float32Array(profiles.length);
  const row = size * 3;
  for (let probe = 0; probe < count; probe += 1) {
    const from = Math.max(0, probe - SMOOTH);
    const to = Math.min(count - 1, probe + SMOOTH);
    for (let at = 0; at < row; at += 1) {
      let sum = 0;
      for (let other = from; other <= to; other += 1) sum += profiles[other * row + at]!;
      out[probe * row + at] = sum / (to - from + 1);
    }
  }
  return out;
}

/** Offset (pixels outwards) and strength of the outermost step that is about as clear as the clearest. */
function outermostEdge(profiles: Float32Array, start: number, size: number, half: number): [number, number] {
  const slope = new Float32Array(size);
  let strongest = 0;
  for (let step = 1; step < size - 1; step += 1) {
    const before = (start + step - 1) * 3;
    const after = (start + step + 1) * 3;
    slope[step] = Math.hypot(
      profiles[after]! - profiles[before]!,
      profiles[after + 1]! - profiles[before + 1]!,
      profiles[after + 2]! - profiles[before + 2]!,
    );
    if (step >= 2 && step < size - 2) strongest = Math.max(strongest, slope[step]!);
  }
  for (let step = size - 3; step >= 2; step -= 1) {
    const here = slope[step]!;
    const inner = slope[step - 1]!;
    const outer = slope[step + 1]!;
    if (here < CLEAR * strongest || here < inner || here < outer) continue;
    const bend = inner - 2 * here + outer;
    const shift = bend === 0 ? 0 : (0.5 * (inner - outer)) / bend;
    return [step - half + shift, here];
  }
  return [0, 0];
}

/** Least squares from a robust start: what lies off the line is left out, thrice. */
function fitLine(
  places: readonly number[],
  offsets: readonly number[],
  strengths: readonly number[],
  faint: number,
) {
  const clear = places.map((_, at) => at).filter((at) => strengths[at]! >= faint);
  let constant = clear.length === 0 ? 0 : median(clear.map((at) => offsets[at]!));
  let slope = 0;
  let near: readonly number[] = [];
  for (const limit of [3, 1.5, 1, 1]) {
    near = clear.filter((at) => Math.abs(offsets[at]! - constant - slope * places[at]!) <= limit);
    if (near.length < 4) return { constant: 0, slope: 0, share: 0 };
    let n = 0;
    let sx = 0;
    let sy = 0;
    let sxx = 0;
    let sxy = 0;
    for (const at of near) {
      const x = places[at]!;
      const y = offsets[at]!;
      n += 1;
      sx += x;
      sy += y;
      sxx += x * x;
      sxy += x * y;
    }
    const determinant = n * sxx - sx * sx;
    if (determinant === 0) break;
    slope = (n * sxy - sx * sy) / determinant;
    constant = (sy - slope * sx) / n;
  }
  return { constant, slope, share: near.length / places.length };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
