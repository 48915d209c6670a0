import type { Box, Line, Word } from '../page.ts';
import { findLabels, type Label, type ReadLine, readLines, toLabel } from './labels.ts';
import type { Kind } from './load-kinds.ts';
import { boundsOfWords, type Token } from './tokens.ts';

/** Persons side by side under their headings, taken apart: what belongs to whom, and what is left of the page. */
export interface SplitColumns {
  readonly byRole: ReadonlyMap<string, readonly ReadLine[]>;
  readonly rest: readonly ReadLine[];
}

/**
 * Splits the part of a page that has a column for each of several persons: a table with labels at the left, or columns
 * with labels of their own. `ends` are labels that begin what comes after. Undefined when the headings are not found.
 */
export function splitColumns(
  lines: readonly ReadLine[],
  columns: NonNullable<Kind['columns']>,
  ends: readonly Label[],
  labels: readonly Label[],
): SplitColumns | undefined {
  const headings = findHeadings(lines, columns);
  if (headings === undefined) return undefined;
  const top = Math.max(...headings.map(({ box }) => box.y + box.height));
  const bottom = Math.min(
    ...lines
      .filter(({ line, tokens }) => yOf(line) > top && findLabels(tokens, ends)[0]?.from === 0)
      .map(({ line }) => boundsOfWords(line.words).y),
  );
  const inside = (word: Word) => middle(word.box) > top && middle(word.box) < bottom;
  const words = lines.flatMap(({ line }) => line.words).filter(inside);
  const edges = headings.map(({ box }, at) =>
    at === 0
      ? 0
      : gutter(words, headings[at - 1]!.box.x + headings[at - 1]!.box.width, box.x + box.width / 3),
  );
  const own = slice(words, edges[1]!, Number.POSITIVE_INFINITY);
  const ownLabels = rowsOf(own).filter((row) => findLabels(row.tokens, labels)[0]?.from === 0).length;
  const byRole = new Map<string, readonly ReadLine[]>();
  // A heading may be a label: `Họ, chữ đệm, tên vợ:`, with the name below.
  const level = Math.min(...headings.map(({ box }) => box.y));
  const withHeadings = lines
    .flatMap(({ line }) => line.words)
    .filter(({ box }) => middle(box) > level && middle(box) < bottom);
  if (ownLabels >= 2)
    headings.forEach(({ role }, at) => {
      const column = slice(withHeadings, edges[at]!, edges[at + 1] ?? Number.POSITIVE_INFINITY);
      byRole.set(role, rowsOf(column));
    });
  else {
    edges[0] = sharedEdge(words, headings[0]!.box);
    const labelColumn = slice(words, 0, edges[0]);
    headings.forEach(({ role }, at) => {
      const values = slice(words, edges[at]!, edges[at + 1] ?? Number.POSITIVE_INFINITY);
      byRole.set(role, tableRows(rowsOf(labelColumn), values, labels));
    });
  }
  return { byRole, rest: lines.filter(({ line }) => !line.words.every(inside)) };
}

interface Heading {
  readonly role: string;
  readonly box: Box;
}

/** The first place where all headings stand on one level, from left to right. */
function findHeadings(
  lines: readonly ReadLine[],
  columns: NonNullable<Kind['columns']>,
): readonly Heading[] | undefined {
  const places = columns.map(({ role, headings }) =>
    lines.flatMap(({ tokens }) =>
      tokens.length > 12
        ? []
        : findLabels(tokens, headings.map(toLabel), true).map(
            ({ from, to }): Heading => ({
              role,
              box: boundsOfWords(tokens.slice(phraseStart(tokens, from), to).map((token) => token.word)),
            }),
          ),
    ),
  );
  for (const first of places[0] ?? []) {
    const level = places.map((found) =>
      found.find(({ box }) => Math.abs(middle(box) - middle(first.box)) < 1.2 * first.box.height),
    );
    if (level.every((heading) => heading !== undefined)) return level.sort((a, b) => a.box.x - b.box.x);
  }
  return undefined;
}

/** Where the words begin that a heading ends: `Họ, chữ đệm, tên chồng`. */
function phraseStart(tokens: readonly Token[], from: number): number {
  let start = from;
  while (start > 0) {
    const [before, box] = [tokens[start - 1]!.word.box, tokens[start]!.word.box];
    if (box.x - before.x - before.width > box.height) break;
    start -= 1;
  }
  return start;
}

const middle = (box: Box) => box.y + box.height / 2;
const yOf = (line: Line) => middle(boundsOfWords(line.words));

function slice(words: readonly Word[], from: number, to: number): readonly Word[] {
  return words.filter(({ box }) => {
    const x = box.x + box.width / 2;
    return x >= from && x < to;
  });
}

/** The x between two headings that the fewest words cross; the last one of the widest such gap. */
function gutter(words: readonly Word[], from: number, to: number): number {
  let best = { x: (from + to) / 2, crossed: Number.POSITIVE_INFINITY };
  for (let x = Math.round(from); x <= to; x += 2) {
    const crossed = words.filter(({ box }) => box.x - 4 < x && x < box.x + box.width + 4).length;
    if (crossed <= best.crossed) best = { x, crossed };
  }
  return best.x;
}

/** Where the shared labels end: the last empty x before the first column's words begin. */
function sharedEdge(words: readonly Word[], heading: Box): number {
  const left = Math.min(...words.map(({ box }) => box.x));
  return gutter(words, left + 20, heading.x + heading.width / 3);
}

/** Words put back into lines by their height on the page. */
export function rowsOf(words: readonly Word[]): readonly ReadLine[] {
  const rows: Word[][] = [];
  for (const word of [...words].sort((a, b) => middle(a.box) - middle(b.box))) {
    const row = rows.at(-1);
    const last = row === undefined ? undefined : boundsOfWords(row);
    if (
      row !== undefined &&
      last !== undefined &&
      Math.abs(middle(word.box) - middle(last)) < 0.5 * Math.max(last.height, word.box.height)
    )
      row.push(word);
    else rows.push([word]);
  }
  return readLines(rows.map((row) => ({ words: row.sort((a, b) => a.box.x - b.box.x) })));
}

/**
 * A line for each row of a table: its label, which may be broken over lines of its narrow cell, then the value words of
 * one column between this label and the next one.
 */
function tableRows(
  labelLines: readonly ReadLine[],
  values: readonly Word[],
  labels: readonly Label[],
): readonly ReadLine[] {
  const rows: { words: Word[]; top: number }[] = [];
  for (let at = 0; at < labelLines.length; ) {
    // The longest label, in as few lines as it needs.
    const whole = [3, 2, 1].flatMap((count) => labelOf(labelLines.slice(at, at + count), labels) ?? []);
    const length = whole.filter(({ label }) => label === whole[0]!.label).at(-1)?.count ?? 1;
    const words = labelLines.slice(at, at + length).flatMap(({ line }) => line.words);
    rows.push({ words, top: boundsOfWords(labelLines[at]!.line.words).y });
    at += length;
  }
  return readLines(
    rows.map(({ words, top }, at) => {
      const bottom = rows[at + 1]?.top ?? Number.POSITIVE_INFINITY;
      const own = values.filter(({ box }) => middle(box) >= top && middle(box) < bottom);
      return { words: [...words, ...rowsOf(own).flatMap(({ line }) => line.words)] };
    }),
  );
}

/** The label that fills these lines, but for a word such as `(1)`. */
function labelOf(lines: readonly ReadLine[], labels: readonly Label[]) {
  const tokens = lines.flatMap((line) => line.tokens);
  const found = findLabels(tokens, labels)[0];
  if (found?.from !== 0 || found.to < tokens.length - 1) return undefined;
  return { label: found.label, count: lines.length };
}
