import { findComponents } from './components.ts';
import type { Grey, Rgb } from './image.ts';

/** How much redder than its other colours a pixel must be to count as stamp ink. */
const RED = 40;
/** Official round stamps measure 32–42 mm; damaged prints lose part of the ring. */
const MIN_STAMP_MM = 14;
const MAX_STAMP_MM = 60;
const CELL_MM = 1;

/**
 * Luma in which red stamps have faded: their pixels take the red channel, in which red ink is nearly as light as
 * paper while the black text under it stays black. Red *text* (titles of certificates) keeps its luma: only red
 * within the bounds of something of a stamp's size and shape fades.
 */
export function fadeStamps(image: Rgb, dpi: number): Grey {
  const { width, height, data } = image;
  const grey = new Uint8Array(width * height);
  const cell = Math.max(2, Math.round((CELL_MM / 25.4) * dpi));
  const columns = Math.ceil(width / cell);
  const rows = Math.ceil(height / cell);
  const redness = new Uint32Array(columns * rows);
  let reds = 0;
  for (let y = 0, at = 0; y < height; y += 1) {
    const mapRow = Math.floor(y / cell) * columns;
    for (let x = 0; x < width; x += 1, at += 1) {
      const r = data[at * 3]!;
      const g = data[at * 3 + 1]!;
      const b = data[at * 3 + 2]!;
      grey[at] = (r * 77 + g * 150 + b * 29) >> 8;
      if (r - g > RED && r - b > RED) {
        reds += 1;
        redness[mapRow + Math.floor(x / cell)]! += 1;
      }
    }
  }
  if (reds === 0) return { width, height, data: grey };

  for (const stamp of stampAreas(redness, columns, rows, cell)) {
    const top = Math.max(0, stamp.y * cell);
    const bottom = Math.min(height, (stamp.y + stamp.height) * cell);
    const left = Math.max(0, stamp.x * cell);
    const right = Math.min(width, (stamp.x + stamp.width) * cell);
    for (let y = top; y < bottom; y += 1)
      for (let x = left; x < right; x += 1) {
        const at = y * width + x;
        const r = data[at * 3]!;
        // Half the threshold here: the soft edges of a stamp's strokes belong to it.
        if (r - Math.max(data[at * 3 + 1]!, data[at * 3 + 2]!) > RED / 2) grey[at] = Math.max(grey[at]!, r);
      }
  }
  return { width, height, data: grey };
}

/** In cells. Cells with red are joined to areas; a stamp is an area that is large and about as wide as high. */
function stampAreas(redness: Uint32Array, columns: number, rows: number, cell: number) {
  const map = new Uint8Array(columns * rows).fill(255);
  const enough = Math.max(2, cell * cell * 0.04);
  for (let y = 0; y < rows; y += 1)
    for (let x = 0; x < columns; x += 1) if (redness[y * columns + x]! >= enough) map[y * columns + x] = 0;
  const { components } = findComponents({ width: columns, height: rows, data: map }, 128);
  return components.filter((area) => {
    const ratio = area.width / area.height;
    return (
      Math.min(area.width, area.height) * CELL_MM >= MIN_STAMP_MM &&
      Math.max(area.width, area.height) * CELL_MM <= MAX_STAMP_MM &&
      ratio > 0.5 &&
      ratio < 2
    );
  });
}
