import type { Grey, Rgb } from '../imaging/image.ts';
import { lumaOf } from '../imaging/pixels/count-ink.ts';
import { shrinkRgb } from '../imaging/pixels/neighbourhood.ts';
import type { Box } from '../page.ts';

/** Codes are looked for in a picture of about this resolution: their texture still shows, and it is quick. */
const SEARCH_DPI = 100;
/** Side of a tile in pixels of the searched picture, 2.5 mm. */
const TILE = 10;
/** Sum of steps between neighbouring pixels, per pixel, that a tile of a code has at least. */
const BUSY = 26;
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
  const busy = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      busy[row * columns + column] = isBusy(small, column * TILE, row * TILE) ? 1 : 0;
  const regions: Box[] = [];
  for (let start = 0; start < busy.length; start += 1) {
    if (busy[start] !== 1) continue;
    const tiles = collect(busy, columns, start);
    const xs = tiles.map((tile) => tile % columns);
    const ys = tiles.map((tile) => Math.floor(tile / columns));
    const left = Math.min(...xs);
    const top = Math.min(...ys);
    const width = Math.max(...xs) - left + 1;
    const height = Math.max(...ys) - top + 1;
    const filled = tiles.length / (width * height);
    // Codes are at least 7 mm high; a line of print is lower, and a block of lines is never so dark all over.
    if (filled < FILLED || Math.min(width, height) < 3) continue;
    const dark = darkShare(small, left * TILE, top * TILE, width * TILE, height * TILE);
    if (dark < DARK) continue;
    const pixels = TILE * factor;
    regions.push({
      x: Math.round(left * pixels),
      y: Math.round(top * pixels),
      width: Math.round(width * pixels),
      height: Math.round(height * pixels),
    });
  }
  return regions.sort((a, b) => b.width * b.height - a.width * a.height).slice(0, MAX_REGIONS);
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

function isBusy(image: Grey, left: number, top: number): boolean {
  let steps = 0;
  let quarters = 0;
  for (const [dx, dy] of [
    [0, 0],
    [TILE / 2, 0],
    [0, TILE / 2],
    [TILE / 2, TILE / 2],
  ] as const) {
    let own = 0;
    for (let y = top + dy; y < top + dy + TILE / 2; y += 1)
      for (let x = left + dx; x < left + dx + TILE / 2; x += 1) {
        const at = y * image.width + x;
        const value = image.data[at]!;
        const right = x + 1 < image.width ? Math.abs(image.data[at + 1]! - value) : 0;
        const below = y + 1 < image.height ? Math.abs(image.data[at + image.width]! - value) : 0;
        own += right + below;
      }
    steps += own;
    if (own / ((TILE * TILE) / 4) > BUSY * 0.6) quarters += 1;
  }
  return quarters >= 3 && steps / (TILE * TILE) > BUSY;
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
