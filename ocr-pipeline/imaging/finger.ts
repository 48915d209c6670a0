import { type Component, findComponents } from './components.ts';
import { type SheetPicture, SIDES, type Side } from './sheet-picture.ts';

/** Chroma of skin of every shade (BT.601): the shades differ in brightness, hardly in hue. */
const SKIN = { crFrom: 137, crTo: 180, cbFrom: 78, cbTo: 124 };
/** Cream and pink papers have a skin's hue: what lies on them must be redder than the paper. */
const REDDER_THAN_PAPER = 8;
const DARKEST = 35;

/** Millimetres. One finger is 12–22 wide; four side by side are less than a hand. */
const CONTACT = { from: 6, to: 75 };
const MIN_LENGTH = 6;
const AREA = { from: 70, to: 4_500 };
const MAX_SHEET_SHARE = 0.2;
const MIN_FILL = 0.42;
/** Fingers are smooth; ornaments, wood and photographs are not. */
const ROUGH_STEP = 22;
const MAX_ROUGH = 0.16;

/** Smooth, skin-coloured, reaching in from a side of the paper. Boxes in pixels of the picture given (about 50 dpi). */
export function findFingers(sheet: SheetPicture): readonly Component[] {
  const { image, mask } = sheet;
  const { width, height } = image;
  const mm = sheet.dpi / 25.4;
  const paperCr = paperRedness(sheet);
  const map = new Uint8Array(width * height).fill(255);
  for (let at = 0, from = 0; at < map.length; at += 1, from += 3) {
    if (mask !== undefined && mask[at] === 0) continue;
    const r = image.data[from]!;
    const g = image.data[from + 1]!;
    const b = image.data[from + 2]!;
    const luma = 0.299 * r + 0.587 * g + 0.114 * b;
    const cr = 128 + 0.713 * (r - luma);
    const cb = 128 + 0.564 * (b - luma);
    if (
      luma >= DARKEST &&
      cr >= Math.max(SKIN.crFrom, paperCr + REDDER_THAN_PAPER) &&
      cr <= SKIN.crTo &&
      cb >= SKIN.cbFrom &&
      cb <= SKIN.cbTo
    )
      map[at] = 0;
  }
  const { components, runs } = findComponents({ width, height, data: map }, 128);
  return components.filter((part, index) => {
    const area = part.area / (mm * mm);
    if (area < AREA.from || area > AREA.to) return false;
    if (part.area > MAX_SHEET_SHARE * width * height) return false;
    const contacts = contactOf(sheet, runs, index, mm);
    const sides = SIDES.filter((side) => contacts[side] >= CONTACT.from * mm);
    if (sides.length === 0 || sides.some((side) => contacts[side] > CONTACT.to * mm)) return false;
    const fill = part.area / (part.width * part.height);
    // A triangle in a corner is the ground beside a paper that lies askew.
    if (fill < MIN_FILL || (sides.length > 1 && fill < 0.62)) return false;
    const inward = sides.some((side) =>
      side === 'left' || side === 'right' ? part.width >= MIN_LENGTH * mm : part.height >= MIN_LENGTH * mm,
    );
    return inward && roughness(sheet, runs, index) <= MAX_ROUGH;
  });
}

/** Median redness of the brighter half: the paper's own. */
function paperRedness({ image, mask }: SheetPicture): number {
  const values: { luma: number; cr: number }[] = [];
  for (let at = 0; at < image.width * image.height; at += 23) {
    if (mask !== undefined && mask[at] === 0) continue;
    const r = image.data[at * 3]!;
    const luma = 0.299 * r + 0.587 * image.data[at * 3 + 1]! + 0.114 * image.data[at * 3 + 2]!;
    values.push({ luma, cr: 128 + 0.713 * (r - luma) });
  }
  const bright = values.sort((a, b) => b.luma - a.luma).slice(0, Math.max(1, values.length >> 1));
  return bright.sort((a, b) => a.cr - b.cr)[bright.length >> 1]?.cr ?? 128;
}

type Runs = ReturnType<typeof findComponents>['runs'];

/** Pixels along each side of the paper where the part reaches it, up to a millimetre. */
function contactOf(sheet: SheetPicture, runs: Runs, index: number, mm: number): Record<Side, number> {
  const { width, height } = sheet.image;
  const near = Math.max(1, Math.round(1.2 * mm));
  const contact = { left: 0, top: 0, right: 0, bottom: 0 };
  const reached = {
    left: new Set<number>(),
    top: new Set<number>(),
    right: new Set<number>(),
    bottom: new Set<number>(),
  };
  const isOff = (x: number, y: number) =>
    x < 0 ||
    y < 0 ||
    x >= width ||
    y >= height ||
    (sheet.mask !== undefined && sheet.mask[y * width + x] === 0);
  for (let run = 0; run < runs.count; run += 1) {
    if (runs.owner[run] !== index) continue;
    const y = runs.row[run]!;
    const from = runs.from[run]!;
    const to = runs.to[run]!;
    if (isOff(from - near, y)) reached.left.add(y);
    if (isOff(to - 1 + near, y)) reached.right.add(y);
    for (let x = from; x < to; x += 1) {
      if (isOff(x, y - near)) reached.top.add(x);
      if (isOff(x, y + near)) reached.bottom.add(x);
    }
  }
  for (const side of SIDES) contact[side] = reached[side].size;
  return contact;
}

/** Share of the part's pixels that differ much from the next one to the right or below, both being of the part. */
function roughness(sheet: SheetPicture, runs: Runs, index: number): number {
  const { width, data } = sheet.image;
  let rough = 0;
  let count = 0;
  for (let run = 0; run < runs.count; run += 1) {
    if (runs.owner[run] !== index) continue;
    for (let x = runs.from[run]!; x + 1 < runs.to[run]!; x += 1) {
      const at = (runs.row[run]! * width + x) * 3;
      count += 1;
      if (
        Math.abs(data[at]! - data[at + 3]!) > ROUGH_STEP ||
        Math.abs(data[at + 1]! - data[at + 4]!) > ROUGH_STEP
      )
        rough += 1;
    }
  }
  return count === 0 ? 1 : rough / count;
}
