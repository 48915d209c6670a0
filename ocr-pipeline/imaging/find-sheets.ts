import { findComponents, type Runs } from './components.ts';
import { distanceToGround, type Ground, groundsOf, isPaperWhite } from './ground.ts';
import type { Rgb } from './image.ts';
import { flattenLight } from './light.ts';
import { enclosed, type Mask, open } from './mask.ts';
import { lumaOf } from './pixels/count-ink.ts';
import { shrinkRgb } from './pixels/neighbourhood.ts';
import {
  areaOf,
  convexHull,
  fromTopLeft,
  intersection,
  isInside,
  isSheetShaped,
  quadAround,
} from './quad.ts';
import { type Point, type Quad, WHOLE_PICTURE } from './sheet.ts';
import { findPaperEdge, isShadowsEdge, type SheetEdge } from './sheet-edge.ts';
import { inReadingOrder } from './sheet-order.ts';

export type PictureEdge = 'top' | 'right' | 'bottom' | 'left';

/** A paper found in a picture. */
export interface Sheet {
  readonly corners: Quad;
  /** Edges of the picture that the paper runs over: something of it is missing there. None for a whole-picture sheet. */
  readonly touches: readonly PictureEdge[];
  /** 0–1: share of the paper's outline that is seen. 1 for a whole-picture sheet. */
  readonly certainty: number;
}

const WHOLE_SHEET: Sheet = { corners: WHOLE_PICTURE, touches: [], certainty: 1 };

/** Pixels of the longer side at which masks are made: about 0.7 mm of an A4 flatbed. */
const MASK_SIDE = 440;
const LEAST_MASK_SIDE = 30;
/** Of the picture: a citizen card on A3 covers 3.7 %. */
const SMALLEST_AREA = 0.012;
const MOST_SHEETS = 12;

/**
 * The papers in a small picture (about 75 dpi) of a flatbed's glass or under a document camera, in reading order. When
 * in doubt nothing is cut: the answer is the whole picture, which is also the answer for a feeder's scan and for a
 * paper larger than the picture. No print lies outside the answered sheets. `dpi` only tells how wide a printed
 * letter may be.
 */
export function findSheets(image: Rgb, dpi: number): readonly Sheet[] {
  if (Math.min(image.width, image.height) < 2 * LEAST_MASK_SIDE) return [WHOLE_SHEET];
  const { width, height } = image;
  // A strip of paper keeps some pixels of its width.
  const most = Math.floor(Math.min(width, height) / LEAST_MASK_SIDE);
  const shrink = Math.max(1, Math.min(most, Math.round(Math.max(width, height) / MASK_SIDE)));
  const small = shrinkRgb(image, shrink);
  const print = printIn(small, (dpi * small.width) / image.width);
  let best: Layout | undefined;
  const consider = (mask: Mask, ground: Ground, doubt: Doubt) => {
    const layout = layoutOf(image, shrink, mask, ground, doubt);
    if (layout === undefined || (best !== undefined && layout.score <= best.score)) return;
    const isPatterned = doubt === 'none' && ground.texture > PATTERNED;
    if (!losesPrint(print, small, layout.sheets, isPatterned)) best = layout;
  };
  const grounds = groundsOf(small);
  const unsolved: { readonly ground: Ground; readonly apart: Float32Array }[] = [];
  for (const ground of grounds) {
    const apart = distanceToGround(small, ground);
    const mask = differsFrom(ground, small, apart);
    consider(mask, ground, 'none');
    if (!isEmpty(mask)) unsolved.push({ ground, apart });
  }
  if (best === undefined)
    for (const { ground, apart } of unsolved) {
      consider(differsFrom(ground, small, apart, 3), ground, 'shadow');
      consider(differsFrom(ground, small, distanceToGround(small, ground, 'ignored')), ground, 'shadow');
    }
  if (best === undefined && grounds[0]!.texture <= PATTERNED)
    consider(enclosedByEdges(small), grounds[0]!, 'none');
  return best === undefined ? [WHOLE_SHEET] : inReadingOrder((best as Layout).sheets);
}

/** `shadow`: the mask was made to pass over shadows, and may have passed over shaded paper. */
type Doubt = 'none' | 'shadow';

/** Levels of texture of a ground; noise alone stays below. */
const PATTERNED = 7;

interface Layout {
  readonly sheets: readonly Sheet[];
  readonly score: number;
}

const LEAST_DIFFERENCE = 12;

/** Nothing of a sheet's size differs from the ground. */
function isEmpty({ data }: Mask): boolean {
  let count = 0;
  for (let at = 0; at < data.length; at += 1) count += data[at]!;
  return count < SMALLEST_AREA * data.length;
}

/** `times` the usual limit passes over a shadow that falls across a dark ground. */
function differsFrom(ground: Ground, { width, height }: Rgb, apart: Float32Array, times = 1): Mask {
  const limit = Math.max(LEAST_DIFFERENCE, ground.spread * 2.2) * times;
  // Lines of a cutting mat go first: what they enclose is no paper.
  const different = open({ width, height, data: inverse(below(apart, limit)) }, 1);
  return open(enclosed(width, height, inverse(different.data)), 2);
}

/** `yes` where a value is below the limit, else 0. A plain loop: `map` over a picture costs as much as all the rest. */
function below(values: Float32Array | Uint8Array, limit: number, yes = 1): Uint8Array {
  const out = new Uint8Array(values.length);
  for (let at = 0; at < values.length; at += 1) if (values[at]! < limit) out[at] = yes;
  return out;
}

/** Of ones and zeros. */
function inverse(values: Uint8Array): Uint8Array {
  const out = new Uint8Array(values.length);
  for (let at = 0; at < values.length; at += 1) out[at] = 1 - values[at]!;
  return out;
}

/** For paper as light as its ground: only its outline shows, faintly, where it throws a shadow. */
function enclosedByEdges(small: Rgb): Mask {
  const { width, height, data } = small;
  const slope = new Float32Array(width * height);
  const histogram = new Uint32Array(256);
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      let most = 0;
      for (let channel = 0; channel < 3; channel += 1) {
        const base = at * 3 + channel;
        const across = data[base + 3]! - data[base - 3]!;
        const down = data[base + width * 3]! - data[base - width * 3]!;
        most = Math.max(most, across * across + down * down);
      }
      slope[at] = Math.sqrt(most);
      histogram[Math.min(255, Math.round(slope[at]!))]! += 1;
    }
  let half = (width * height) / 2;
  let usual = 0;
  while (half > histogram[usual]!) {
    half -= histogram[usual]!;
    usual += 1;
  }
  const limit = Math.max(3.5, usual * 3);
  const free = below(slope, limit);
  return open(enclosed(width, height, free), 3);
}

/** The sheets that a mask shows, if it shows nothing of their size that is none. */
function layoutOf(image: Rgb, shrink: number, mask: Mask, ground: Ground, doubt: Doubt): Layout | undefined {
  const picture = mask.width * mask.height;
  const { components, runs } = findComponents(
    { width: mask.width, height: mask.height, data: below(mask.data, 1, 255) },
    128,
  );
  const sheets: Sheet[] = [];
  let score = 0;
  for (let at = 0; at < components.length; at += 1) {
    const part = components[at]!;
    if (part.area < SMALLEST_AREA * picture) continue;
    if (sheets.length === MOST_SHEETS) return undefined;
    const sheet = sheetOf(image, shrink, outline(runs, at), part.area, ground, doubt);
    if (sheet === undefined) return undefined;
    sheets.push(sheet);
    score += part.area * sheet.certainty;
  }
  return sheets.length === 0 ? undefined : { sheets, score: score / picture };
}

/** Ends of the runs of one component: all that its hull needs. Pixels of the mask. */
function outline(runs: Runs, owner: number): readonly Point[] {
  const points: Point[] = [];
  for (let run = 0; run < runs.count; run += 1) {
    if (runs.owner[run] !== owner) continue;
    const y = runs.row[run]!;
    points.push({ x: runs.from[run]!, y }, { x: runs.to[run]!, y });
    points.push({ x: runs.from[run]!, y: y + 1 }, { x: runs.to[run]!, y: y + 1 });
  }
  return points;
}

const LEAST_FILLED = 0.86;
/** Share of the outline that must be seen: of every side, of all sides together. */
const LEAST_SEEN = { none: 0.3, shadow: 0.75 };
const LEAST_CERTAIN = 0.55;

function sheetOf(
  image: Rgb,
  shrink: number,
  points: readonly Point[],
  area: number,
  ground: Ground,
  doubt: Doubt,
): Sheet | undefined {
  const hull = convexHull(points).map(({ x, y }) => ({ x: x * shrink, y: y * shrink }));
  const { width, height } = image;
  const touches = touchedEdges(hull, width, height);
  const rough = quadAround(hull);
  if (rough === undefined || !isSheetShaped(rough)) return undefined;
  if ((area * shrink * shrink) / areaOf(rough) < LEAST_FILLED) return undefined;
  const sides = ([0, 1, 2, 3] as const).map((at) => {
    const from = rough[at];
    const to = rough[((at + 1) % 4) as 0 | 1 | 2 | 3];
    return onBorder(from, to, width, height) ?? findPaperEdge(image, from, to, 2 * shrink + 2);
  });
  const seen = sides.filter((side): side is SheetEdge => 'seen' in side);
  const leastSeen = LEAST_SEEN[doubt];
  if (seen.length === 0 || seen.some((side) => side.seen < leastSeen || isPrinted(side))) return undefined;
  if (isPaperWhite(ground) && seen.some(isColouredLine)) return undefined;
  if (seen.some((side) => isShadowsEdge(image, side))) return undefined;
  const certainty = seen.reduce((sum, side) => sum + side.seen, 0) / seen.length;
  if (certainty < LEAST_CERTAIN) return undefined;
  // A shadow along the picture's border is no ground.
  if (touches.length > 0 && seen.some(isSoft)) return undefined;
  // One free side: an empty stretch of a scanner's bed, or a coloured band printed to the page's edge?
  if (touches.length >= 3 && (certainty < 0.8 || !isNeutral(ground))) return undefined;
  if (touches.length > 0) return { corners: boxAround(hull, touches, width, height), touches, certainty };
  const corners = sides.map((side, at) => {
    const before = sides[(at + 3) % 4]!;
    return intersection(before.from, before.to, side.from, side.to) ?? side.from;
  }) as unknown as Quad;
  return {
    corners: toFractions(fromTopLeft(isSheetShaped(corners) ? corners : rough), width, height),
    touches,
    certainty,
  };
}

/** A dark line with the same colour on both sides: a printed frame. A shadow's line is pale. */
function isPrinted(side: SheetEdge): boolean {
  return side.line > 30 && side.step < side.line * 0.4;
}

/** A frame around tinted paper: its line has a colour of its own, which no shadow has. */
function isColouredLine(side: SheetEdge): boolean {
  return side.line > 20 && side.tint > 0.075;
}

/** No edge but the border of a wide soft shadow: the colour goes on changing beyond it. */
function isSoft(side: SheetEdge): boolean {
  return side.strength < side.step * 0.45;
}

function isNeutral(ground: Ground): boolean {
  const chroma = ground.blocks.map(({ colour }) => Math.max(...colour) - Math.min(...colour));
  return chroma.reduce((sum, value) => sum + value, 0) / chroma.length < 25;
}

/** Where the paper leaves the picture: not a corner that just reaches its border, but a stretch of it. */
function touchedEdges(hull: readonly Point[], width: number, height: number): readonly PictureEdge[] {
  const near = Math.max(width, height) * 0.006;
  const stretch = (on: (point: Point) => boolean, along: (point: Point) => number) => {
    const places = hull.filter(on).map(along);
    return places.length > 1 && Math.max(...places) - Math.min(...places) > Math.max(width, height) * 0.02;
  };
  const edges: PictureEdge[] = [];
  if (
    stretch(
      ({ y }) => y <= near,
      ({ x }) => x,
    )
  )
    edges.push('top');
  if (
    stretch(
      ({ x }) => x >= width - near,
      ({ y }) => y,
    )
  )
    edges.push('right');
  if (
    stretch(
      ({ y }) => y >= height - near,
      ({ x }) => x,
    )
  )
    edges.push('bottom');
  if (
    stretch(
      ({ x }) => x <= near,
      ({ y }) => y,
    )
  )
    edges.push('left');
  return edges;
}

/** The picture's own border, when the side lies on it. */
function onBorder(from: Point, to: Point, width: number, height: number) {
  const near = Math.max(width, height) * 0.012;
  if (Math.abs(from.x - to.x) < near * 2) {
    const x = (from.x + to.x) / 2;
    if (x < near) return { from: { x: 0, y: from.y }, to: { x: 0, y: to.y } };
    if (x > width - near) return { from: { x: width, y: from.y }, to: { x: width, y: to.y } };
  }
  if (Math.abs(from.y - to.y) < near * 2) {
    const y = (from.y + to.y) / 2;
    if (y < near) return { from: { x: from.x, y: 0 }, to: { x: to.x, y: 0 } };
    if (y > height - near) return { from: { x: from.x, y: height }, to: { x: to.x, y: height } };
  }
  return undefined;
}

function toFractions(quad: Quad, width: number, height: number): Quad {
  const [a, b, c, d] = quad.map(({ x, y }) => ({ x: fraction(x / width), y: fraction(y / height) }));
  return [a!, b!, c!, d!];
}

function fraction(value: number): number {
  return Math.max(0, Math.min(1, value));
}

/**
 * Paper that runs over the picture's edge has corners outside the picture: it is answered as the upright rectangle
 * around what is seen of it, for four corners inside could not hold all of it unsheared.
 */
function boxAround(
  hull: readonly Point[],
  touches: readonly PictureEdge[],
  width: number,
  height: number,
): Quad {
  const xs = hull.map(({ x }) => fraction(x / width));
  const ys = hull.map(({ y }) => fraction(y / height));
  const left = touches.includes('left') ? 0 : Math.min(...xs);
  const right = touches.includes('right') ? 1 : Math.max(...xs);
  const top = touches.includes('top') ? 0 : Math.min(...ys);
  const bottom = touches.includes('bottom') ? 1 : Math.max(...ys);
  return [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ];
}

const MOST_LOST_LETTERS = 8;
const LIGHT_BLOCK_MM = 6;
const PRINT = 175;

/** Marks of a letter's size, wherever they stand: their middles, pixels. */
function printIn(small: Rgb, dpi: number): readonly Point[] {
  const mm = dpi / 25.4;
  const luma = lumaOf(small);
  // Raised, so that the grain of a black ground is not taken for print.
  const raised = { ...luma, data: luma.data.map((value) => 55 + value * 0.78) };
  const even = flattenLight(raised, Math.max(4, Math.round(LIGHT_BLOCK_MM * mm)));
  return findComponents(even, PRINT)
    .components.filter(
      (part) =>
        part.height >= mm && part.width >= mm * 0.6 && part.height <= 12 * mm && part.width <= 60 * mm,
    )
    .map((part) => ({ x: part.x + part.width / 2, y: part.y + part.height / 2 }));
}

/** How much of the picture's border is looked at for the ground's own marks. */
const RIM = 0.07;

/**
 * Whether marks like print lie outside all sheets. The grain of a desk makes such marks as well: on a patterned ground
 * as many are allowed as the picture's rim, where ground lies, lets expect.
 */
function losesPrint(
  print: readonly Point[],
  { width, height }: Rgb,
  sheets: readonly Sheet[],
  isPatterned: boolean,
): boolean {
  const margin = Math.max(width, height) * 0.008;
  const quads = sheets.map(({ corners }) => corners.map(({ x, y }) => ({ x: x * width, y: y * height })));
  const lost = print.filter((mark) => !quads.some((quad) => isInside(quad, mark, margin)));
  if (!isPatterned) return lost.length > MOST_LOST_LETTERS;
  const rim = RIM * Math.min(width, height);
  const isOnRim = ({ x, y }: Point) => Math.min(x, y, width - x, height - y) < rim;
  const rimArea = width * height - (width - 2 * rim) * (height - 2 * rim);
  const covered = quads.reduce((sum, quad) => sum + areaOf(quad), 0);
  const inner = Math.max(0, width * height - rimArea - covered);
  const onRim = lost.filter(isOnRim).length;
  return lost.length - onRim > MOST_LOST_LETTERS + (2 * onRim * inner) / rimArea;
}
