import type { Component, Runs } from './components.ts';

const RANGE = 8;
const COARSE = 0.25;
const FINE = 0.02;
const MAX_POINTS = 60_000;
/** Text is about five times as sharp at its angle as at most others, the least clear page of 100 4.8 times; noise 2. */
const CLEAR = 3;

/**
 * Angle of the text lines, degrees clockwise (turn back by as much), from the lower edges of letters: at the right
 * angle they fall onto few rows. `keep` chooses the letters among the components. 0 when there is too little text, or
 * nothing but noise.
 */
export function findSkew(
  runs: Runs,
  components: readonly Component[],
  keep: (part: Component) => boolean,
): number {
  const points = lowerEdges(runs, components, keep);
  if (points.x.length < 200) return 0;
  const coarse = search(points, -RANGE, RANGE, COARSE);
  if (coarse.clearness < CLEAR) return 0;
  const { angle } = search(points, coarse.angle - COARSE, coarse.angle + COARSE, 0.05);
  return Math.round(search(points, angle - 0.05, angle + 0.05, FINE).angle * 100) / 100;
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

/** The sharpest angle, and how much sharper it is than the middle one of all. */
function search(points: Points, from: number, to: number, step: number) {
  const scores: number[] = [];
  let best = 0;
  for (let angle = from; angle <= to + step / 2; angle += step) {
    scores.push(sharpness(points, angle));
    if (scores.at(-1)! > scores[best]!) best = scores.length - 1;
  }
  const middle = [...scores].sort((a, b) => a - b)[scores.length >> 1]!;
  return { angle: from + best * step, clearness: scores[best]! / middle };
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
