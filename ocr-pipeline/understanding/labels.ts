import type { Line } from '../page.ts';
import { isCapitalised } from './full-name.ts';
import { editDistanceWithin, type Token, tokensOf } from './tokens.ts';

/** A line as it is searched: its tokens, and their letters without spaces, since OCR splits and joins words. */
export interface ReadLine {
  readonly line: Line;
  readonly tokens: readonly Token[];
}

/** A label that stands in a line, `[from, to)` in its tokens. */
export interface FoundLabel {
  readonly label: string;
  readonly from: number;
  readonly to: number;
}

export interface Label {
  readonly text: string;
  readonly letters: string;
  /** Its last word if that is short: `mẹ`, `vợ`, `hộ` make the difference and must be read rightly. */
  readonly ending: string;
}

const MAX_LINES = 300;
/** A label seldom has more tokens; joined and split words are allowed for. */
const MAX_LABEL_TOKENS = 14;
const MAX_LABEL_LETTERS = 60;

export function readLines(lines: readonly Line[]): readonly ReadLine[] {
  return lines.slice(0, MAX_LINES).map((line) => ({ line, tokens: tokensOf(line) }));
}

export function toLabel(text: string): Label {
  const last = text.split(' ').at(-1)!;
  return { text, letters: text.replaceAll(' ', ''), ending: last.length <= 3 ? last : '' };
}

const MAX_ERRORS = 2;

/** Letters that may be misread in a label of so many. */
function tolerance(letters: number): number {
  return letters < 7 ? 0 : letters < 12 ? 1 : MAX_ERRORS;
}

/** Shorter labels are common words: they count only at the start of a line or before a colon. */
const SHORT = 6;
/** Longer ones are nothing else even if a letter or two were misread. */
const LONG = 20;
/** Of the very short ones (`Số`), a colon or a number must follow. */
const VERY_SHORT = 4;

/**
 * Every label in the line, the longest where several could be meant, in order; none overlaps another. `anywhere`: short
 * ones too need not stand alone.
 */
export function findLabels(
  tokens: readonly Token[],
  labels: readonly Label[],
  anywhere = false,
): readonly FoundLabel[] {
  const found: (FoundLabel & { readonly letters: number; readonly exact: boolean })[] = [];
  const byLength: Label[][] = Array.from({ length: MAX_LABEL_LETTERS + MAX_ERRORS + 1 }, () => []);
  for (const label of labels)
    for (let off = -MAX_ERRORS; off <= MAX_ERRORS; off += 1)
      byLength[label.letters.length + off]?.push(label);
  for (let from = 0; from < tokens.length; from += 1) {
    let read = '';
    for (let to = from + 1; to <= Math.min(tokens.length, from + MAX_LABEL_TOKENS); to += 1) {
      // What stands behind a colon is the value: `Mục đích sử dụng: Đất ở`.
      if (to > from + 1 && COLON.test(tokens[to - 2]!.stop)) break;
      read += tokens[to - 1]!.folded;
      if (read.length > MAX_LABEL_LETTERS) break;
      for (const label of byLength[read.length]!) {
        if (!isRead(read, label)) continue;
        const { text, letters } = label;
        const exact = read === letters;
        const isSure = letters.length >= SHORT && (exact || letters.length >= LONG);
        if (!anywhere && !isSure && !standsAlone(tokens, from, to, label, exact)) continue;
        found.push({ label: text, from, to, letters: letters.length, exact });
      }
    }
  }
  found.sort((a, b) => b.letters - a.letters || Number(b.exact) - Number(a.exact) || a.from - b.from);
  const kept: FoundLabel[] = [];
  for (const { label, from, to } of found)
    if (!kept.some((other) => from < other.to && other.from < to)) kept.push({ label, from, to });
  return kept.sort((a, b) => a.from - b.from);
}

function isRead(read: string, { letters, ending }: Label): boolean {
  if (read === letters) return true;
  const off = read.length - letters.length;
  // `ngày 2 tháng 9 năm` is no misread `ngày, tháng, năm`.
  const limit = /\d/.test(read) ? 0 : tolerance(letters.length);
  if (limit === 0 || off > limit || off < -limit || !read.endsWith(ending)) return false;
  // Most labels differ at once: two letters out of the first three must be right.
  const same =
    Number(read[0] === letters[0]) + Number(read[1] === letters[1]) + Number(read[2] === letters[2]);
  return (same >= 2 || off !== 0) && (same >= 1 || limit > 1) && editDistanceWithin(read, letters, limit);
}

const COLON = /[:：]/;

/**
 * At the start of its line (a number such as `5.` may come first), or with a colon behind it, or right before a number
 * (`…, CCCD 079…`); a form of address also before a name (`Đại diện: Ông Lê Văn Tám`).
 */
function standsAlone(
  tokens: readonly Token[],
  from: number,
  to: number,
  label: Label,
  exact: boolean,
): boolean {
  if (/[:：;]/.test(tokens[to - 1]?.stop ?? '')) {
    // `CCCD/Hộ chiếu số:` is one label, not another that is called `số`.
    const isPart = label.text === 'so' && from > 0 && !isCapitalised(tokens[from]!.text);
    return !isPart || /\S/.test(tokens[from - 1]!.stop);
  }
  const first = from === 0 || isNumbering(tokens, from);
  // HỌC KINH in a name is no `học sinh`, `Phường Mẫu, ngày 03 …` no `mất ngày`.
  if (!exact) return first;
  // `Huế, ngày 7 tháng …` is the day of the paper.
  const beforeNumber =
    /^\d/.test(tokens[to]?.text ?? '') && !(isDay(label) && /,/.test(tokens[from - 1]?.stop ?? ''));
  if (ADDRESS.has(label.text)) {
    const opens = first || COLON.test(tokens[from - 1]!.stop);
    return opens && isCapitalised(tokens[to]?.text ?? '') && isCapitalised(tokens[to + 1]?.text ?? '');
  }
  if (label.letters.length < VERY_SHORT && !label.text.includes(' ')) return first && beforeNumber;
  return first || beforeNumber;
}

const isDay = ({ text }: Label) => text === 'ngay';

const ADDRESS = new Set(['ong', 'ba']);

/** Whether a label is a form of address, which belongs to the name behind it. */
export function isAddress({ label }: FoundLabel): boolean {
  return ADDRESS.has(label);
}

/** Whether all that stands before the token is a number that belongs to it: `5.`, `c)`, `II.`, `- 3)`. */
export function isNumbering(tokens: readonly Token[], before: number): boolean {
  const [first] = tokens;
  if (before !== 1 || first === undefined) return false;
  return /^\d{1,2}$/.test(first.text) || (/^(?:[a-zđ]|[IVX]+)$/.test(first.text) && /^[.)]/.test(first.stop));
}
