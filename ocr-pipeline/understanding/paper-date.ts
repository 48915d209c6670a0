import type { Line, Word } from '../page.ts';
import { lineText } from './birth-date.ts';
import { findDates } from './dates.ts';
import type { ReadValue } from './field-values.ts';
import { isCapitalised } from './full-name.ts';
import { tokensOf } from './tokens.ts';

/** Between the columns of a head or a foot, in heights of the print. */
const COLUMN_GAP = 1.5;
const MAX_PLACE_WORDS = 9;
/** Before a place, in it, or where the paper tells of its own day: `Làm tại: Huế, ngày …`, `Hôm nay, ngày …`. */
const SMALL = /^(?:lam|lap|tai|tp|hom|nay|thanh|pho|tinh|phuong|xa|quan|huyen|dac|khu|vuc|va)$/;
/** Capitalised like a place, and the day is another's: right before it, or at the start of the line (Tứ Kỳ is a place). */
const OTHER_DAY = /^(?:cap|sinh|tu|den|chet|mat|ra|vao|het)$/;
const OTHER_START = /^(?:cấp|sinh|từ|đến|chết|mất|ra|vào|hết)$/iu;

/**
 * The day of the paper itself: alone on its line (or in its column), with nothing but a place before it. The day of a
 * law, a birth or an identity card stands in a sentence or behind its label.
 */
export function readPaperDate(lines: readonly Line[]): ReadValue | undefined {
  let best: { read: ReadValue; rank: number } | undefined;
  lines.forEach((line, at) => {
    for (const words of columnsOf(line.words)) {
      const below = lines[at + 1]?.words ?? [];
      const found = dateOf(words) ?? (below.length <= 3 ? dateOf([...words, ...below]) : undefined);
      if (found !== undefined && found.rank > (best?.rank ?? 0)) best = found;
    }
  });
  return best?.read;
}

function dateOf(words: readonly Word[]): { read: ReadValue; rank: number } | undefined {
  const text = lineText({ words });
  const date = findDates(text.folded).find(({ form }) => form !== 'misread');
  if (date === undefined) return undefined;
  const own = text.wordsOf(date.at, date.at + date.length);
  // `Khóa thi ngày: 02 …` is a label's.
  if (own.length === 0 || /^ngay\s?[:：]/.test(text.folded.slice(date.at))) return undefined;
  const before = tokensOf({ words: words.slice(0, words.indexOf(own[0]!)) }).filter(
    ({ folded }, at, all) => !(folded === 'ngay' && at === all.length - 1),
  );
  const today = before[0]?.folded === 'hom' && before[1]?.folded === 'nay';
  const rest = words.length - words.indexOf(own.at(-1)!) - 1;
  if (before.length > MAX_PLACE_WORDS || (rest > 0 && !today)) return undefined;
  const isPlace = before.every(
    ({ text: word, folded, stop }) =>
      (SMALL.test(folded) || /^(?:thị|trấn)$/.test(word) || isCapitalised(word) || /^\d+$/.test(word)) &&
      (folded === 'tai' || !/[:：]/.test(stop)),
  );
  const [start, end] = [before[0]?.text.normalize('NFC') ?? '', before.at(-1)?.folded ?? ''];
  if (!isPlace || OTHER_DAY.test(end) || OTHER_START.test(start)) return undefined;
  const place = before.length > 0 && !today;
  // In figures alone it may be anything.
  if (!place && !today && date.form !== 'spelled') return undefined;
  return {
    read: { value: date.value, words: own, check: { name: 'date', outcome: 'passed' } },
    rank: place ? 3 : today ? 1 : 2,
  };
}

function columnsOf(words: readonly Word[]): readonly (readonly Word[])[] {
  const columns: Word[][] = [];
  words.forEach((word, at) => {
    const before = words[at - 1]?.box;
    const gap = before === undefined ? 0 : word.box.x - before.x - before.width;
    if (before === undefined || gap > COLUMN_GAP * Math.max(before.height, word.box.height))
      columns.push([word]);
    else columns.at(-1)!.push(word);
  });
  return columns;
}
