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
