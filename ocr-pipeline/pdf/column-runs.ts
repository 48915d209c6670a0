import type { Box } from '../page.ts';

/** Readers that guess columns (pdftotext) join lines to a block when they lie closer than 1.5 × the size of their font. */
const LINE_SPACING = 1.3;
/** Lines further apart than this, times their height, are no block: taller letters would reach into what is above. */
const FAR_APART = 2.6;

/** Between the beginnings of two words, as part of the height: with less, readers take them for one word. */
const NARROWEST_ADVANCE = 0.4;

export interface SetLine extends Box {
  /** Smallest distance between the beginnings of two neighbouring words, pixels; infinite for one word. */
  readonly narrowest: number;
}

/**
 * Heights, in pixels, to set lines in, given their boxes in reading order. Lines of a column that has another beside it
 * (the two halves of a letter's head, signatures) get one height that makes the column one block; else a reader that
 * guesses columns would tear it into lines and read across. All others keep their own, or half of it where words stand so
 * close that they would be taken for one.
 */
export function settingHeights(lines: readonly SetLine[]): readonly number[] {
  const heights = lines.map(({ height, narrowest }) =>
    Math.max(height / 2, Math.min(height, narrowest / NARROWEST_ADVANCE)),
  );
  const inColumn = lines.map((line, at) => lines.some((other, place) => hasBeside(line, other, place > at)));
  for (let start = 0; start < lines.length; ) {
    let end = start + 1;
    while (end < lines.length && inColumn[start] && inColumn[end] && follows(lines[end]!, lines[end - 1]!))
      end += 1;
    const run = lines.slice(start, end);
    if (run.length > 1) {
      const spacing = Math.max(...run.slice(1).map((line, at) => bottomOf(line) - bottomOf(run[at]!)));
      const tallest = Math.max(...run.map(({ height }) => height));
      const most = Math.min(...run.map(({ narrowest }) => narrowest)) / NARROWEST_ADVANCE;
      if (most >= tallest)
        heights.fill(Math.max(tallest, Math.min(spacing / LINE_SPACING, most)), start, end);
    }
    start = end;
  }
  return heights;
}

/** The other lies beside the line, or begins a column beside it that is read later although it lies higher. */
function hasBeside(line: Box, other: Box, isLater: boolean): boolean {
  if (overlap(line.x, line.width, other.x, other.width) > 0) return false;
  const rows = overlap(line.y, line.height, other.y, other.height);
  return rows > 0.3 * Math.min(line.height, other.height) || (isLater && bottomOf(other) <= bottomOf(line));
}

function follows(line: Box, above: Box): boolean {
  const spacing = bottomOf(line) - bottomOf(above);
  return (
    overlap(above.x, above.width, line.x, line.width) > 0 &&
    spacing > 0 &&
    spacing < FAR_APART * Math.max(above.height, line.height)
  );
}

function overlap(from: number, length: number, otherFrom: number, otherLength: number): number {
  return Math.min(from + length, otherFrom + otherLength) - Math.max(from, otherFrom);
}

function bottomOf(box: Box): number {
  return box.y + box.height;
}
