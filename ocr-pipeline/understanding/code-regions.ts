import type { Grey, Rgb } from '../imaging/image.ts';
import { lumaOf } from '../imaging/pixels/count-ink.ts';
import { shrinkRgb } from '../imaging/pixels/neighbourhood.ts';
import type { Box } from '../page.ts';

/** Codes are looked for in a picture of about this resolution: their texture still shows, and it is quick. */
const SEARCH_DPI = 100;
/** Side of a tile in pixels of the searched picture, 2.5 mm. */
const TILE = 10;
/**
 * Sums of steps between neighbouring pixels, per pixel, that all tiles of a code have: a faint one the least of these. At
 * the higher ones a strong code stands apart from print that touches it.
 */
const BUSY = [26, 52, 78, 104] as const;
/** Share of a region's tiles that are busy: all of a code's, two thirds of a stamp's star. */
const FILLED = 0.7;
/** Share of dark pixels: codes of the specimens had 0.47, print in frames and patterned grounds up to 0.30. */
const DARK = 0.35;
const MAX_REGIONS = 6;

/**
 * Regions of a page that look like a QR code or a bar code: several tiles side by side, all of them busy all over,
 * as print never is, whose lines have white between them. Boxes in pixels of the page.
 */
export function findCodeRegions(page: Rgb, dpi: number): readonly Box[] {
  const factor = Math.max(1, Math.round(dpi / SEARCH_DPI));
  const small = lumaOf(shrinkRgb(page, factor));
  const columns = Math.floor(small.width / TILE);
  const rows = Math.floor(small.height / TILE);
  const busyness = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      busyness[row * columns + column] = busynessOf(small, column * TILE, row * TILE);
  const found: Tiles[] = [];
  for (const level of BUSY) {
    const busy = Uint8Array.from(busyness, (value) => (value > level ? 1 : 0));
    for (let start = 0; start < busy.length; start += 1) {
      if (busy[start] !== 1) continue;
      const region = boundsOf(collect(busy, columns, start), columns);
      if (isCode(region, small) && !found.some((other) => overlap(region, other))) found.push(region);
    }
  }
  const pixels = TILE * factor;
  return found
    .sort((a, b) => b.width * b.height - a.width * a.height)
    .slice(0, MAX_REGIONS)
    .map(({ x, y, width, height }) => ({
      x: x * pixels,
      y: y * pixels,
      width: width * pixels,
      height: height * pixels,
    }));
}

/** In tiles. */
interface Tiles extends Box {
  readonly count: number;
}

function boundsOf(tiles: readonly number[], columns: number): Tiles {
  const xs = tiles.map((tile) => tile % columns);
  const ys = tiles.map((tile) => Math.floor(tile / columns));
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  const width = Math.max(...xs) - x + 1;
  return { x, y, width, height: Math.max(...ys) - y + 1, count: tiles.length };
}

/** Codes are at least 7 mm high; a line of print is lower, and a block of lines is never so dark all over. */
function isCode({ x, y, width, height, count }: Tiles, image: Grey): boolean {
  if (count / (width * height) < FILLED || Math.min(width, height) < 3) return false;
  return darkShare(image, x * TILE, y * TILE, width * TILE, height * TILE) >= DARK;
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Share of the pixels that are nearer to the darkest than to the lightest ones. */
function darkShare(image: Grey, left: number, top: number, width: number, height: number): number {
  const histogram = new Uint32Array(256);
  for (let y = top; y < top + height; y += 1)
    for (let x = left; x < left + width; x += 1) histogram[image.data[y * image.width + x]!]! += 1;
  const level = (share: number) => {
    let sum = 0;
    return histogram.findIndex((count) => {
      sum += count;
      return sum >= share * width * height;
    });
  };
  const middle = (level(0.03) + level(0.97)) / 2;
  let dark = 0;
  for (let value = 0; value < middle; value += 1) dark += histogram[value]!;
  return dark / (width * height);
}

/** Steps per pixel of a tile; at most what three of its quarters nearly have, for an edge through it makes but two busy. */
function busynessOf(image: Grey, left: number, top: number): number {
  const half = TILE / 2;
  const { width, height, data } = image;
  const quarters = [0, 0, 0, 0];
  for (let y = top; y < top + TILE; y += 1)
    for (let x = left; x < left + TILE; x += 1) {
      const at = y * width + x;
      const value = data[at]!;
      const right = x + 1 < width ? Math.abs(data[at + 1]! - value) : 0;
      const below = y + 1 < height ? Math.abs(data[at + width]! - value) : 0;
      quarters[(y < top + half ? 0 : 2) + (x < left + half ? 0 : 1)]! += right + below;
    }
  const mean = (quarters[0]! + quarters[1]! + quarters[2]! + quarters[3]!) / (TILE * TILE);
  const third = quarters.sort((a, b) => b - a)[2]! / (half * half);
  return Math.min(mean, third / 0.6);
}

/** The tiles that hang together with this one; they are taken out of the map. */
function collect(busy: Uint8Array, columns: number, start: number): number[] {
  const tiles: number[] = [];
  const open = [start];
  busy[start] = 0;
  while (open.length > 0) {
    const tile = open.pop()!;
    tiles.push(tile);
    const column = tile % columns;
    for (const [next, near] of [
      [tile - 1, column > 0],
      [tile + 1, column < columns - 1],
      [tile - columns, true],
      [tile + columns, true],
    ] as const)
      if (near && busy[next] === 1) {
        busy[next] = 0;
        open.push(next);
      }
  }
  return tiles;
}
