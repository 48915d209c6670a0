import type { ValueLines } from './field-values.ts';
import { isCapitalised, isUpper } from './full-name.ts';
import { type FoundLabel, isAddress, isNumbering } from './labels.ts';
import type { KindField } from './load-kinds.ts';
import type { LabelledLine } from './page-parts.ts';
import { boundsOfWords, type Token } from './tokens.ts';

const MAX_MORE_LINES = 3;

/** What stands behind a label up to the next one, on its line and on those that go on below. */
export function valueLines(
  field: KindField,
  lines: readonly LabelledLine[],
  at: number,
  label: FoundLabel,
): ValueLines {
  const { tokens, labels } = lines[at]!;
  const isColon = (at: number) => /[:：]/.test(tokens[at - 1]!.stop);
  // `Ông …` behind the colon begins the value, and so does `Thời hạn: Đến ngày …`.
  const begins = (other: FoundLabel) =>
    other.from === label.to && (isAddress(other) || (isColon(label.to) && !isColon(other.to)));
  const stops = labels.filter((other) => endsValue(field, tokens, other) && !begins(other));
  // `Họ và tên / Full name:`: the second language is the same label once more.
  let end = skipBracket(tokens, label.to);
  let next = stops.find((other) => other.from >= end);
  const isAgain = ({ label: other, from }: FoundLabel) =>
    field.labels.includes(other) &&
    (from - end <= 1 || (from - end <= 4 && tokens.slice(end - 1, from).some(({ stop }) => /\//.test(stop))));
  while (next !== undefined && isAgain(next)) {
    end = next.to;
    next = stops.find((other) => other.from >= end);
  }
  const until = next === undefined ? tokens.length : withoutNumbering(tokens, next.from);
  const from = skipBracket(tokens, skipToColon(tokens, end, until));
  const value: (readonly Token[])[] = [tokens.slice(from, until)];
  if (next !== undefined) return value;
  let above = at;
  for (let below = at + 1; below < lines.length && below <= at + MAX_MORE_LINES; below += 1) {
    const line = lines[below]!;
    // `Có giá trị đến` under a card's photograph, read between the two lines of the address.
    if (standsBeside(lines[above]!, line)) continue;
    if (!goesOn(lines, above, below, value.at(-1)!)) break;
    const stop =
      line.labels.find((other) => endsValue(field, line.tokens, other))?.from ?? line.tokens.length;
    value.push(line.tokens.slice(0, stop));
    if (stop < line.tokens.length) break;
    above = below;
  }
  return value;
}

/** Under two labels side by side, each with its value below: `Ngày sinh  Giới tính` over `01/04/1985  Nữ`. */
export function valueBelow(
  { type, values }: KindField,
  lines: readonly LabelledLine[],
  at: number,
  label: FoundLabel,
): ValueLines {
  const isDistinct = type === 'date' || type === 'year' || type === 'person-number' || values !== undefined;
  const [line, below] = [lines[at]!, lines[at + 1]];
  const next = line.labels.find(({ from }) => from >= label.to);
  if (!isDistinct || next === undefined || below === undefined || below.labels[0]?.from === 0) return [];
  const left = line.tokens[label.from]!.word.box;
  const right = line.tokens[next.from]!.word.box.x;
  return [
    below.tokens.filter(({ word: { box } }) => box.x + box.width / 2 > left.x - left.height && box.x < right),
  ];
}

/**
 * Whether the value before a label ends there. A text may hold a label's words (`Trích lục khai sinh tại …`): there a
 * label begins with a capital or behind punctuation, or has a colon or a number behind it.
 */
function endsValue({ type, values }: KindField, tokens: readonly Token[], { from, to }: FoundLabel): boolean {
  // `22 giờ, ngày 19 tháng 01`: a short label that stands there for its number alone.
  if (type === 'date') return to - from > 1 || from === 0 || /[:：]/.test(tokens[to - 1]!.stop);
  if ((type !== 'text' && type !== 'place') || values !== undefined || from === 0) return true;
  if (isCapitalised(tokens[from]!.text) || /[^\s]/.test(tokens[from - 1]!.stop)) return true;
  const after = tokens.slice(to - 1, to + 4);
  return after.some(({ stop }) => /[:：]/.test(stop)) || /^\d/.test(tokens[to]?.text ?? '');
}

/** `(1)` behind a label, or what to write: `(ghi bằng chữ in hoa):`. */
function skipBracket(tokens: readonly Token[], from: number): number {
  if (tokens[from]?.lead !== '(') return from;
  const length = tokens.slice(from, from + MAX_BRACKET).findIndex(({ stop }) => stop.includes(')'));
  if (length < 0) return from;
  const closing = tokens[from + length]!;
  const isNote = length === 0 && /^\d$/.test(closing.text);
  return isNote || /\)\s*[:：]/.test(closing.stop) ? from + length + 1 : from;
}

const MAX_BRACKET = 12;

/** `5. Số điện thoại: … 6. Email:`: the number before a label belongs to it. */
function withoutNumbering(tokens: readonly Token[], label: number): number {
  const before = tokens[label - 1];
  return before !== undefined && /^(?:\d{1,2}|[a-zđ])$/.test(before.text) && /^[.)]/.test(before.stop)
    ? label - 1
    : label;
}

/** Words of a label may stand between it and its colon: `Quan hệ với người được khai sinh:`, `(nếu có):`. */
function skipToColon(tokens: readonly Token[], from: number, until: number): number {
  const ends = (token: Token | undefined) => /[:：]/.test(token?.stop ?? '');
  if (ends(tokens[from - 1])) return from;
  // What begins small goes on (`Quan hệ với người được cấp Giấy XNTTHN:`), and what a stroke parts (`Nơi cư trú/Residence:`).
  const goesOn =
    (tokens[from] !== undefined && !isCapitalised(tokens[from].text)) ||
    /^\s*\//.test(tokens[from - 1]?.stop ?? '');
  for (let at = from; at < Math.min(until, from + 9); at += 1) {
    const { text } = tokens[at]!;
    if (/\d/.test(text) && text.length > 1) return from;
    if (isCapitalised(text) && !goesOn && !/^(?:CCCD|CMND|No|Full|Date|Sex|Place)$/.test(text)) return from;
    if (ends(tokens[at])) return at + 1;
  }
  return from;
}

/** Whether a line has its place left or right of another, not under it. */
function standsBeside(line: LabelledLine, other: LabelledLine): boolean {
  if (line.tokens.length === 0 || other.tokens.length === 0) return false;
  const [a, b] = [line.box, other.box];
  const isNear = b.y < a.y + 2.5 * a.height;
  return isNear && (b.x > a.x + a.width || b.x + b.width < a.x);
}

/** Whether the line below continues a value: near, without a label in front, and broken where the line was full. */
function goesOn(
  lines: readonly LabelledLine[],
  at: number,
  below: number,
  before: readonly Token[],
): boolean {
  const line = lines[below]!;
  const above = lines[at]!;
  const first = line.tokens[0];
  if (first === undefined || above.tokens.length === 0) return false;
  const label = line.labels[0];
  if (label !== undefined && (label.from === 0 || isNumbering(line.tokens, label.from))) return false;
  const upper = boundsOfWords(above.tokens.map((token) => token.word));
  const lower = boundsOfWords(line.tokens.map((token) => token.word));
  const height = Math.max(upper.height, lower.height);
  const gap = lower.y - (upper.y + upper.height);
  if (gap > 1.6 * height || gap < -0.6 * height) return false;
  if (lower.x > upper.x + upper.width / 2 || lower.x + lower.width < upper.x) return false;
  // A label that no data file knows: `Chết vào hồi: …`.
  if (isCapitalised(first.text) && line.tokens.slice(0, 7).some(({ stop }) => /[:：]/.test(stop)))
    return false;
  if (/^(?:\d{1,2}|[a-zđ]|[IVX]+)$/.test(first.text) && /^[.)]/.test(first.stop)) return false;
  if (before.length === 0 || /[,\-–]$/.test(before.at(-1)!.stop.trim())) return true;
  // `TRƯỞNG PHÒNG`, `IV. CAM KẾT`: a heading or a signature.
  if (line.tokens.every(({ text }) => isUpper(text)) && !before.every(({ text }) => isUpper(text)))
    return false;
  // Centred lines: `V/v phối hợp xác minh` over `tình trạng hôn nhân`.
  const offCentre = Math.abs(upper.x + upper.width / 2 - lower.x - lower.width / 2);
  if (offCentre < height && lower.width < upper.width && !isCapitalised(first.text)) return true;
  // Print that is not justified ends somewhat before its right edge.
  const slack = Math.abs(lower.x - above.box.x) < height ? 3 * height : height;
  return upper.x + upper.width + first.word.box.width > above.right - slack;
}
