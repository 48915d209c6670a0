import type { Component } from './components.ts';

const MIN_LETTERS = 10;
/** Below it nearly all letters must agree. */
const MANY_LETTERS = 30;
const NEARLY_ALL = 0.85;
const GRID = 24;

/**
 * Whether the lines run down the picture: letters stand nearer to the next letter of their line than to the next
 * line. `letters` are components of letter size. `undefined` when they are too few, or few and not of one mind.
 */
export function isSideways(letters: readonly Component[]): boolean | undefined {
  if (letters.length < MIN_LETTERS) return undefined;
  const cells = new Map<number, number[]>();
  const key = (column: number, row: number) => row * 65_536 + column;
  letters.forEach((part, at) => {
    const cell = key(Math.floor(middleX(part) / GRID), Math.floor(middleY(part) / GRID));
    const inside = cells.get(cell);
    if (inside === undefined) cells.set(cell, [at]);
    else inside.push(at);
  });
  let along = 0;
  let down = 0;
  letters.forEach((part, at) => {
    const column = Math.floor(middleX(part) / GRID);
    const row = Math.floor(middleY(part) / GRID);
    let nearest = Number.POSITIVE_INFINITY;
    let isAlong = true;
    for (let y = row - 1; y <= row + 1; y += 1)
      for (let x = column - 1; x <= column + 1; x += 1)
        for (const other of cells.get(key(x, y)) ?? []) {
          if (other === at) continue;
          const dx = Math.abs(middleX(letters[other]!) - middleX(part));
          const dy = Math.abs(middleY(letters[other]!) - middleY(part));
          const distance = dx * dx + dy * dy;
          if (distance < nearest) {
            nearest = distance;
            isAlong = dx >= dy;
          }
        }
    if (nearest === Number.POSITIVE_INFINITY) return;
    if (isAlong) along += 1;
    else down += 1;
  });
  const most = Math.max(along, down);
  if (letters.length < MANY_LETTERS && most < NEARLY_ALL * letters.length) return undefined;
  return down > along;
}

function middleX(part: Component): number {
  return part.x + part.width / 2;
}

function middleY(part: Component): number {
  return part.y + part.height / 2;
}

/** Millimetres. A dot below (ạ) is narrower, and so is that of a form's leader, which may stand under any letter. */
const MARK = { width: { from: 0.65, to: 2 }, height: { from: 0.45, to: 1.1 } } as const;
const FARTHEST_MARK = 0.8;
const MIN_MARKS = 20;
const MOSTLY = 1.5;

/**
 * Whether the page stands on its head: the wide marks of Vietnamese letters (â, ế, ỗ) all stand above them. `undefined`
 * when there are too few of them, or not of one mind. `mm` in pixels.
 */
export function isUpsideDown(
  parts: readonly Component[],
  letters: readonly Component[],
  mm: number,
): boolean | undefined {
  const size = Math.max(4, Math.round(4 * mm));
  const cells = new Map<number, Component[]>();
  const key = (column: number, row: number) => row * 65_536 + column;
  for (const letter of letters)
    for (let row = Math.floor(letter.y / size); row <= (letter.y + letter.height) / size; row += 1)
      for (
        let column = Math.floor(letter.x / size);
        column <= (letter.x + letter.width) / size;
        column += 1
      ) {
        const inside = cells.get(key(column, row));
        if (inside === undefined) cells.set(key(column, row), [letter]);
        else inside.push(letter);
      }
  const within = (value: number, { from, to }: { readonly from: number; readonly to: number }) =>
    value >= from * mm && value <= to * mm;
  let above = 0;
  let below = 0;
  for (const mark of parts) {
    if (!within(mark.width, MARK.width) || !within(mark.height, MARK.height)) continue;
    const touches = (gap: number) => gap >= -0.15 * mm && gap <= FARTHEST_MARK * mm;
    let overLetter = false;
    let underLetter = false;
    const column = Math.floor(middleX(mark) / size);
    const first = Math.floor(mark.y / size) - 1;
    for (let row = first; row <= (mark.y + mark.height) / size + 1; row += 1)
      for (const letter of cells.get(key(column, row)) ?? []) {
        const isBeside = middleX(mark) < letter.x || middleX(mark) > letter.x + letter.width;
        if (isBeside || mark.height > 0.7 * letter.height) continue;
        overLetter ||= touches(letter.y - mark.y - mark.height);
        underLetter ||= touches(mark.y - letter.y - letter.height);
      }
    if (overLetter && !underLetter) above += 1;
    if (underLetter && !overLetter) below += 1;
  }
  if (above + below < MIN_MARKS || Math.max(above, below) < MOSTLY * Math.min(above, below)) return undefined;
  return below > above;
}
