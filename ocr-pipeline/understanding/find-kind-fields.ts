import { foldVietnamese } from '@motcua/core';
import type { Line, PageField } from '../page.ts';
import { type ReadValue, readValue } from './field-values.ts';
import { type FoundLabel, readLines, toLabel } from './labels.ts';
import type { Kind, KindField } from './load-kinds.ts';
import { type LabelledLine, type Part, range, splitPage } from './page-parts.ts';
import { readPaperDate } from './paper-date.ts';
import { numbersIn } from './person-number.ts';
import { boundsOfWords, lowestConfidence, type Token, tokensOf } from './tokens.ts';
import { valueBelow, valueLines } from './value-lines.ts';

/** Size of the page, for the zones of its kind. */
export interface PageSize {
  readonly width: number;
  readonly height: number;
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
  return parts.slice(-2, -1).map((head) => ({
    role: undefined,
    lines: PERSONAL.has(property) ? untilSecondName(kind, role, head.lines) : head.lines,
  }));
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

const MAX_COLON_AT = 8;

/** `Người ủy quyền: Trần Thị Mận`: who stands right behind the heading of her part needs no label. */
function nameBehindHeading(parts: readonly Part[]): ReadValue | undefined {
  for (const { role, lines } of parts) {
    const [heading] = lines;
    if (role === undefined || heading === undefined) continue;
    const colon = heading.tokens.findIndex(({ stop }) => /[:：]/.test(stop));
    if (colon < 0 || colon >= MAX_COLON_AT) continue;
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
