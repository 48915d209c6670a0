import { foldVietnamese } from '@motcua/core';

/** A date as it stands in a text: where, and how surely it was meant as one. */
export interface FoundDate {
  /** `YYYY-MM-DD` */
  readonly value: string;
  readonly at: number;
  readonly length: number;
  /** `misread`: slashes of small print that came out as digits; to be believed only right behind a label. */
  readonly form: 'figures' | 'spelled' | 'misread';
}

/** The slashes ⁄ and ∕ too: italic ones are read as such. */
const FIGURES =
  /(?<![\d/.-])([0-3]?[\dOo])\s?[/⁄∕.-]\s?([01]?[\dOo])\s?[/⁄∕.-]\s?((?:1[89]|2[01])[\dOo]{2})(?!\d)/g;
/** Slashes of small print come out as 1, l, I or !, as two of them, or not at all. */
const MISREAD = /(?<![\d/.-])([0-3]\d)[1l|i!/⁄∕]{0,2}([01]\d)[1l|i!/⁄∕]{0,2}((?:19|20)\d{2})(?!\d)/g;
/** The same where a part has one digit: one of the signs must be there. */
const MISREAD_SHORT = /(?<![\d/.-])([0-3]?\d)[l|i!/⁄∕]{1,2}([01]?\d)[l|i!/⁄∕]{1,2}((?:19|20)\d{2})(?!\d)/g;
/** `ngày` may be the end of the label: `Sinh ngày: 20 tháng 5 năm 1997`. */
const SPELLED =
  /(?:ngay\W{0,6}|(?<![\d/.-]))([0-3]?[\do])\W{1,6}thang\W{0,6}([01]?[\do])\W{1,6}nam\W{0,6}((?:1[89]|2[01])[\do]{2})(?!\d)/g;

/** Dates in figures (`14/02/1990`) and half in words (`ngày 14 tháng 02 năm 1990`) in a *folded* text, in order. */
export function findDates(folded: string): readonly FoundDate[] {
  const found: FoundDate[] = [];
  for (const [pattern, form] of [
    [FIGURES, 'figures'],
    [SPELLED, 'spelled'],
    [MISREAD, 'misread'],
    [MISREAD_SHORT, 'misread'],
  ] as const)
    for (const match of folded.matchAll(pattern)) {
      const value = isoDate(match[1]!, match[2]!, match[3]!);
      if (value !== undefined) found.push({ value, at: match.index, length: match[0].length, form });
    }
  return found
    .filter(
      (one, at) =>
        one.form !== 'misread' ||
        !found.some(
          (other, place) => place !== at && overlap(one, other) && (other.form !== 'misread' || place < at),
        ),
    )
    .sort((a, b) => a.at - b.at);
}

function overlap(one: FoundDate, other: FoundDate): boolean {
  return one.at < other.at + other.length && other.at < one.at + one.length;
}

/** Day, month and year in figures → `YYYY-MM-DD`; undefined when the calendar has no such day. O counts as 0. */
export function isoDate(day: string, month: string, year: string): string | undefined {
  const [d, m, y] = [day, month, year].map((part) => Number(part.replace(/[Oo]/g, '0')));
  if (d === undefined || m === undefined || y === undefined || m < 1 || m > 12 || d < 1) return undefined;
  if (d > new Date(Date.UTC(y, m, 0)).getUTCDate()) return undefined;
  return `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`;
}

const NUMERALS: Readonly<Record<string, number>> = {
  khong: 0,
  mot: 1,
  hai: 2,
  ba: 3,
  bon: 4,
  tu: 4,
  nam: 5,
  lam: 5,
  nham: 5,
  sau: 6,
  bay: 7,
  tam: 8,
  chin: 9,
};

/**
 * A date wholly in words: `Ngày hai mươi mốt, tháng tám, năm hai nghìn không trăm hai mươi sáu`. Undefined when it is
 * none, or not whole. `năm` is both *year* and *five*: the year is what begins with a thousand.
 */
export function parseDateInWords(text: string): string | undefined {
  const plain = foldVietnamese(text.replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')).slice(0, 200);
  const [, day, month, year] =
    /ngay (?:mung |mong )?((?:\w+ ){1,4}?)thang ((?:\w+ ){1,3}?)nam ((?:mot|hai) (?:nghin|ngan)(?: \w+){0,6})/.exec(
      plain,
    ) ?? [];
  if (day === undefined || month === undefined || year === undefined) return undefined;
  const numbers = [day, month === 'gieng ' ? 'mot' : month === 'chap ' ? 'muoi hai' : month, year].map(
    (part) => numberInWords(part.trim().split(' ')),
  );
  if (numbers.some((number) => number === undefined)) return undefined;
  return isoDate(String(numbers[0]), String(numbers[1]), String(numbers[2]));
}

/** Up to 9,999; words that are no numerals end it, once there is something. */
export function numberInWords(words: readonly string[]): number | undefined {
  let total = 0;
  let digit: number | undefined;
  let any = false;
  for (const word of words) {
    const value = NUMERALS[word];
    if (word === 'nghin' || word === 'ngan') {
      total = (digit ?? 1) * 1_000;
      digit = undefined;
    } else if (word === 'tram') {
      total += (digit ?? 1) * 100;
      digit = undefined;
    } else if (word === 'muoi') {
      total += (digit ?? 1) * 10;
      digit = undefined;
    } else if (word === 'linh' || word === 'le') digit = undefined;
    else if (value !== undefined) digit = value;
    else if (any) break;
    else return undefined;
    any = true;
  }
  return any ? total + (digit ?? 0) : undefined;
}
