import type { Line, PageField } from '../page.ts';
import { splitColumns } from './columns.ts';
import { type ReadValue, readValue, type ValueLines } from './field-values.ts';
import { isCapitalised } from './full-name.ts';
import { type FoundLabel, findLabels, type Label, type ReadLine, readLines, toLabel } from './labels.ts';
import type { Kind, KindField } from './load-kinds.ts';
import { boundsOfWords, lowestConfidence, type Token } from './tokens.ts';

/** Size of the page, for the zones of its kind. */
export interface PageSize {
  readonly width: number;
  readonly height: number;
}

interface LabelledLine extends ReadLine {
  readonly labels: readonly FoundLabel[];
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
    const read = findField(field, parts, page);
    if (read !== undefined) found.push(toPageField(kind, field, read));
  }
  return found;
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

function splitPage(kind: Kind, all: readonly ReadLine[], labels: readonly Label[]): readonly Part[] {
  const withLabels = (lines: readonly ReadLine[]) =>
    lines.map((line): LabelledLine => ({ ...line, labels: findLabels(line.tokens, labels) }));
  const ends = kind.sections
    .filter(({ role }) => role === undefined)
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
      const first = from === 0 || (from === 1 && /^(?:\d{1,2}|[IVX]+)$/.test(tokens[0]!.text));
      return { line, token: first ? 0 : from, first, long: label.length >= MIN_INLINE_START };
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
    line: line.line,
    tokens: line.tokens.slice(from, to),
    labels: line.labels
      .filter((label) => label.from >= from && label.to <= to)
      .map((label) => ({ ...label, from: label.from - from, to: label.to - from })),
  };
}

function findField(field: KindField, parts: readonly Part[], page: PageSize): ReadValue | undefined {
  const { type, zone } = field;
  if (type === 'mrz') return undefined;
  const own = parts.filter((part) => part.role === field.role);
  // A role without a part of its own is looked for on the whole page.
  const searched = own.length > 0 ? own : parts.slice(-1);
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
        const read = readValue(type, valueLines(field, lines, at, label), field.values);
        if (read !== undefined) return read;
      }
  }
  return type === 'name' && zone === undefined ? nameBehindHeading(own) : undefined;
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
  // `Họ và tên / Full name:`: the second language is the same label once more.
  let end = label.to;
  let next = labels.find((other) => other.from >= end);
  while (next !== undefined && field.labels.includes(next.label) && next.from - end <= 1) {
    end = next.to;
    next = labels.find((other) => other.from >= end);
  }
  const until = next === undefined ? tokens.length : withoutNumbering(tokens, next.from);
  const value: (readonly Token[])[] = [tokens.slice(skipToColon(tokens, end, until), until)];
  if (next !== undefined) return value;
  for (let below = at + 1; below < lines.length && below <= at + MAX_MORE_LINES; below += 1) {
    const line = lines[below]!;
    if (!goesOn(lines, below, value.at(-1)!)) break;
    const stop = line.labels[0]?.from ?? line.tokens.length;
    value.push(line.tokens.slice(0, stop));
    if (stop < line.tokens.length) break;
  }
  return value;
}

/** `5. Số điện thoại: … 6. Email:`: the number before a label belongs to it. */
function withoutNumbering(tokens: readonly Token[], label: number): number {
  const before = tokens[label - 1];
  return before !== undefined && /^\d{1,2}$/.test(before.text) && /^[.)]/.test(before.stop)
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
    if (isCapitalised(text) && !/^(?:CCCD|CMND|No|Full|Date|Sex|Place)$/.test(text)) return from;
    if (ends(tokens[at])) return at + 1;
  }
  return from;
}

/** Whether the line below continues a value: near, without a label in front, and broken where the line was full. */
function goesOn(lines: readonly LabelledLine[], below: number, before: readonly Token[]): boolean {
  const line = lines[below]!;
  const above = lines[below - 1]!;
  const first = line.tokens[0];
  if (first === undefined || above.tokens.length === 0) return false;
  const label = line.labels[0];
  if (label !== undefined && (label.from === 0 || (label.from === 1 && /^\d{1,2}$/.test(first.text))))
    return false;
  const upper = boundsOfWords(above.tokens.map((token) => token.word));
  const lower = boundsOfWords(line.tokens.map((token) => token.word));
  const height = Math.max(upper.height, lower.height);
  const gap = lower.y - (upper.y + upper.height);
  if (gap > 1.6 * height || gap < -0.6 * height) return false;
  if (lower.x > upper.x + upper.width || lower.x + lower.width < upper.x) return false;
  if (before.length === 0 || /[,\-–]$/.test(before.at(-1)!.stop.trim())) return true;
  const near = lines.slice(Math.max(0, below - 6), below + 6).filter(({ tokens }) => tokens.length > 0);
  const right = Math.max(
    ...near.map(({ tokens }) => {
      const box = boundsOfWords(tokens.map((token) => token.word));
      return box.x < upper.x + upper.width ? box.x + box.width : 0;
    }),
  );
  return upper.x + upper.width + first.word.box.width > right - height;
}
