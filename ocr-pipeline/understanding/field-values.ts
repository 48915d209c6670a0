import { foldVietnamese } from '@motcua/core';
import type { FieldCheck, Line, Word } from '../page.ts';
import { lineText } from './birth-date.ts';
import { findDates, parseDateInWords } from './dates.ts';
import { isCapitalised, isUpper, nameAt, skipLabel } from './full-name.ts';
import type { ValueType } from './kind-schema.ts';
import { digitsOf, isPlausible, numbersIn } from './person-number.ts';
import { type Token, textOf } from './tokens.ts';

export interface ReadValue {
  readonly value: string;
  readonly words: readonly Word[];
  readonly check: FieldCheck;
}

/** What stands behind a label: tokens of its line, then of the lines that go on below it. */
export type ValueLines = readonly (readonly Token[])[];

const MAX_VALUE = 300;
const check = (name: string, outcome: FieldCheck['outcome']): FieldCheck => ({ name, outcome });

/** The value of that type at the beginning of these tokens; undefined when none stands there. */
export function readValue(
  type: Exclude<ValueType, 'mrz' | 'paper-date'>,
  lines: ValueLines,
  values: readonly string[] | undefined,
): ReadValue | undefined {
  if (lines.every((tokens) => tokens.length === 0)) return undefined;
  switch (type) {
    case 'person-number':
      return readDigits(lines, 12);
    case 'old-id-number':
      return readDigits(lines, 9);
    case 'date':
      return readDate(lines);
    case 'year':
      return readYear(lines);
    case 'name':
      return readName(lines);
    case 'number':
      return readNumber(lines[0] ?? []);
    case 'reference':
      return readReference(lines.find((tokens) => tokens.length > 0) ?? []);
    case 'place':
      return readPlace(lines);
    case 'text':
      return values === undefined ? readText(lines) : readChoice(lines, values);
    default:
      throw new Error(type satisfies never);
  }
}

const wordsOf = (tokens: readonly Token[]) => [...new Set(tokens.map((token) => token.word))];

function readDigits(lines: ValueLines, length: 9 | 12): ReadValue | undefined {
  const name = length === 12 ? 'person-number' : 'old-id-number';
  for (const tokens of lines.slice(0, 3)) {
    const line: Line = { words: lineWords(tokens) };
    if (length === 12) {
      const [number] = numbersIn(line);
      if (number !== undefined)
        return { ...number, check: check(name, isPlausible(number.value) ? 'passed' : 'none') };
    }
    const run = digitRun(line.words);
    // Nine digits in the place of twelve are the number of an older identity card.
    if (run === undefined || (length === 12 && run.value.length === 9)) continue;
    return { ...run, check: check(name, run.value.length === length ? 'passed' : 'failed') };
  }
  return undefined;
}

/** The first words that are digits, joined: a number that was read with a digit too few or too many. */
function digitRun(words: readonly Word[]): { value: string; words: readonly Word[] } | undefined {
  let value = '';
  const run: Word[] = [];
  for (const word of words) {
    const digits = digitsOf(word.text);
    if (digits === undefined) {
      if (value !== '') break;
      continue;
    }
    value += digits;
    run.push(word);
  }
  return value.length >= 7 && value.length <= 14 ? { value, words: run } : undefined;
}

/** The words of the tokens; the first one without the label that is glued to it. */
function lineWords(tokens: readonly Token[]): readonly Word[] {
  return wordsOf(tokens).map((word, at) =>
    at === 0 && tokens[0]!.at > 0 ? { ...word, text: word.text.slice(tokens[0]!.at) } : word,
  );
}

function readDate(lines: ValueLines): ReadValue | undefined {
  // A place and a colon may stand before it, another value may not.
  for (const tokens of [lines[0] ?? [], lines.flat()]) {
    const words = lineWords(tokens);
    const text = lineText({ words });
    const date = findDates(text.folded).find(
      (one) => one.form !== 'misread' || one.at < 6 || /[:：]\W*$/.test(text.folded.slice(0, one.at)),
    );
    if (date === undefined) continue;
    const after = parseDateInWords(text.folded.slice(date.at + date.length));
    const agrees = after === undefined ? 'date' : 'date-in-words';
    return {
      value: date.value,
      words: text.wordsOf(date.at, date.at + date.length),
      check: check(agrees, after === undefined || after === date.value ? 'passed' : 'failed'),
    };
  }
  const all = lines.flat();
  const spelled = parseDateInWords(textOf(all));
  if (spelled === undefined) return undefined;
  return { value: spelled, words: wordsOf(all), check: check('date', 'passed') };
}

function readYear(lines: ValueLines): ReadValue | undefined {
  const tokens = (lines[0]?.length ? lines[0] : lines[1]) ?? [];
  const full = findDates(lineText({ words: lineWords(tokens) }).folded)[0]?.value.slice(0, 4);
  const token = tokens.slice(0, 6).find(({ text }) => text === full || /^(?:19|20)[\dOo]{2}$/.test(text));
  if (token === undefined) return undefined;
  return { value: token.text.replace(/[Oo]/g, '0'), words: [token.word], check: check('year', 'passed') };
}

const ADDRESS = new Set(['ong', 'ba', 'anh', 'chi', 'em', 'bs', 'chau', 'mr', 'mrs', 'ms']);

function readName(lines: ValueLines): ReadValue | undefined {
  const [first = [], ...below] = lines;
  let start = skipLabel(first, 0);
  while (ADDRESS.has(first[start]?.folded ?? '') && isCapitalised(first[start + 1]?.text ?? '')) start += 1;
  let name = nameAt(first, start);
  let rest = below[0] ?? [];
  if (name.length === 0) {
    if (start < first.length) return undefined;
    name = nameAt(rest, 0);
    rest = below[1] ?? [];
  }
  if (name.length === 0) return undefined;
  // A letter alone (Y Khim Niê) is in either case.
  const capitals = isUpper((name.find(({ text }) => text.length > 1) ?? name[0]!).text);
  // A narrow column broke it: what goes on below is letters in the same case, and nothing else.
  const goesOn =
    (name.at(-1) === first.at(-1) || name.at(-1) === below[0]?.at(-1)) &&
    rest.length >= 1 &&
    rest.length <= 3 &&
    name.length + rest.length <= 7 &&
    nameAt(rest, 0).length === rest.length &&
    rest.every((token) => isUpper(token.text) === capitals);
  const tokens = goesOn ? [...name, ...rest] : name;
  if (isNoName(tokens)) return undefined;
  const value = tokens
    .map((token) => token.text)
    .join(' ')
    .normalize('NFC');
  return { value, words: wordsOf(tokens), check: check('name', tokens.length >= 2 ? 'passed' : 'none') };
}

/** Headings in capitals that stand where a name may: `BÊN A: NGƯỜI SỬ DỤNG LAO ĐỘNG`. */
const NO_NAME = / (?:nguoi|cong ty|uy ban|co quan|su dung|lao dong|dai dien|giam doc|chu tich|cong hoa) /;

function isNoName(tokens: readonly Token[]): boolean {
  const folded = tokens.map((token) => token.folded).join(' ');
  return folded === 'khong' || NO_NAME.test(` ${folded} `);
}

function readNumber(tokens: readonly Token[]): ReadValue | undefined {
  const words = lineWords(tokens).slice(0, 8);
  for (const [at, word] of words.entries()) {
    // 120,5 · 3.150.000 · 24; a full stop between thousands may be read as a semicolon.
    const match =
      /(?<![\p{L}\d])\d{1,3}(?:[.,;]\d{3})*(?:,\d{1,3})?(?!\d)|(?<![\p{L}\d])\d+(?:[.,]\d+)?/u.exec(
        word.text,
      );
    if (match === null) continue;
    const number = match[0]
      .replaceAll(';', '.')
      .replace(/^\d{1,3}(?:,\d{3}){2,}$/, (all) => all.replaceAll(',', '.'));
    const unit = unitOf(words[at + 1]?.text ?? '');
    const known = unit !== undefined;
    const value = known ? `${number} ${unit}` : number;
    return { value, words: known ? [word, words[at + 1]!] : [word], check: check('number', 'passed') };
  }
  return undefined;
}

/** `đồng/tháng` → `đồng`; the small ² is read as anything: `m?`, `m"`. */
function unitOf(text: string): string | undefined {
  const [, unit] = /^(m2|m²|đồng|cm|gram|kg|bản|đ|người)(?:[.,;?/(].*)?$/iu.exec(text) ?? [];
  return unit ?? (/^m[^\p{L}\d\s]{1,2}$/u.test(text) ? 'm²' : undefined);
}

/** Up to two short words in capitals, the word with the digits, and what is written apart from it: `02 - SCT/BS`. */
function readReference(tokens: readonly Token[]): ReadValue | undefined {
  const words = lineWords(tokens);
  const at = words.slice(0, 3).findIndex(({ text }) => /\d/.test(text));
  if (at < 0 || words.slice(0, at).some(({ text }) => !/^[\p{Lu}.]{1,4}$/u.test(text))) return undefined;
  let end = at + 1;
  while (/^(?:[-–]|\d+|\p{Lu}[\p{Lu}\d]*(?:[/-][\p{Lu}\d]+)+)[.,;]?$/u.test(words[end]?.text ?? '')) end += 1;
  const read = words.slice(0, end);
  const value = read
    .map(({ text }) => text)
    .join(' ')
    .replace(/[⁄∕]/g, '/')
    .replace(/^[^\p{L}\d]+|[^\p{L}\d]+$/gu, '')
    .normalize('NFC');
  return { value, words: read, check: check('none', 'none') };
}

/**
 * A slash between the digits of a house number comes out as `I`, `l` or `|`; nothing else can stand there. A house
 * number in no ward (`Số 3 Lạch`) is a line that was cut off.
 */
function readPlace(lines: ValueLines): ReadValue | undefined {
  const read = readText(lines);
  if (read === undefined) return undefined;
  const value = read.value.replace(/(?<=\d)[Il|!⁄∕](?=\d)/g, '/');
  const isCut =
    /^(?:so (?:nha )?)?\d[\d/]*\w? /.test(foldVietnamese(value)) && !value.includes(',') && !UNIT.test(value);
  return { ...read, value, ...(isCut && { check: check('place', 'failed') }) };
}

const UNIT = /phường|xã|thị trấn|quận|huyện|tỉnh|thành phố|\b(?:P|Q|TP|TX)\.|đặc khu/iu;

function readText(lines: ValueLines): ReadValue | undefined {
  const all = lines.flat();
  const value = lines
    .filter((tokens) => tokens.length > 0)
    .map((tokens, at, { length }) => textOf(tokens) + (at < length - 1 ? lineEnd(tokens) : ''))
    .join(' ')
    .slice(0, MAX_VALUE);
  // One stray mark is dust or the end of a leader.
  if (value.replace(/[^\p{L}\p{N}]/gu, '').length < 2) return undefined;
  return { value, words: wordsOf(all), check: check('none', 'none') };
}

/** The comma that a broken line ends with. */
function lineEnd(tokens: readonly Token[]): string {
  return /^[,;]/.exec(tokens.at(-1)?.stop ?? '')?.[0] ?? '';
}

/** The known value that stands there, in its right spelling; misread spaces are forgiven (`ÊĐê`). */
function readChoice(lines: ValueLines, values: readonly string[]): ReadValue | undefined {
  const tokens = lines.flat();
  // In a table's row or under a heading for two, another value may come first.
  for (let from = 0; from < Math.min(tokens.length, MAX_BEFORE_CHOICE); from += 1) {
    const known = choiceAt(tokens, from, values);
    if (known !== undefined) return known;
  }
  const text = readText([tokens.slice(0, 4)]);
  return text && { ...text, check: check('known-value', 'failed') };
}

const MAX_BEFORE_CHOICE = 6;

function choiceAt(tokens: readonly Token[], from: number, values: readonly string[]): ReadValue | undefined {
  // `Nam` in `Việt Nam` is no sex.
  if (from > 0 && tokens[from - 1]!.folded === 'viet') return undefined;
  if (!/[a-z]/.test(tokens[from]!.folded)) return undefined;
  let best: { value: string; letters: number; to: number } | undefined;
  for (const value of values) {
    const wanted = foldVietnamese(value).replace(/[^a-z]/g, '');
    let read = '';
    let to = from;
    while (to < tokens.length && read.length < wanted.length) {
      read += tokens[to]!.folded.replace(/[^a-z]/g, '');
      to += 1;
    }
    if (read === wanted && read.length > (best?.letters ?? 0)) best = { value, letters: read.length, to };
  }
  if (best === undefined) return undefined;
  return {
    value: best.value,
    words: wordsOf(tokens.slice(from, best.to)),
    check: check('known-value', 'passed'),
  };
}
