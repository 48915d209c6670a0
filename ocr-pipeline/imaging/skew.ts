import type { Component, Runs } from './components.ts';

const RANGE = 8;
const COARSE = 0.25;
const FINE = 0.02;
const MAX_POINTS = 60_000;

/**
 * Angle of the text lines, degrees clockwise (turn back by as much), from the lower edges of letters: at the right
 * angle they fall onto few rows. `keep` chooses the letters among the components. 0 when there is too little text.
 */
export function findSkew(
  runs: Runs,
  components: readonly Component[],
  keep: (part: Component) => boolean,
): number {
  const points = lowerEdges(runs, components, keep);
  if (points.x.length < 200) return 0;
  let best = search(points, -RANGE, RANGE, COARSE);
  best = search(points, best - COARSE, best + COARSE, 0.05);
  return Math.round(search(points, best - 0.05, best + 0.05, FINE) * 100) / 100;
}

interface Points {
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Nothing lies beyond. */
  readonly width: number;
  readonly height: number;
}

/** The middle of every letter's lowest run: one point a letter says where its line stands. */
function lowerEdges(
  runs: Runs,
  components: readonly Component[],
  keep: (part: Component) => boolean,
): Points {
  const x: number[] = [];
  const y: number[] = [];
  let width = 0;
  let height = 0;
  for (let run = 0; run < runs.count && x.length < MAX_POINTS; run += 1) {
    const part = components[runs.owner[run]!]!;
    if (runs.row[run] !== part.y + part.height - 1 || !keep(part)) continue;
    width = Math.max(width, runs.to[run]!);
    height = runs.row[run]! + 1;
    for (let at = runs.from[run]!; at < runs.to[run]!; at += 1) {
      x.push(at);
      y.push(runs.row[run]!);
    }
  }
  return { x: Float32Array.from(x), y: Float32Array.from(y), width, height };
}

function search(points: Points, from: number, to: number, step: number): number {
  let best = 0;
  let bestScore = -1;
  for (let angle = from; angle <= to + step / 2; angle += step) {
    const score = sharpness(points, angle);
    if (score > bestScore) {
      bestScore = score;
      best = angle;
    }
  }
  return best;
}

/** Sum of squares of the projection onto rows of the turned page. */
function sharpness(points: Points, angle: number): number {
  const slope = Math.tan((angle * Math.PI) / 180);
  const { x, y } = points;
  // Rows of the turned page begin where its lowest or highest corner comes to lie.
  const first = Math.floor(Math.min(0, -points.width * slope));
  const rows = new Uint32Array(Math.ceil(points.height + points.width * Math.abs(slope)) + 3);
  for (let at = 0; at < x.length; at += 1) rows[(y[at]! - x[at]! * slope - first + 0.5) | 0]! += 1;
  let score = 0;
  for (const count of rows) score += count * count;
  return score;
}
