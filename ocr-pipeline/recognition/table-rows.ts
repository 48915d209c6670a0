import type { Line, Word } from '../page.ts';

/** A row of a table has this many cells side by side (two columns are a layout, not a table), a table this many rows. */
const MIN_CELLS = 3;
const MIN_ROWS = 3;
/** Between cells, in heights of the print. */
const CELL_GAP = 1.2;
/** Share of the height by which lines of one row may stand off. */
const LEVEL = 0.4;

interface Level {
  readonly middle: number;
  readonly height: number;
  readonly lines: Line[];
}

/**
 * The engine now and then takes the columns of a table for blocks of text of their own. Where three or more pieces
 * stand side by side on three or more levels, the lines of a level become one row, read across.
 */
export function joinTableRows(lines: readonly Line[]): readonly Line[] {
  const levels = levelsOf(lines);
  let joined = lines;
  for (const table of tablesIn(levels)) {
    const parts = new Set(table.flatMap((level) => level.lines));
    if (parts.size === table.length) continue;
    const rows = table.map(
      (level): Line => ({
        words: level.lines.flatMap(({ words }) => words).sort((a, b) => a.box.x - b.box.x),
      }),
    );
    const at = joined.findIndex((line) => parts.has(line));
    joined = [...joined.slice(0, at), ...rows, ...joined.slice(at).filter((line) => !parts.has(line))];
  }
  return joined;
}

/** Lines by height on the page, from the top. */
function levelsOf(lines: readonly Line[]): readonly Level[] {
  const levels: Level[] = [];
  const placed = lines.map((line) => ({ line, ...spanOf(line.words) })).sort((a, b) => a.middle - b.middle);
  for (const { line, middle, height } of placed) {
    const last = levels.at(-1);
    const isLevel =
      last !== undefined &&
      Math.abs(middle - last.middle) <= LEVEL * Math.min(height, last.height) &&
      last.lines.every((other) => !overlaps(other, line));
    if (isLevel) last.lines.push(line);
    else levels.push({ middle, height, lines: [line] });
  }
  return levels;
}

/** Runs of levels with enough cells; one level with fewer (a cell of two lines) may stand between. */
function tablesIn(levels: readonly Level[]): readonly (readonly Level[])[] {
  const tables: Level[][] = [];
  let table: Level[] = [];
  let pending: Level[] = [];
  const close = () => {
    if (table.length >= MIN_ROWS) tables.push(table);
    table = [];
    pending = [];
  };
  for (const level of levels) {
    const cells = level.lines.reduce((sum, line) => sum + cellsOf(line.words), 0);
    if (cells >= MIN_CELLS) {
      table.push(...pending, level);
      pending = [];
    } else if (table.length > 0 && pending.length === 0) pending.push(level);
    else close();
  }
  close();
  return tables;
}

function cellsOf(words: readonly Word[]): number {
  const { height } = spanOf(words);
  return words.filter((word, at) => {
    const before = words[at - 1]?.box;
    return before === undefined || word.box.x - before.x - before.width > CELL_GAP * height;
  }).length;
}

function overlaps(one: Line, other: Line): boolean {
  const [a, b] = [spanOf(one.words), spanOf(other.words)];
  return Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0;
}

function spanOf(words: readonly Word[]) {
  const heights = words.map(({ box }) => box.height).sort((a, b) => a - b);
  const middles = words.map(({ box }) => box.y + box.height / 2).sort((a, b) => a - b);
  return {
    left: Math.min(...words.map(({ box }) => box.x)),
    right: Math.max(...words.map(({ box }) => box.x + box.width)),
    middle: middles[middles.length >> 1] ?? 0,
    height: heights[heights.length >> 1] ?? 0,
  };
}
