import type { Grey, Rgb } from './image.ts';
import { shrinkGrey } from './pixels/neighbourhood.ts';

/** Cells of about a millimetre: 1 where the scanner, not the page, made the picture dark. */
export interface ScannerMarks {
  readonly cell: number;
  readonly columns: number;
  readonly rows: number;
  readonly marked: Uint8Array;
  /** Luma of the bare paper. */
  readonly paper: number;
}

const CELL_MM = 1;
/** Share of the paper's luma. */
const DARK = 0.5;
const DIM = 0.8;
/** Millimetres. A black edge is longer than any letter that the picture's border cuts. */
const SHORTEST_EDGE = 15;
const HOLE = { from: 4, to: 9, fromEdge: 25 };

/**
 * Black edges (the lid or the rollers beyond the paper) and punched holes. `undefined` when there are none, which is
 * usual. Works on the picture as it was scanned, before its light is evened.
 */
export function findScannerMarks(image: Grey, dpi: number): ScannerMarks | undefined {
  const cell = Math.max(2, Math.round((CELL_MM / 25.4) * dpi));
  const columns = Math.floor(image.width / cell);
  const rows = Math.floor(image.height / cell);
  if (columns < 8 || rows < 8) return undefined;
  const means = shrinkGrey(image, cell).data;
  const paper = means.toSorted()[Math.floor(means.length * 0.7)]!;
  const group = new Int32Array(columns * rows).fill(-1);
  const marked = new Uint8Array(columns * rows);
  let any = false;
  for (let start = 0; start < group.length; start += 1) {
    if (group[start] !== -1 || means[start]! >= DARK * paper) continue;
    const area = fill(start, columns, rows, group, (at) => means[at]! < DARK * paper);
    if (!isEdge(area, columns, rows) && !isHole(area, columns, rows, means, paper)) continue;
    any = true;
    for (const at of area.cells) mark(marked, at, columns, rows);
  }
  return any ? { cell, columns, rows, marked, paper } : undefined;
}

/** White where the scanner's marks are, `image` being the same page with its light evened. */
export function whitenMarks(image: Grey, marks: ScannerMarks | undefined): Grey {
  if (marks === undefined) return image;
  const data = Uint8Array.from(image.data);
  eachMarked(image.width, image.height, marks, (at) => {
    data[at] = 255;
  });
  return { width: image.width, height: image.height, data };
}

/** For a clean copy, when asked for: paper colour where the scanner's marks are. The archive keeps what was scanned. */
export function coverMarks(image: Rgb, marks: ScannerMarks | undefined): Rgb {
  if (marks === undefined) return image;
  const data = Uint8Array.from(image.data);
  const colour = paperColour(image, marks.paper);
  eachMarked(image.width, image.height, marks, (at) => data.set(colour, at * 3));
  return { width: image.width, height: image.height, data };
}

interface Area {
  readonly cells: readonly number[];
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Cells of it on the picture's border. */
  readonly onBorder: number;
}

function fill(
  start: number,
  columns: number,
  rows: number,
  group: Int32Array,
  belongs: (at: number) => boolean,
): Area {
  const cells = [start];
  group[start] = start;
  let left = columns;
  let right = 0;
  let top = rows;
  let bottom = 0;
  let onBorder = 0;
  for (let next = 0; next < cells.length; next += 1) {
    const at = cells[next]!;
    const x = at % columns;
    const y = (at - x) / columns;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    if (x === 0 || y === 0 || x === columns - 1 || y === rows - 1) onBorder += 1;
    for (const [dx, dy] of [
      [-1, 0],
      [1, 0],
      [0, -1],
      [0, 1],
    ] as const) {
      const ox = x + dx;
      const oy = y + dy;
      const other = oy * columns + ox;
      if (ox < 0 || oy < 0 || ox >= columns || oy >= rows || group[other] !== -1 || !belongs(other)) continue;
      group[other] = start;
      cells.push(other);
    }
  }
  return { cells, left, right, top, bottom, onBorder };
}

function isEdge(area: Area, columns: number, rows: number): boolean {
  // More than a third of the page is no edge: a photograph, a dark page.
  return area.onBorder * CELL_MM >= SHORTEST_EDGE && area.cells.length < (columns * rows) / 3;
}

function isHole(area: Area, columns: number, rows: number, means: Uint8Array, paper: number): boolean {
  const width = area.right - area.left + 1;
  const height = area.bottom - area.top + 1;
  const nearest = Math.min(area.left, area.top, columns - 1 - area.right, rows - 1 - area.bottom);
  const size = Math.max(width, height) * CELL_MM;
  if (size < HOLE.from || size > HOLE.to || nearest < 1 || nearest * CELL_MM > HOLE.fromEdge) return false;
  if (Math.abs(width - height) > 1) return false;
  // A disc leaves the corners of its box empty, and paper lies all round it.
  const share = area.cells.length / (width * height);
  if (share < 0.55 || share > 0.92) return false;
  for (const [x, y] of [
    [area.left, area.top],
    [area.right, area.top],
    [area.left, area.bottom],
    [area.right, area.bottom],
  ] as const)
    if (means[y * columns + x]! < DARK * paper) return false;
  for (let x = area.left - 1; x <= area.right + 1; x += 1)
    for (const y of [area.top - 2, area.bottom + 2])
      if (y >= 0 && y < rows && means[y * columns + x]! < DIM * paper) return false;
  return true;
}

/** The cell and those around it: the soft rim of what is dark. */
function mark(marked: Uint8Array, at: number, columns: number, rows: number): void {
  const x = at % columns;
  const y = (at - x) / columns;
  for (let oy = Math.max(0, y - 1); oy <= Math.min(rows - 1, y + 1); oy += 1)
    for (let ox = Math.max(0, x - 1); ox <= Math.min(columns - 1, x + 1); ox += 1)
      marked[oy * columns + ox] = 1;
}

/** Calls with each pixel of the marks; the last row and column of cells reach to the picture's end. */
function eachMarked(
  width: number,
  height: number,
  { cell, columns, rows, marked }: ScannerMarks,
  visit: (at: number) => void,
): void {
  for (let y = 0; y < height; y += 1) {
    const row = Math.min(rows - 1, Math.floor(y / cell)) * columns;
    for (let column = 0; column < columns; column += 1) {
      if (marked[row + column] === 0) continue;
      const end = column === columns - 1 ? width : (column + 1) * cell;
      for (let x = column * cell; x < end; x += 1) visit(y * width + x);
    }
  }
}

/** Mean colour of pixels about as light as the paper. */
function paperColour(image: Rgb, paper: number): readonly [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  for (let at = 0; at + 2 < image.data.length; at += 3 * 61) {
    const [r, g, b] = [image.data[at]!, image.data[at + 1]!, image.data[at + 2]!];
    if (Math.abs((r * 77 + g * 150 + b * 29) / 256 - paper) > 12) continue;
    sum[0] += r;
    sum[1] += g;
    sum[2] += b;
    count += 1;
  }
  return count === 0 ? [paper, paper, paper] : [sum[0] / count, sum[1] / count, sum[2] / count];
}
