import { findComponents } from './components.ts';
import type { Grey, Rgb } from './image.ts';
import { countInk } from './pixels/count-ink.ts';

/** How much stronger its own colour must be in stamp ink than the other two. */
const SATURATED = { red: 40, blue: 32 } as const;
type InkColour = keyof typeof SATURATED;

/** Official round stamps measure 32–42 mm; damaged prints lose part of the ring. */
const MIN_STAMP_MM = 14;
const MAX_STAMP_MM = 60;
const CELL_MM = 1;
/** Radii in cells within which a ring is looked for. */
const RING = { from: 12, to: 24 } as const;
const RING_LOOKS = 48;
const RING_SHARE = 0.75;
const MAX_RINGS = 4;
/** In cells: nothing larger is searched for rings; coloured paper is not ink. */
const MAX_SEARCH = 30_000;

/** In cells. */
interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Luma in which red and blue stamps have faded while the black text under them stays black. Coloured *text* (titles of
 * certificates, values typed in blue) keeps its luma: only what lies within a stamp's bounds fades.
 */
export function fadeStamps(image: Rgb, dpi: number): Grey {
  const { width, height } = image;
  const cell = Math.max(2, Math.round((CELL_MM / 25.4) * dpi));
  const columns = Math.ceil(width / cell);
  const rows = Math.ceil(height / cell);
  const { grey, redness, blueness } = countInk(image, cell, SATURATED);
  for (const area of stampAreas(redness, columns, rows, cell, 'red'))
    fade(image, grey.data, area, cell, 'red');
  for (const area of stampAreas(blueness, columns, rows, cell, 'blue'))
    fade(image, grey.data, area, cell, 'blue');
  return grey;
}

/**
 * Cells with ink of the colour are joined to areas. A red area of a stamp's size and shape is one; in what is larger
 * (stamps that touch, a signature across) and in blue, which pens have too, it takes a ring.
 */
function stampAreas(
  ink: Uint16Array,
  columns: number,
  rows: number,
  cell: number,
  colour: InkColour,
): readonly Area[] {
  const enough = Math.max(2, cell * cell * 0.04);
  const map = new Uint8Array(ink.length).fill(255);
  for (let at = 0; at < ink.length; at += 1) if (ink[at]! >= enough) map[at] = 0;
  if (!map.includes(0)) return [];
  const { components } = findComponents({ width: columns, height: rows, data: map }, 128);
  return components
    .filter(({ width, height }) => Math.min(width, height) * CELL_MM >= MIN_STAMP_MM)
    .flatMap((area) => {
      const ratio = area.width / area.height;
      const isStamp = Math.max(area.width, area.height) * CELL_MM <= MAX_STAMP_MM && ratio > 0.5 && ratio < 2;
      return colour === 'red' && isStamp ? [area] : ringsIn(area, map, columns, rows);
    });
}

/** The best circles of ink in the area, best first, none inside another. */
function ringsIn(area: Area, map: Uint8Array, columns: number, rows: number): readonly Area[] {
  if (area.width * area.height > MAX_SEARCH) return [];
  const circles = circlesOf();
  const found: { x: number; y: number; radius: number; share: number }[] = [];
  for (let y = area.y + RING.from - 1; y <= area.y + area.height - RING.from; y += 1)
    for (let x = area.x + RING.from - 1; x <= area.x + area.width - RING.from; x += 1)
      for (const { radius, offsets } of circles) {
        let hits = 0;
        for (const [dx, dy] of offsets) {
          const column = x + dx;
          const row = y + dy;
          if (column < 0 || row < 0 || column >= columns || row >= rows) continue;
          if (map[row * columns + column] === 0) hits += 1;
        }
        if (hits >= RING_SHARE * RING_LOOKS) found.push({ x, y, radius, share: hits / RING_LOOKS });
      }
  // Of rings as good as each other the outer one: a seal has two, and its text is between them.
  found.sort((a, b) => b.share + b.radius * 0.02 - (a.share + a.radius * 0.02));
  const rings: typeof found = [];
  for (const ring of found)
    if (rings.length < MAX_RINGS && rings.every((other) => apart(ring, other))) rings.push(ring);
  return rings.map(({ x, y, radius }) => {
    const side = 2 * radius + 3;
    return { x: x - radius - 1, y: y - radius - 1, width: side, height: side };
  });
}

function apart(
  one: { x: number; y: number; radius: number },
  other: { x: number; y: number; radius: number },
): boolean {
  return Math.hypot(one.x - other.x, one.y - other.y) > 0.8 * Math.max(one.radius, other.radius);
}

function circlesOf() {
  return Array.from({ length: RING.to - RING.from + 1 }, (_, at) => {
    const radius = RING.from + at;
    const offsets = Array.from({ length: RING_LOOKS }, (_, look) => {
      const angle = (2 * Math.PI * look) / RING_LOOKS;
      return [Math.round(radius * Math.cos(angle)), Math.round(radius * Math.sin(angle))] as const;
    });
    return { radius, offsets };
  });
}

/**
 * Takes the ink out: its pixels take their strongest channel, in which it is nearly as light as paper, plus what the
 * ink still darkens there, which is in proportion to its saturation (black text has none). The proportion is measured
 * on the stamp itself.
 */
function fade(image: Rgb, grey: Uint8Array, area: Area, cell: number, colour: InkColour): void {
  const { width, height, data } = image;
  const own = colour === 'red' ? 0 : 2;
  const other = 2 - own;
  const top = Math.max(0, area.y * cell);
  const bottom = Math.min(height, (area.y + area.height) * cell);
  const left = Math.max(0, area.x * cell);
  const right = Math.min(width, (area.x + area.width) * cell);
  const levels = new Uint32Array(256);
  for (let y = top; y < bottom; y += 2)
    for (let x = left; x < right; x += 2) levels[data[(y * width + x) * 3 + own]!]! += 1;
  const paper = percentile(levels, 0.8);
  const ratios = new Uint32Array(101);
  const saturation = (at: number) => data[at + own]! - Math.max(data[at + 1]!, data[at + other]!);
  for (let y = top; y < bottom; y += 1)
    for (let x = left; x < right; x += 1) {
      const at = (y * width + x) * 3;
      const colourful = saturation(at);
      const lack = paper - data[at + own]!;
      if (colourful > SATURATED[colour] && lack < paper / 2)
        ratios[Math.round(Math.min(1, Math.max(0, lack / colourful)) * 100)]! += 1;
    }
  const proportion = percentile(ratios, 0.5) / 100;
  for (let y = top; y < bottom; y += 1)
    for (let x = left; x < right; x += 1) {
      const at = (y * width + x) * 3;
      const colourful = saturation(at);
      // Half the threshold here: the soft edges of a stamp's strokes belong to it.
      if (colourful <= SATURATED[colour] / 2) continue;
      const faded = Math.min(paper, data[at + own]! + proportion * colourful);
      if (faded > grey[y * width + x]!) grey[y * width + x] = faded;
    }
}

/** The index below which `share` of the counted lies. */
function percentile(counts: Uint32Array, share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (let at = 0; at < counts.length; at += 1) {
    seen += counts[at]!;
    if (seen > total * share) return at;
  }
  return 0;
}
