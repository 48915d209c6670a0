import type { Line, PageField, Word } from '../page.ts';
import { boundsOfWords, findLabel, lowestConfidence, tokensOf } from './tokens.ts';

const LABELS = [
  ['so', 'dinh', 'danh'],
  ['dinh', 'danh', 'ca', 'nhan'],
  ['can', 'cuoc'],
  ['cccd'],
  ['cmnd'],
  ['cmtnd'],
  ['personal', 'identification'],
  ['giay', 'to', 'tuy', 'than'],
];

/**
 * Twelve-digit personal numbers, best first: also printed digit by digit (`0 7 9 …` in boxes) and in groups, and from
 * the MRZ of a card's back. Letters become digits (O → 0, l → 1 …) only inside tokens that are mostly digits.
 */
export function findPersonNumbers(lines: readonly Line[]): readonly PageField[] {
  const found: { field: PageField; rank: number }[] = [];
  const isLabelled = (line: Line | undefined) => {
    const tokens = line === undefined ? [] : tokensOf(line);
    return LABELS.some((label) => findLabel(tokens, label) >= 0);
  };
  lines.forEach((line, at) => {
    const numbers = numbersIn(line);
    const labelled = numbers.length > 0 && (isLabelled(line) || isLabelled(lines[at - 1]));
    for (const { value, words } of numbers) {
      const confidence = lowestConfidence(words);
      const rank = confidence + (labelled ? 100 : 0) + (isPlausible(value) ? 60 : 0);
      const check = { name: 'person-number', outcome: 'passed' } as const;
      found.push({
        field: { name: 'personNumber', value, box: boundsOfWords(words), confidence, check },
        rank,
      });
    }
  });
  // Equal numbers: one candidate, the best reading of it. Ties keep reading order.
  const best = new Map<string, { field: PageField; rank: number }>();
  for (const one of found) {
    const known = best.get(one.field.value);
    if (known === undefined || one.rank > known.rank) best.set(one.field.value, one);
  }
  return [...best.values()].sort((a, b) => b.rank - a.rank).map(({ field }) => field);
}

/** The numbers of twelve digits in a line, with the words that they stand in. */
export function numbersIn(line: Line): { value: string; words: readonly Word[] }[] {
  const mrz = mrzNumber(line);
  if (mrz !== undefined) return [mrz];
  const found: { value: string; words: readonly Word[] }[] = [];
  const groups: { digits: string; word: Word }[][] = [];
  let group: { digits: string; word: Word }[] = [];
  const close = () => {
    if (group.length > 0) groups.push(group);
    group = [];
  };
  for (const word of line.words) {
    const digits = digitsOf(word.text);
    if (digits === undefined) {
      close();
      // A number glued to its label: `Số:079185001234`.
      const glued = /(?<!\d)\d{12}(?!\d)/.exec(word.text)?.[0];
      if (glued !== undefined) found.push({ value: glued, words: [word] });
    } else if (digits !== '') group.push({ digits, word });
  }
  close();
  for (const parts of groups) {
    const whole = parts.filter((part) => part.digits.length === 12);
    if (whole.length > 0) found.push(...whole.map((part) => ({ value: part.digits, words: [part.word] })));
    else {
      const joined = parts.map((part) => part.digits).join('');
      if (joined.length === 12) found.push({ value: joined, words: parts.map((part) => part.word) });
    }
  }
  return found;
}

const CONFUSED: Readonly<Record<string, string>> = {
  O: '0',
  o: '0',
  Q: '0',
  D: '0',
  l: '1',
  I: '1',
  i: '1',
  Z: '2',
  z: '2',
  S: '5',
  s: '5',
  B: '8',
};

/** A word as digits: '' for mere punctuation (cell borders between digits), undefined for what is not a number. */
export function digitsOf(text: string): string | undefined {
  const bare = text.replace(/[^\p{L}\p{N}]/gu, '');
  if (bare === '') return text.includes('/') ? undefined : '';
  // A date, an amount, a phone number with its own punctuation inside is no part of a personal number.
  if (/\d[/:,]\d/.test(text)) return undefined;
  const digits = bare.replace(/\D/g, '').length;
  if (digits === bare.length) return bare;
  // One digit in its box, read as a letter or twice.
  if (/^(?:[OoQD]|[Oo]0|0[Oo])$/.test(bare)) return '0';
  if (/^[lI]$/.test(bare)) return '1';
  if (bare.length < 4 || digits / bare.length < 0.6) return undefined;
  const mended = bare.replace(/\D/gu, (letter) => CONFUSED[letter] ?? letter);
  return /^\d+$/.test(mended) ? mended : undefined;
}

/** TD1 line 1: `IDVNM` + 9 digits + check + the 12 digits + `<<` + check. */
function mrzNumber(line: Line) {
  const text = line.words
    .map((word) => word.text)
    .join('')
    .replace(/[\s«]/g, '<')
    .toUpperCase();
  const match = /[I1l]DVNM[0-9OIB]{10}([0-9OIB]{12})/.exec(text);
  if (match === null) return undefined;
  const value = match[1]!.replace(/O/g, '0').replace(/I/g, '1').replace(/B/g, '8');
  return { value, words: line.words };
}

/** Province 001–096 and a century digit of living people; the law promises only twelve digits, so this only ranks. */
export function isPlausible(value: string): boolean {
  const province = Number(value.slice(0, 3));
  return province >= 1 && province <= 96 && Number(value[3]) <= 3;
}
