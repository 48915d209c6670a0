import { fromRgb, type Rgb, toRgb } from './image.ts';
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
export async function cutSheet(
  image: Rgb,
  quad: Quad,
  width: number,
  height: number,
  skew = 0,
  beyond: readonly [number, number, number] = [255, 255, 255],
): Promise<Rgb> {
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
        : toRgb(fromRgb(image).extract(straight));
  }
  return resample(image, quad, outWidth, outHeight, skew, beyond);
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

const { imul } = Math;
const PHASES = 64;

/** Catmull–Rom weights of the four neighbours for each phase: print stays sharp. Integers of 1/256. */
function cubicWeights(): Int16Array {
  const table = new Int16Array(PHASES * 4);
  for (let phase = 0; phase < PHASES; phase += 1) {
    const t = phase / PHASES;
    const weights = [
      -0.5 * t + t * t - 0.5 * t * t * t,
      1 - 2.5 * t * t + 1.5 * t * t * t,
      0.5 * t + 2 * t * t - 1.5 * t * t * t,
      -0.5 * t * t + 0.5 * t * t * t,
    ].map((weight) => Math.round(weight * 256));
    weights[1]! += 256 - weights.reduce((sum, weight) => sum + weight, 0);
    table.set(weights, phase * 4);
  }
  return table;
}

function resample(
  image: Rgb,
  quad: Quad,
  width: number,
  height: number,
  skew: number,
  beyond: readonly [number, number, number],
): Rgb {
  const map = squareToQuad(
    quad.map(({ x, y }) => ({ x: x * image.width, y: y * image.height })) as unknown as Quad,
  );
  const out = new Uint8Array(width * height * 3);
  const cubic = cubicWeights();
  const angle = (skew * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const { data } = image;
  const stride = image.width * 3;
  const lastX = image.width - 1;
  const lastY = image.height - 1;
  // Along a row everything but the perspective's quotient grows by the same step.
  const stepU = cos / width;
  const stepV = sin / height;
  const stepX = map.a * stepU + map.b * stepV;
  const stepY = map.d * stepU + map.e * stepV;
  const stepW = map.g * stepU + map.h * stepV;
  for (let y = 0, at = 0; y < height; y += 1) {
    const dx = 0.5 - width / 2;
    const dy = y + 0.5 - height / 2;
    const firstU = (dx * cos - dy * sin) / width + 0.5;
    const firstV = (dx * sin + dy * cos) / height + 0.5;
    const firstX = map.a * firstU + map.b * firstV + map.c;
    const firstY = map.d * firstU + map.e * firstV + map.f;
    const firstW = map.g * firstU + map.h * firstV + 1;
    for (let x = 0; x < width; x += 1, at += 3) {
      const u = firstU + x * stepU;
      const v = firstV + x * stepV;
      const w = 1 / (firstW + x * stepW);
      const px = (firstX + x * stepX) * w - 0.5;
      const py = (firstY + x * stepY) * w - 0.5;
      if (u < 0 || v < 0 || u > 1 || v > 1 || px < -1 || py < -1 || px > lastX + 1 || py > lastY + 1) {
        out[at] = beyond[0];
        out[at + 1] = beyond[1];
        out[at + 2] = beyond[2];
        continue;
      }
      // Math.floor of what is not below -1.
      const left = ((px + 1) | 0) - 1;
      const top = ((py + 1) | 0) - 1;
      const phaseX = (((px - left) * PHASES) | 0) * 4;
      const phaseY = (((py - top) * PHASES) | 0) * 4;
      const isInner = left >= 1 && top >= 1 && left < lastX - 1 && top < lastY - 1;
      // Written out, in whole numbers that cannot overflow: a loop over the sixteen takes several times as long.
      const c0 = (isInner ? left - 1 : clamp(left - 1, lastX)) * 3;
      const c1 = isInner ? c0 + 3 : clamp(left, lastX) * 3;
      const c2 = isInner ? c0 + 6 : clamp(left + 1, lastX) * 3;
      const c3 = isInner ? c0 + 9 : clamp(left + 2, lastX) * 3;
      const w0 = cubic[phaseX]!;
      const w1 = cubic[phaseX + 1]!;
      const w2 = cubic[phaseX + 2]!;
      const w3 = cubic[phaseX + 3]!;
      let r = 32_768;
      let g = 32_768;
      let b = 32_768;
      let base = (isInner ? top - 1 : clamp(top - 1, lastY)) * stride;
      for (let row = 0; ; ) {
        const weight = cubic[phaseY + row]!;
        const p0 = base + c0;
        const p1 = base + c1;
        const p2 = base + c2;
        const p3 = base + c3;
        const r4 = imul(data[p0]!, w0) + imul(data[p1]!, w1) + imul(data[p2]!, w2) + imul(data[p3]!, w3);
        r = (r + imul(r4, weight)) | 0;
        const g4 =
          imul(data[p0 + 1]!, w0) +
          imul(data[p1 + 1]!, w1) +
          imul(data[p2 + 1]!, w2) +
          imul(data[p3 + 1]!, w3);
        g = (g + imul(g4, weight)) | 0;
        const b4 =
          imul(data[p0 + 2]!, w0) +
          imul(data[p1 + 2]!, w1) +
          imul(data[p2 + 2]!, w2) +
          imul(data[p3 + 2]!, w3);
        b = (b + imul(b4, weight)) | 0;
        row += 1;
        if (row === 4) break;
        base = isInner ? base + stride : clamp(top - 1 + row, lastY) * stride;
      }
      out[at] = toByte(r);
      out[at + 1] = toByte(g);
      out[at + 2] = toByte(b);
    }
  }
  return { width, height, data: out };
}

/** Of a sum that began with a half. */
function toByte(sum: number): number {
  const value = sum >> 16;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

function clamp(value: number, last: number): number {
  return value < 0 ? 0 : value > last ? last : value;
}

/** Of the projective map of the unit square onto four points (Heckbert, "Fundamentals of texture mapping", 1989). */
function squareToQuad([p0, p1, p2, p3]: Quad) {
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
