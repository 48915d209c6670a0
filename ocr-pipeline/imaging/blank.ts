import { type Component, findComponents } from './components.ts';
import { findScannerMarks, whitenMarks } from './edges.ts';
import type { Grey, Rgb } from './image.ts';
import { flattenLight } from './light.ts';
import { lumaOf } from './pixels/count-ink.ts';

/** `show-through`: nothing but the other side's print, faint and mirrored, as on the back of thin paper. */
export type Blankness = 'printed' | 'blank' | 'show-through';

const LIGHT_BLOCK_MM = 6;
/** Levels of evened paper = 255. */
const INK = 165;
/** Print shines through thin paper with a fifth of its contrast; pencil is darker. */
const DARKEST_SHOW_THROUGH = 255 - 56;
const FAINT_LETTERS = 25;
/** Millimetres: a digit of 8 points is 1.9 high; dust and grain are smaller. */
const LOWEST_DIGIT = 1.4;
/** Levels of colour beyond the paper's own; square millimetres. */
const STAMP_CHROMA = 36;
const STAMP_AREA = 25;

/**
 * Whether a page (cut from its surroundings, at about 75 dpi) carries anything. In doubt it is `printed`: a blank sheet
 * kept is a smaller harm than a page dropped. A lone page number or a stamp makes a page printed; black scanner edges,
 * punch holes and folds do not.
 */
export function findBlankness(image: Rgb, dpi: number): Blankness {
  const mm = dpi / 25.4;
  if (colouredArea(image) / (mm * mm) >= STAMP_AREA) return 'printed';
  const luma = lumaOf(image);
  const flat = flattenLight(luma, Math.max(8, Math.round(LIGHT_BLOCK_MM * mm)));
  const even = whitenMarks(flat, findScannerMarks(luma, dpi));
  const dark = findComponents(even, INK).components.filter((part) => !isPaperFault(part, even, mm));
  if (dark.some((part) => part.height >= LOWEST_DIGIT * mm || part.width >= 2 * LOWEST_DIGIT * mm))
    return 'printed';
  const faint = faintLetters(even, mm);
  if (faint.length < FAINT_LETTERS) return 'blank';
  const depths = faint.map((part) => darkest(even, part)).sort((a, b) => a - b);
  return depths[Math.floor(depths.length * 0.1)]! > DARKEST_SHOW_THROUGH ? 'show-through' : 'printed';
}

/** Pixels of another hue than the paper, which yellows throughout. Black ink and shade on yellow paper have no hue of their own. */
function colouredArea(image: Rgb): number {
  const { data } = image;
  const luma = lumaOf(image).data;
  const redder = medianOf(luma.length, (at) => data[at * 3]! - data[at * 3 + 1]!);
  const bluer = medianOf(luma.length, (at) => data[at * 3 + 2]! - data[at * 3 + 1]!);
  const light = Math.max(
    1,
    medianOf(luma.length, (at) => luma[at]!),
  );
  let coloured = 0;
  for (let at = 0; at < luma.length; at += 1) {
    const shade = luma[at]! / light;
    const red = data[at * 3]! - data[at * 3 + 1]! - redder * shade;
    const blue = data[at * 3 + 2]! - data[at * 3 + 1]! - bluer * shade;
    if (Math.max(Math.abs(red), Math.abs(blue)) > STAMP_CHROMA) coloured += 1;
  }
  return coloured;
}

/** Of values from -255 to 255. */
function medianOf(count: number, value: (at: number) => number): number {
  const histogram = new Uint32Array(511);
  for (let at = 0; at < count; at += 1) histogram[value(at) + 255]! += 1;
  let half = count / 2;
  let level = 0;
  while (half > histogram[level]!) {
    half -= histogram[level]!;
    level += 1;
  }
  return level - 255;
}

/** At the picture's border, a punched hole near it, or the long line of a fold. */
function isPaperFault(part: Component, page: Grey, mm: number): boolean {
  const right = page.width - part.x - part.width;
  const bottom = page.height - part.y - part.height;
  const nearest = Math.min(part.x, part.y, right, bottom);
  if (nearest <= 1.5 * mm) return true;
  const long = Math.max(part.width, part.height);
  const short = Math.min(part.width, part.height);
  const isHole =
    nearest < 25 * mm && short >= 3.5 * mm && long <= 9 * mm && long < short * 1.35 && isRound(part, page);
  const isFold =
    long > 0.6 * Math.min(page.width, page.height) && part.area < long * 3 * mm && isPale(part, page);
  return isHole || isFold;
}

/** A disc fills 0.785 of its box (a ring, the shadow in a hole over white, less), and none of the box's corners. */
function isRound(part: Component, page: Grey): boolean {
  const corner = Math.max(1, Math.round(Math.min(part.width, part.height) * 0.1));
  const isPaper = (x: number, y: number) => page.data[y * page.width + x]! >= INK;
  return (
    part.area < part.width * part.height * 0.86 &&
    isPaper(part.x + corner - 1, part.y + corner - 1) &&
    isPaper(part.x + part.width - corner, part.y + corner - 1) &&
    isPaper(part.x + corner - 1, part.y + part.height - corner) &&
    isPaper(part.x + part.width - corner, part.y + part.height - corner)
  );
}

function isPale(part: Component, page: Grey): boolean {
  return darkest(page, part) > 90;
}

function darkest(page: Grey, part: Component): number {
  let least = 255;
  for (let y = part.y; y < part.y + part.height; y += 1)
    for (let x = part.x; x < part.x + part.width; x += 1)
      least = Math.min(least, page.data[y * page.width + x]!);
  return least;
}

/** Letter-sized parts just darker than the paper's grain. */
function faintLetters(even: Grey, mm: number): readonly Component[] {
  const soft = blur(even);
  const threshold = Math.min(medianOf(soft.data.length, (at) => soft.data[at]!) - 3, 251);
  return findComponents(soft, threshold).components.filter(
    (part) =>
      part.height >= 1.2 * mm &&
      part.height <= 9 * mm &&
      part.width >= 0.8 * mm &&
      part.width <= 40 * mm &&
      part.area >= 1.2 * mm * mm,
  );
}

/** Mean of 3 × 3: what shines through is soft anyhow, grain goes. */
function blur({ width, height, data }: Grey): Grey {
  const out = Uint8Array.from(data);
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      let sum = 0;
      for (const row of [at - width, at, at + width]) sum += data[row - 1]! + data[row]! + data[row + 1]!;
      out[at] = sum / 9;
    }
  return { width, height, data: out };
}
