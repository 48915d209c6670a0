import type { Box } from '../page.ts';
import { splitColumns } from './columns.ts';
import { isUpper } from './full-name.ts';
import { type FoundLabel, findLabels, isNumbering, type Label, type ReadLine, toLabel } from './labels.ts';
import type { Kind } from './load-kinds.ts';
import { boundsOfWords } from './tokens.ts';

export interface LabelledLine extends ReadLine {
  readonly labels: readonly FoundLabel[];
  readonly box: Box;
  /** Right edge of the print around it: a line that ends long before is not broken there. */
  readonly right: number;
}

/** Part of a page that is searched for a person's fields: lines in reading order, the first one from a token on. */
export interface Part {
  readonly role: string | undefined;
  readonly lines: readonly LabelledLine[];
}

const NEAR_LINES = 6;

/**
 * A page taken apart by the persons whom it is about: the parts of roles and those of nobody, in reading order; then
 * what stands before all of them, then the whole page.
 */
export function splitPage(kind: Kind, all: readonly ReadLine[], labels: readonly Label[]): readonly Part[] {
  const titles = kind.titles.map((title) => title.replaceAll(' ', ''));
  const withLabels = (lines: readonly ReadLine[]): readonly LabelledLine[] => {
    const boxes = lines.map(({ line }) => boundsOfWords(line.words));
    return lines.map((line, at) => {
      const box = boxes[at]!;
      const near = boxes.slice(Math.max(0, at - NEAR_LINES), at + NEAR_LINES + 1);
      const right = Math.max(...near.map(({ x, width }) => (x < box.x + box.width ? x + width : 0)));
      const found = isTitle(line, titles) ? [] : findLabels(line.tokens, labels);
      return { ...line, labels: found, box, right };
    });
  };
  const ends = kind.sections
    .filter(({ role }) => !kind.columns?.some((column) => column.role === role))
    .flatMap(({ starts }) => starts.map(toLabel));
  const split = kind.columns && splitColumns(all, kind.columns, ends, labels);
  const rest = withLabels(split?.rest ?? all);
  const columns = [...(split?.byRole ?? [])].map(
    ([role, lines]): Part => ({ role, lines: withLabels(lines) }),
  );

  const starts = kind.sections
    .map(({ role, starts }) => ({ role, ...firstStart(rest, starts.map(toLabel)) }))
    .filter((start): start is typeof start & { line: number; token: number } => start.line !== undefined)
    .sort((a, b) => a.line - b.line || a.token - b.token);
  const sections = starts.map(
    (start, at): Part => ({ role: start.role, lines: range(rest, start, starts[at + 1]) }),
  );
  const head: Part = { role: undefined, lines: range(rest, { line: 0, token: 0 }, starts[0]) };
  // Fields without a role are the paper's own and may stand anywhere; columns come first for the roles they have.
  return [...columns, ...sections, head, { role: undefined, lines: rest }];
}

/** A title holds no labels, nor does half of one: `TÌNH TRẠNG HÔN NHÂN`. */
function isTitle({ tokens }: ReadLine, titles: readonly string[]): boolean {
  const letters = tokens.map(({ folded }) => folded).join('');
  return (
    letters.length >= 8 &&
    tokens.every(({ text, stop }) => isUpper(text) && !/[:：]/.test(stop)) &&
    titles.some((title) => letters.includes(title) || title.includes(letters))
  );
}

/** Fewer letters may stand anywhere in a sentence; they begin a part only at the start of a line. */
const MIN_INLINE_START = 14;
const MAX_HEADING_WORDS = 12;

function firstStart(lines: readonly LabelledLine[], starts: readonly Label[]) {
  const found = lines.flatMap(({ tokens }, line) =>
    findLabels(tokens, starts).map(({ label, from }) => {
      // `II. Thửa đất`: the number in front belongs to it.
      // And so is a line that is a heading: `1. Đại diện bên cho thuê (Bên A):`, `UBND phường Mẫu xác nhận:`.
      const isHeading = tokens.length <= MAX_HEADING_WORDS && /[:：]\s*$/.test(tokens.at(-1)!.stop);
      const first = from === 0 || isNumbering(tokens, from) || isHeading;
      // `Đề nghị cấp bản sao …`: a word or two in front belong to it.
      return {
        line,
        token: from <= 2 || isHeading ? 0 : from,
        first,
        long: label.length >= MIN_INLINE_START,
      };
    }),
  );
  return found.find(({ first }) => first) ?? found.find(({ long }) => long) ?? { line: undefined, token: 0 };
}

interface Place {
  readonly line: number;
  readonly token: number;
}

export function range(
  lines: readonly LabelledLine[],
  from: Place,
  to: Place | undefined,
): readonly LabelledLine[] {
  const part = lines.slice(from.line, to === undefined ? undefined : to.token === 0 ? to.line : to.line + 1);
  return part.map((line, at) => {
    const first = at === 0 ? from.token : 0;
    const last = to !== undefined && from.line + at === to.line ? to.token : line.tokens.length;
    return first === 0 && last === line.tokens.length ? line : cut(line, first, last);
  });
}

function cut(line: LabelledLine, from: number, to: number): LabelledLine {
  return {
    ...line,
    tokens: line.tokens.slice(from, to),
    labels: line.labels
      .filter((label) => label.from >= from && label.to <= to)
      .map((label) => ({ ...label, from: label.from - from, to: label.to - from })),
  };
}
