import type { Component } from './components.ts';
import type { Print } from './print.ts';
import { type SheetPicture, SIDES, type Side } from './sheet-picture.ts';

/** Nothing is printed so near to the edge of a paper: printers leave 4 mm, presses 3. */
const CUT_MM = 1.3;
/** So near stand lines that a cut just missed; that many letters are needed then. */
const CLOSE_MM = 3;
/** On a paper that is shorter than its width asks for, a line so near to an end stood in the middle of the page. */
const CLOSE_ON_SHORT_MM = 7;
const CUT_LETTERS = 4;
const CLOSE_LETTERS = 10;
/** Letters at a cut are the end of more print: there is some inwards of them. */
const INWARD_MM = 8;
/** Letters at the cut must spread over this much of the edge: one mark beside a page's edge is a mark. */
const MIN_SPREAD_MM = 12;
/** An ornament runs along every side of its paper. */
const MAX_SIDES = 2;

/** Long and short side in millimetres: ISO A3–A6, ID-1. */
const PAPERS = [
  [420, 297],
  [297, 210],
  [210, 148],
  [148, 105],
  [85.6, 54],
] as const;
const SAME_LENGTH = 0.015;
/** Millimetres, and share of the length. */
const SHORT = { from: 4, to: 0.4 };

export interface CutPrint {
  readonly side: Side;
  /** `bad`: letters are cut. `warn`: they only just are not. */
  readonly severity: 'warn' | 'bad';
}

/** Sides of the picture that cut through print, or come too near to it. `print` in pixels of `sheet`. */
export function findCutPrint(sheet: SheetPicture, print: Print): readonly CutPrint[] {
  const mm = sheet.dpi / 25.4;
  const { width, height } = sheet.image;
  const short = shortened(sheet);
  const cuts = SIDES.flatMap((side): CutPrint[] => {
    if (!sheet.atBorder[side]) return [];
    const across = side === 'left' || side === 'right';
    const gap = (part: Component) =>
      ({
        left: part.x,
        top: part.y,
        right: width - part.x - part.width,
        bottom: height - part.y - part.height,
      })[side];
    const along = (part: Component) => (across ? part.y + part.height / 2 : part.x + part.width / 2);
    const close = short === (across ? 'across' : 'down') ? CLOSE_ON_SHORT_MM : CLOSE_MM;
    const near = print.letters.filter((part) => gap(part) <= close * mm);
    const inner = print.letters.filter((part) => {
      const distance = gap(part);
      return distance > CUT_MM * mm && distance <= (close + INWARD_MM) * mm;
    });
    const backed = near.filter((part) =>
      inner.some((other) => {
        const inwards = gap(other) - gap(part);
        const size = Math.max(part.height, part.width, other.height, other.width);
        return inwards > 0 && inwards <= INWARD_MM * mm && Math.abs(along(other) - along(part)) <= 1.5 * size;
      }),
    );
    const spread = (parts: readonly Component[]) =>
      Math.max(...parts.map(along)) - Math.min(...parts.map(along)) >= MIN_SPREAD_MM * mm;
    const cut = backed.filter((part) => gap(part) <= CUT_MM * mm);
    if (cut.length >= CUT_LETTERS && spread(cut)) return [{ side, severity: 'bad' }];
    return backed.length >= CLOSE_LETTERS && spread(backed) ? [{ side, severity: 'warn' }] : [];
  });
  return cuts.length > MAX_SIDES ? [] : cuts;
}

/**
 * The side on which a paper of a standard size is too short: where it hangs over the picture's edge while the ground
 * shows on all other sides, or, on a picture that is all paper, the end that print comes nearer to. Papers of other
 * sizes cannot be told from cut ones.
 */
export function findCutPaper(sheet: SheetPicture, print: Print): Side | undefined {
  const short = shortened(sheet);
  if (short === undefined) return undefined;
  const ends: readonly Side[] = short === 'across' ? ['left', 'right'] : ['top', 'bottom'];
  const open = SIDES.filter((side) => sheet.atBorder[side]);
  if (open.length === 1) return ends.find((side) => side === open[0]);
  if (open.length < SIDES.length || print.letters.length === 0) return undefined;
  const { width, height } = sheet.image;
  const before = Math.min(...print.letters.map((part) => (short === 'across' ? part.x : part.y)));
  const after = Math.min(
    ...print.letters.map((part) =>
      short === 'across' ? width - part.x - part.width : height - part.y - part.height,
    ),
  );
  return before < after ? ends[0] : ends[1];
}

/** In which direction a paper falls short of the standard size that its other length belongs to. */
function shortened(sheet: SheetPicture): 'across' | 'down' | undefined {
  const mm = sheet.dpi / 25.4;
  const across = sheet.image.width / mm;
  const down = sheet.image.height / mm;
  const isWhole = PAPERS.some((paper) =>
    [paper, [paper[1], paper[0]]].some(
      ([one, other]) => isSame(across, one!) && Math.abs(down - other!) <= SHORT.from,
    ),
  );
  if (isWhole) return undefined;
  const falls = (whole: number, length: number) =>
    PAPERS.some((paper) =>
      [0, 1].some((at) => {
        const lost = paper[1 - at]! - length;
        return isSame(whole, paper[at]!) && lost > SHORT.from && lost < SHORT.to * paper[1 - at]!;
      }),
    );
  if (falls(down, across)) return 'across';
  return falls(across, down) ? 'down' : undefined;
}

function isSame(length: number, paper: number): boolean {
  return Math.abs(length - paper) <= SAME_LENGTH * paper;
}
