import { cropRgb, type Rgb } from './image.ts';
import { type ProjectiveMap, resample } from './pixels/resample.ts';
import { distance } from './quad.ts';
import { A4_LONG_INCHES, believableDpi, CARD_LONG_INCHES } from './resolution.ts';
import type { Point, Quad } from './sheet.ts';

/** How large a sheet in a picture is in truth. */
export interface SheetSize {
  /** Along the sheet's own top and left side, pixels of the picture at its nearest point: nothing finer is lost. */
  readonly width: number;
  readonly height: number;
  /** Of those pixels. */
  readonly dpi: number;
}

/** Millimetres, short side first. */
const PAPERS = [
  [53.98, 85.6],
  [148, 210],
  [210, 297],
  [297, 420],
  [215.9, 279.4],
] as const;
const SNAP = 0.025;
const SNAP_RATIO = 0.035;
/** Of a camera whose picture does not betray it: focal length over the longer side. */
const USUAL_FOCAL = 1.2;

/**
 * Size of the paper whose corners are `quad` in a picture of `width` × `height` pixels. Proportions come from the
 * perspective (Zhang and He, "Whiteboard scanning and image enhancement", 2007), and are those of a known paper if they
 * come near. `statedDpi` is what the file says; without a believable one the paper is taken for a card or A4 by its
 * shape.
 */
export function sheetSize(
  quad: Quad,
  width: number,
  height: number,
  statedDpi: number | undefined,
): SheetSize {
  const at = quad.map(({ x, y }) => ({ x: x * width, y: y * height })) as unknown as Quad;
  const across = Math.max(distance(at[0], at[1]), distance(at[3], at[2]));
  const down = Math.max(distance(at[0], at[3]), distance(at[1], at[2]));
  const dpi = isParallel(at) ? believableDpi(width, height, statedDpi) : undefined;
  if (dpi !== undefined) return snapped(across, down, dpi);
  const isWide = across > down;
  const ratio = snapRatio(trueRatio(at, width, height));
  // The side that shows more of its pixels keeps them all.
  const long = isWide ? Math.max(across, down * ratio) : Math.max(down, across * ratio);
  const isCard = Math.abs(ratio - 85.6 / 53.98) < 0.001;
  return {
    width: isWide ? long : long / ratio,
    height: isWide ? long / ratio : long,
    dpi: long / (isCard ? CARD_LONG_INCHES : A4_LONG_INCHES),
  };
}

function isParallel(quad: Quad): boolean {
  const [a, b, c, d] = quad;
  const size = Math.max(distance(a, b), distance(a, d));
  return Math.hypot(a.x - b.x + c.x - d.x, a.y - b.y + c.y - d.y) < 0.02 * size;
}

function snapped(across: number, down: number, dpi: number): SheetSize {
  const mm = dpi / 25.4;
  const near = (pixels: number, paper: number) => Math.abs(pixels / mm / paper - 1) < SNAP;
  for (const [short, long] of PAPERS) {
    if (near(across, short) && near(down, long)) return { width: short * mm, height: long * mm, dpi };
    if (near(across, long) && near(down, short)) return { width: long * mm, height: short * mm, dpi };
  }
  return { width: across, height: down, dpi };
}

function snapRatio(ratio: number): number {
  const known = PAPERS.map(([short, long]) => long / short)
    .filter((paper) => Math.abs(ratio / paper - 1) < SNAP_RATIO)
    .sort((a, b) => Math.abs(ratio - a) - Math.abs(ratio - b));
  return known[0] ?? ratio;
}

/** Long side over short side of the rectangle that is seen as `quad`. */
function trueRatio(quad: Quad, width: number, height: number): number {
  const centred = ({ x, y }: Point): Vector => [x - width / 2, y - height / 2, 1];
  const [m1, m2, m4, m3] = quad.map(centred) as [Vector, Vector, Vector, Vector];
  const k2 = dot(crossProduct(m1, m4), m3) / dot(crossProduct(m2, m4), m3);
  const k3 = dot(crossProduct(m1, m4), m2) / dot(crossProduct(m3, m4), m2);
  const n2 = m2.map((value, axis) => k2 * value - m1[axis]!) as unknown as Vector;
  const n3 = m3.map((value, axis) => k3 * value - m1[axis]!) as unknown as Vector;
  const long = Math.max(width, height);
  let focal = Math.sqrt(-(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2]));
  // Seen straight, or aslant about one axis only, the sides' vanishing points do not tell it.
  if (!(focal > 0.7 * long && focal < 2.5 * long)) focal = USUAL_FOCAL * long;
  const length = (n: Vector) => Math.hypot(n[0] / focal, n[1] / focal, n[2]);
  const ratio = length(n2) / length(n3);
  return ratio < 1 ? 1 / ratio : ratio;
}

type Vector = readonly [number, number, number];

function crossProduct(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/**
 * Cuts the sheet out, upright, `width` × `height` pixels, its perspective taken out, turned back by `skew` degrees
 * clockwise in the same pass. What then lies beyond the sheet gets the `beyond` colour. A sheet that is the whole
 * picture, or lies in it straight, is not resampled.
 */
export function cutSheet(
  image: Rgb,
  quad: Quad,
  width: number,
  height: number,
  skew = 0,
  beyond: readonly [number, number, number] = [255, 255, 255],
): Rgb {
  const outWidth = Math.max(1, Math.round(width));
  const outHeight = Math.max(1, Math.round(height));
  if (skew === 0) {
    const straight = straightBox(image, quad);
    if (
      straight !== undefined &&
      Math.abs(straight.width - outWidth) <= 2 &&
      Math.abs(straight.height - outHeight) <= 2
    )
      return straight.width === image.width && straight.height === image.height
        ? image
        : cropRgb(image, straight.left, straight.top, straight.width, straight.height);
  }
  const map = squareToQuad(
    quad.map(({ x, y }) => ({ x: x * image.width, y: y * image.height })) as unknown as Quad,
  );
  return resample(image, map, outWidth, outHeight, (skew * Math.PI) / 180, beyond, 'cubic');
}

/** Pixels; undefined when a corner stands off the straight box by more than half a pixel in a thousand. */
function straightBox(image: Rgb, quad: Quad) {
  const [a, b, c, d] = quad;
  const offX = Math.max(Math.abs(a.x - d.x), Math.abs(b.x - c.x)) * image.width;
  const offY = Math.max(Math.abs(a.y - b.y), Math.abs(d.y - c.y)) * image.height;
  if (offX > 0.5 + image.height * 0.0005 || offY > 0.5 + image.width * 0.0005) return undefined;
  const left = Math.round(Math.min(a.x, d.x) * image.width);
  const top = Math.round(Math.min(a.y, b.y) * image.height);
  const right = Math.min(image.width, Math.round(Math.max(b.x, c.x) * image.width));
  const bottom = Math.min(image.height, Math.round(Math.max(c.y, d.y) * image.height));
  if (right <= left || bottom <= top) return undefined;
  return { left, top, width: right - left, height: bottom - top };
}

/** Of the projective map of the unit square onto four points (Heckbert, "Fundamentals of texture mapping", 1989). */
function squareToQuad([p0, p1, p2, p3]: Quad): ProjectiveMap {
  const dx1 = p1.x - p2.x;
  const dx2 = p3.x - p2.x;
  const dy1 = p1.y - p2.y;
  const dy2 = p3.y - p2.y;
  const sx = p0.x - p1.x + p2.x - p3.x;
  const sy = p0.y - p1.y + p2.y - p3.y;
  const determinant = dx1 * dy2 - dx2 * dy1;
  const g = (sx * dy2 - dx2 * sy) / determinant;
  const h = (dx1 * sy - sx * dy1) / determinant;
  return {
    a: p1.x - p0.x + g * p1.x,
    b: p3.x - p0.x + h * p3.x,
    c: p0.x,
    d: p1.y - p0.y + g * p1.y,
    e: p3.y - p0.y + h * p3.y,
    f: p0.y,
    g,
    h,
  };
}
