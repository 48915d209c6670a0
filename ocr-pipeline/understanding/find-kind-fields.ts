import { foldVietnamese } from '@motcua/core';
import type { Box, Line, PageField } from '../page.ts';
import { splitColumns } from './columns.ts';
import { type ReadValue, readValue, type ValueLines } from './field-values.ts';
import { isCapitalised } from './full-name.ts';
import {
  type FoundLabel,
  findLabels,
  isAddress,
  isNumbering,
  type Label,
  type ReadLine,
  readLines,
  toLabel,
} from './labels.ts';
import type { Kind, KindField } from './load-kinds.ts';
import { readPaperDate } from './paper-date.ts';
import { numbersIn } from './person-number.ts';
import { boundsOfWords, lowestConfidence, type Token, tokensOf } from './tokens.ts';

/** Size of the page, for the zones of its kind. */
export interface PageSize {
  readonly width: number;
  readonly height: number;
}

interface LabelledLine extends ReadLine {
  readonly labels: readonly FoundLabel[];
  readonly box: Box;
  /** Right edge of the print around it: a line that ends long before is not broken there. */
  readonly right: number;
}

/** Part of a page that is searched for a person's fields: lines in reading order, the first one from a token on. */
interface Part {
  readonly role: string | undefined;
  readonly lines: readonly LabelledLine[];
}

/** The fields that the data file of the kind names, in its order; what cannot be found is left out. */
export function findKindFields(
  kind: Kind,
  lines: readonly Line[],
  stopLabels: readonly string[],
  page: PageSize,
): readonly PageField[] {
  if (kind.fields.length === 0) return [];
  const labels = [...new Set([...kind.fields.flatMap((field) => field.labels), ...stopLabels])].map(toLabel);
  const parts = splitPage(kind, readLines(lines), labels);
  const found: PageField[] = [];
  for (const field of kind.fields) {
    if (field.type === 'mrz') continue;
    const read = field.type === 'paper-date' ? readPaperDate(lines) : findField(kind, field, parts, page);
    if (read !== undefined) found.push(toPageField(kind, field, read));
  }
  // Of who has a birth date the year is known.
  return found.filter(
    ({ name }) =>
      !name.endsWith('.birthYear') || !found.some((other) => other.name === name.replace('Year', 'Date')),
  );
}

export function toPageField(kind: Kind, field: KindField, read: ReadValue): PageField {
  const role = field.role === undefined ? undefined : kind.roles[field.role];
  return {
    name: field.name,
    value: read.value,
    box: boundsOfWords(read.words),
    confidence: lowestConfidence(read.words),
    check: read.check,
    label: field.label,
    ...(role && field.role && { person: { role: field.role, ...role } }),
  };
}

const NEAR_LINES = 6;

function splitPage(kind: Kind, all: readonly ReadLine[], labels: readonly Label[]): readonly Part[] {
  const withLabels = (lines: readonly ReadLine[]): readonly LabelledLine[] => {
    const boxes = lines.map(({ line }) => boundsOfWords(line.words));
    return lines.map((line, at) => {
      const box = boxes[at]!;
      const near = boxes.slice(Math.max(0, at - NEAR_LINES), at + NEAR_LINES + 1);
      const right = Math.max(...near.map(({ x, width }) => (x < box.x + box.width ? x + width : 0)));
      return { ...line, labels: findLabels(line.tokens, labels), box, right };
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

/** Fewer letters may stand anywhere in a sentence; they begin a part only at the start of a line. */
const MIN_INLINE_START = 14;

function firstStart(lines: readonly LabelledLine[], starts: readonly Label[]) {
  const found = lines.flatMap(({ tokens }, line) =>
    findLabels(tokens, starts).map(({ label, from }) => {
      // `II. Thửa đất`: the number in front belongs to it.
      const first = from === 0 || isNumbering(tokens, from);
      // `Đề nghị cấp bản sao …`: a word or two in front belong to it.
      return { line, token: from <= 2 ? 0 : from, first, long: label.length >= MIN_INLINE_START };
    }),
  );
  return found.find(({ first }) => first) ?? found.find(({ long }) => long) ?? { line: undefined, token: 0 };
}

interface Place {
  readonly line: number;
  readonly token: number;
}

function range(lines: readonly LabelledLine[], from: Place, to: Place | undefined): readonly LabelledLine[] {
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

function findField(
  kind: Kind,
  field: KindField,
  parts: readonly Part[],
  page: PageSize,
): ReadValue | undefined {
  const { type, zone } = field;
  if (type === 'mrz' || type === 'paper-date') return undefined;
  const searched = partsFor(kind, field, parts);
  let unknown: ReadValue | undefined;
  for (const { lines } of searched) {
    if (field.labels.length === 0 && zone !== undefined) {
      const inZone = lines.map(({ tokens }) => tokens.filter((token) => isInside(token, zone, page)));
      const read = readValue(
        type,
        inZone.filter((tokens) => tokens.length > 0),
        field.values,
      );
      if (read !== undefined) return read;
    }
    for (const [at, { labels, tokens }] of lines.entries())
      for (const label of labels) {
        if (!field.labels.includes(label.label)) continue;
        if (zone !== undefined && !isInside(tokens[label.from]!, zone, page)) continue;
        if (type === 'text' && isSentence(tokens, label)) continue;
        const read =
          readValue(type, valueLines(field, lines, at, label), field.values) ??
          readValue(type, valueBelow(field, lines, at, label), field.values);
        // `Bằng tốt nghiệp` reads like `hạng tốt nghiệp`: what can be right goes before what cannot.
        if (read?.check.name === 'known-value' && read.check.outcome === 'failed') unknown ??= read;
        else if (read !== undefined) return read;
      }
  }
  if (unknown !== undefined) return unknown;
  if (type === 'name' && zone === undefined)
    return nameBehindHeading(parts.filter(({ role }) => role === field.role));
  return type === 'person-number' && field.role !== undefined && kind.cardCode === field.role
    ? onlyNumber(parts.at(-1)!.lines)
    : undefined;
}

/** What a paper says of one person; behind the name of another (`và vợ là bà: …`) it is said of that one. */
const PERSONAL = new Set([
  'personNumber',
  'oldIdNumber',
  'birthDate',
  'birthYear',
  'sex',
  'ethnicity',
  'idIssueDate',
]);

/**
 * Where a field is looked for: in the parts of its role. A role whose part is not marked, or was not found on the paper,
 * has what nobody else has: never the part of another person.
 */
function partsFor(kind: Kind, { name, role }: KindField, parts: readonly Part[]): readonly Part[] {
  const own = parts.filter((part) => part.role === role);
  if (role === undefined) return own;
  const property = name.slice(role.length + 1);
  if (own.length > 0)
    return PERSONAL.has(property)
      ? own.map((part) => ({ role, lines: untilSecondName(kind, role, part.lines) }))
      : own;
  const roles = Object.keys(kind.roles);
  const others = kind.fields.filter((field) => field.name.slice(field.name.indexOf('.') + 1) === property);
  if (roles.length > 1 && others.length === 1) return parts.slice(-1);
  const isMarked =
    kind.sections.some((section) => section.role === role) ||
    kind.columns?.some((column) => column.role === role);
  if (roles.length > 1 && isMarked) return [];
  // What stands before all parts; the last one is the whole page.
  return parts.slice(-2, -1);
}

function untilSecondName(kind: Kind, role: string, lines: readonly LabelledLine[]): readonly LabelledLine[] {
  const field = kind.fields.find(({ name, type }) => name === `${role}.fullName` && type === 'name');
  if (field === undefined) return lines;
  let first: string | undefined;
  for (const [at, { labels }] of lines.entries())
    for (const label of labels) {
      if (!field.labels.includes(label.label)) continue;
      const name = readValue('name', valueLines(field, lines, at, label), undefined)?.value;
      if (name === undefined || !name.includes(' ')) continue;
      if (first === undefined) first = foldVietnamese(name);
      else if (foldVietnamese(name) !== first)
        return range(lines, { line: 0, token: 0 }, { line: at, token: label.from });
    }
  return lines;
}

/** A card has one number: it needs no label. */
function onlyNumber(lines: readonly LabelledLine[]): ReadValue | undefined {
  const [first, ...others] = lines.flatMap(({ line }) => numbersIn(line));
  if (first === undefined || others.some(({ value }) => value !== first.value)) return undefined;
  return readValue('person-number', [tokensOf({ words: first.words })], undefined);
}

/** `Thời hạn và công việc`: a label's words inside a sentence. */
function isSentence(tokens: readonly Token[], { to }: FoundLabel): boolean {
  return (
    !/[:：]/.test(tokens[to - 1]!.stop) &&
    /^(?:va|hoac|cua|theo|trong|khi|nay|tren)$/.test(tokens[to]?.folded ?? '')
  );
}

const MAX_HEADING_WORDS = 8;

/** `Người ủy quyền: Trần Thị Mận`: who stands right behind the heading of her part needs no label. */
function nameBehindHeading(parts: readonly Part[]): ReadValue | undefined {
  for (const { role, lines } of parts) {
    const [heading] = lines;
    if (role === undefined || heading === undefined) continue;
    const colon = heading.tokens.findIndex(({ stop }) => /[:：]/.test(stop));
    if (colon < 0 || colon >= MAX_HEADING_WORDS) continue;
    const end = heading.labels.find(({ from }) => from > colon + 1)?.from;
    const read = readValue('name', [heading.tokens.slice(colon + 1, end)], undefined);
    if (read !== undefined) return read;
  }
  return undefined;
}

function isInside({ word: { box } }: Token, zone: NonNullable<KindField['zone']>, page: PageSize): boolean {
  const x = (box.x + box.width / 2) / page.width;
  const y = (box.y + box.height / 2) / page.height;
  return x >= zone.left && x <= zone.right && y >= zone.top && y <= zone.bottom;
}

const MAX_MORE_LINES = 3;

/** What stands behind a label up to the next one, on its line and on those that go on below. */
function valueLines(
  field: KindField,
  lines: readonly LabelledLine[],
  at: number,
  label: FoundLabel,
): ValueLines {
  const { tokens, labels } = lines[at]!;
  const stops = labels.filter(
    (other) => endsValue(field, tokens, other) && !(other.from === label.to && isAddress(other)),
  );
  // `Họ và tên / Full name:`: the second language is the same label once more.
  let end = skipBracket(tokens, label.to);
  let next = stops.find((other) => other.from >= end);
  while (next !== undefined && field.labels.includes(next.label) && next.from - end <= 1) {
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
function valueBelow(
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
  for (let at = from; at < Math.min(until, from + 7); at += 1) {
    const { text } = tokens[at]!;
    if (/\d/.test(text) && text.length > 1) return from;
    // `mẹ/Người nuôi dưỡng:` goes on behind its stroke.
    const goesOn = at > from && /^\//.test(tokens[at - 1]!.stop);
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
  if (lower.x > upper.x + upper.width || lower.x + lower.width < upper.x) return false;
  if (before.length === 0 || /[,\-–]$/.test(before.at(-1)!.stop.trim())) return true;
  // Print that is not justified ends somewhat before its right edge.
  const slack = Math.abs(lower.x - above.box.x) < height ? 3 * height : height;
  return upper.x + upper.width + first.word.box.width > above.right - slack;
}
