import type { Point, Quad } from './sheet.ts';

/** Convex hull, clockwise on the screen (y down); Andrew's monotone chain. */
export function convexHull(points: readonly Point[]): readonly Point[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const chain = (from: readonly Point[]) => {
    const out: Point[] = [];
    for (const point of from) {
      while (out.length >= 2 && cross(out.at(-2)!, out.at(-1)!, point) <= 0) out.pop();
      out.push(point);
    }
    return out.slice(0, -1);
  };
  return [...chain(sorted), ...chain(sorted.reverse())];
}

/**
 * The quadrilateral around a convex polygon that adds little area: the edge whose two neighbours, prolonged, enclose
 * the least new area goes first. `undefined` for what has no four sides (a line, a triangle).
 */
export function quadAround(hull: readonly Point[]): Quad | undefined {
  let polygon = [...hull];
  while (polygon.length > 4) {
    let best = -1;
    let bestArea = Number.POSITIVE_INFINITY;
    let bestCorner: Point | undefined;
    for (let at = 0; at < polygon.length; at += 1) {
      const corner = cornerOver(polygon, at);
      if (corner === undefined) continue;
      const added = Math.abs(cross(around(polygon, at), around(polygon, at + 1), corner)) / 2;
      if (added >= bestArea) continue;
      best = at;
      bestArea = added;
      bestCorner = corner;
    }
    if (bestCorner === undefined) return undefined;
    polygon[best] = bestCorner;
    polygon.splice((best + 1) % polygon.length, 1);
  }
  polygon = polygon.filter((point, at) => distance(point, around(polygon, at + 1)) > 1e-6);
  const [a, b, c, d] = polygon;
  return d === undefined || polygon.length !== 4 ? undefined : fromTopLeft([a!, b!, c!, d]);
}

/** Where the edges before and after the edge at..at+1 meet beyond it. */
function cornerOver(polygon: readonly Point[], at: number): Point | undefined {
  const before = around(polygon, at - 1);
  const a = around(polygon, at);
  const b = around(polygon, at + 1);
  const after = around(polygon, at + 2);
  const corner = intersection(before, a, after, b);
  if (corner === undefined) return undefined;
  const isBeyond =
    (corner.x - a.x) * (a.x - before.x) + (corner.y - a.y) * (a.y - before.y) >= 0 &&
    (corner.x - b.x) * (b.x - after.x) + (corner.y - b.y) * (b.y - after.y) >= 0;
  return isBeyond ? corner : undefined;
}

function around(polygon: readonly Point[], at: number): Point {
  return polygon[(at + polygon.length) % polygon.length]!;
}

/** Of the lines a–b and c–d. */
export function intersection(a: Point, b: Point, c: Point, d: Point): Point | undefined {
  const determinant = (b.x - a.x) * (d.y - c.y) - (b.y - a.y) * (d.x - c.x);
  if (Math.abs(determinant) < 1e-9) return undefined;
  const t = ((c.x - a.x) * (d.y - c.y) - (c.y - a.y) * (d.x - c.x)) / determinant;
  return { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) };
}

/** Begins with the top left corner: the side after it faces upwards more than the others. Keeps the clockwise turn. */
export function fromTopLeft(quad: Quad): Quad {
  let first = 0;
  let mostRight = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < 4; at += 1) {
    const a = quad[at]!;
    const b = quad[(at + 1) % 4]!;
    const right = (b.x - a.x) / Math.max(1e-9, distance(a, b));
    if (right <= mostRight) continue;
    mostRight = right;
    first = at;
  }
  return [quad[first]!, quad[(first + 1) % 4]!, quad[(first + 2) % 4]!, quad[(first + 3) % 4]!];
}

export function areaOf(polygon: readonly Point[]): number {
  let twice = 0;
  for (let at = 0; at < polygon.length; at += 1) {
    const a = polygon[at]!;
    const b = around(polygon, at + 1);
    twice += a.x * b.y - b.x * a.y;
  }
  return Math.abs(twice) / 2;
}

/** Inside or on a convex polygon that runs clockwise on the screen, or less than `margin` outside one side. */
export function isInside(polygon: readonly Point[], point: Point, margin = 0): boolean {
  return polygon.every((a, at) => {
    const b = around(polygon, at + 1);
    return cross(a, b, point) >= -margin * distance(a, b);
  });
}

/** Every corner turns clockwise, none is very sharp or very blunt. */
export function isSheetShaped(quad: Quad): boolean {
  return quad.every((corner, at) => {
    const before = around(quad, at - 1);
    const after = around(quad, at + 1);
    const sine = cross(before, corner, after) / (distance(before, corner) * distance(corner, after));
    return sine > SHARPEST_CORNER;
  });
}

/** Sine of 50°: paper seen from more than 25° aslant does not get sharper. */
const SHARPEST_CORNER = 0.766;

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** Positive when the way o → a → b turns clockwise on the screen. */
export function cross(o: Point, a: Point, b: Point): number {
  return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}
