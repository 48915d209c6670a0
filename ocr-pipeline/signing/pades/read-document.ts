import { inflateSync } from 'node:zlib';
import { err, ok, type Result } from '@motcua/core';
import { PdfSyntaxError, parseValue, skipKeyword, skipSpace } from './parse-value.ts';
import { hasKind, isArray, isDict, nameOf, type PdfDict, type PdfRef, type PdfValue } from './values.ts';

export type PdfReadError = {
  /**
   * `damaged`: not what ISO 32000 says a PDF is; readers that repair differ in what they show, so it is neither signed
   * nor verified. `unsupported`: hybrid cross-references, filters that structures do not use.
   */
  readonly code: 'pdf-damaged' | 'pdf-encrypted' | 'pdf-unsupported';
  readonly detail: string;
};

export type XrefEntry =
  | { readonly kind: 'free' }
  | { readonly kind: 'at'; readonly offset: number; readonly generation: number }
  | { readonly kind: 'in-stream'; readonly stream: number; readonly index: number };

/** One cross-reference section: the original document or an incremental update. */
export interface Section {
  readonly offset: number;
  readonly form: 'table' | 'stream';
  readonly entries: ReadonlyMap<number, XrefEntry>;
  readonly trailer: PdfDict;
}

/** The document as it was after some of its sections. */
export interface PdfView {
  readonly entries: ReadonlyMap<number, XrefEntry>;
  readonly trailer: PdfDict;
  /** The indirect object; null for one that does not exist. Throws PdfSyntaxError. */
  object(number: number): PdfValue;
  /** The value itself, through any references. */
  resolve(value: PdfValue | undefined): PdfValue;
  catalogue(): { readonly reference: PdfRef; readonly dict: PdfDict };
}

export interface PdfDocument {
  readonly bytes: Buffer;
  /** Oldest first. */
  readonly sections: readonly Section[];
  /** Of the newest section unless `sections` says how many of the oldest count. */
  view(sections?: number): PdfView;
  /** Offset behind the `%%EOF` that ends the file. */
  readonly end: number;
}

const MAX_SECTIONS = 200;
const MAX_OBJECTS = 2_000_000;
const MAX_INFLATED_BYTES = 134_217_728;

/** Reads the cross-references of a whole file and believes only them; objects are read when they are asked for. */
export function readPdf(bytes: Buffer): Result<PdfDocument, PdfReadError> {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof PdfSyntaxError) return err({ code: 'pdf-damaged', detail: error.message });
    throw error;
  }
}

/** Runs `work` on a document whose objects may turn out to be damaged. */
export function guarded<T>(work: () => T): Result<T, PdfReadError> {
  try {
    return ok(work());
  } catch (error) {
    if (error instanceof PdfSyntaxError) return err({ code: 'pdf-damaged', detail: error.message });
    throw error;
  }
}

function read(bytes: Buffer): Result<PdfDocument, PdfReadError> {
  if (bytes.toString('latin1', 0, 5) !== '%PDF-') throw new PdfSyntaxError('no header at the first byte');
  const last = readEnd(bytes, bytes.length);
  const sections: Section[] = [];
  const seen = new Set<number>();
  let objects = 0;
  for (let offset: number | undefined = last.startxref; offset !== undefined; ) {
    if (seen.has(offset) || sections.length >= MAX_SECTIONS)
      throw new PdfSyntaxError('cross-references in a circle');
    seen.add(offset);
    const section: Section = readSection(bytes, offset);
    objects += section.entries.size;
    const size = section.trailer.get('Size');
    // Readers take objects from Size on for missing (ISO 32000-1, 7.5.5).
    for (const number of section.entries.keys())
      if (typeof size !== 'number' || number >= size) throw new PdfSyntaxError('an object beyond Size');
    if (objects > MAX_OBJECTS) throw new PdfSyntaxError('too many objects');
    if (section.trailer.has('XRefStm'))
      return err({ code: 'pdf-unsupported', detail: 'hybrid cross-references' });
    if (section.trailer.has('Encrypt'))
      return err({ code: 'pdf-encrypted', detail: 'Encrypt in the trailer' });
    sections.unshift(section);
    const previous: PdfValue | undefined = section.trailer.get('Prev');
    if (previous !== undefined && typeof previous !== 'number') throw new PdfSyntaxError('Prev is no number');
    offset = previous;
  }
  return ok({ bytes, sections, end: last.end, view: (count) => createView(bytes, sections.slice(0, count)) });
}

/** `startxref`, offset, `%%EOF` at the end of the first `limit` bytes, with nothing but an end of line behind. */
export function readEnd(bytes: Buffer, limit: number): { readonly startxref: number; readonly end: number } {
  const from = Math.max(0, limit - 1_024);
  const tail = bytes.toString('latin1', from, limit);
  const found = /startxref[\r\n\t ]+(\d{1,12})[\r\n\t ]+%%EOF[\r\n\t \0]*$/.exec(tail);
  if (!found?.[1] || tail.indexOf('%%EOF', found.index) !== tail.lastIndexOf('%%EOF'))
    throw new PdfSyntaxError('no startxref and %%EOF at the end');
  return { startxref: Number(found[1]), end: from + tail.lastIndexOf('%%EOF') + 5 };
}

function readSection(bytes: Buffer, offset: number): Section {
  if (offset >= bytes.length) throw new PdfSyntaxError('a cross-reference beyond the file');
  return bytes.toString('latin1', offset, offset + 4) === 'xref'
    ? readTable(bytes, offset)
    : readXrefStream(bytes, offset);
}

function readTable(bytes: Buffer, offset: number): Section {
  const entries = new Map<number, XrefEntry>();
  let at = skipSpace(bytes, offset + 4);
  for (;;) {
    const trailerAt = skipKeyword(bytes, at, 'trailer');
    if (trailerAt !== undefined) {
      const { value } = parseValue(bytes, trailerAt);
      if (!isDict(value)) throw new PdfSyntaxError('no trailer');
      return { offset, form: 'table', entries, trailer: value };
    }
    const head = /^(\d{1,10}) (\d{1,10})[ \t]*(\r\n|\n|\r)/.exec(bytes.toString('latin1', at, at + 40));
    if (!head) throw new PdfSyntaxError(`no subsection at ${at}`);
    at += head[0].length;
    const [first, count] = [Number(head[1]), Number(head[2])];
    if (count > MAX_OBJECTS || at + count * 20 > bytes.length)
      throw new PdfSyntaxError('a table beyond the file');
    for (let index = 0; index < count; index++, at += 20) {
      const row = /^(\d{10}) (\d{5}) ([nf])(?: \r| \n|\r\n)$/.exec(bytes.toString('latin1', at, at + 20));
      if (!row) throw new PdfSyntaxError(`no entry at ${at}`);
      if (entries.has(first + index)) throw new PdfSyntaxError('an entry twice');
      entries.set(
        first + index,
        row[3] === 'n'
          ? { kind: 'at', offset: Number(row[1]), generation: Number(row[2]) }
          : { kind: 'free' },
      );
    }
    at = skipSpace(bytes, at);
  }
}

function readXrefStream(bytes: Buffer, offset: number): Section {
  const { value } = readObjectAt(bytes, offset, undefined, () => null);
  if (!hasKind(value, 'stream') || nameOf(value.dict.get('Type')) !== 'XRef')
    throw new PdfSyntaxError(`no cross-reference at ${offset}`);
  const { dict } = value;
  const numbers = (key: string): number[] | undefined => {
    const list = dict.get(key);
    if (!isArray(list)) return undefined;
    return list.map((one) => (typeof one === 'number' && Number.isSafeInteger(one) && one >= 0 ? one : -1));
  };
  const widths = numbers('W');
  const size = dict.get('Size');
  if (widths?.length !== 3 || widths.some((one) => one < 0 || one > 8) || typeof size !== 'number')
    throw new PdfSyntaxError('no cross-reference stream');
  const index = numbers('Index') ?? [0, size];
  const data = decodeStream(value.raw, dict);
  const [w0 = 0, w1 = 0, w2 = 0] = widths;
  const width = w0 + w1 + w2;
  const field = (at: number, length: number) => {
    let number = 0;
    for (let i = 0; i < length; i++) number = number * 256 + (data[at + i] ?? 0);
    return number;
  };
  const entries = new Map<number, XrefEntry>();
  let at = 0;
  for (let pair = 0; pair + 1 < index.length; pair += 2) {
    const [first = -1, count = -1] = index.slice(pair, pair + 2);
    if (first < 0 || count < 0 || count > MAX_OBJECTS || at + count * width > data.length)
      throw new PdfSyntaxError('a cross-reference stream that is too short');
    for (let number = first; number < first + count; number++, at += width) {
      const type = w0 === 0 ? 1 : field(at, w0);
      const [second, third] = [field(at + w0, w1), field(at + w0 + w1, w2)];
      if (entries.has(number)) throw new PdfSyntaxError('an entry twice');
      if (type === 0) entries.set(number, { kind: 'free' });
      else if (type === 1) entries.set(number, { kind: 'at', offset: second, generation: third });
      else if (type === 2) entries.set(number, { kind: 'in-stream', stream: second, index: third });
      else throw new PdfSyntaxError('an entry of an unknown type');
    }
  }
  return { offset, form: 'stream', entries, trailer: dict };
}

/** An indirect object at its place; its number is checked when it is known. */
export function readObjectAt(
  bytes: Buffer,
  offset: number,
  expected: { readonly number: number; readonly generation: number } | undefined,
  lengthOf: (reference: PdfRef) => PdfValue,
): { readonly value: PdfValue; readonly end: number } {
  const head = /^(\d{1,10}) (\d{1,5}) obj/.exec(bytes.toString('latin1', offset, offset + 24));
  if (!head) throw new PdfSyntaxError(`no object at ${offset}`);
  if (expected && (Number(head[1]) !== expected.number || Number(head[2]) !== expected.generation))
    throw new PdfSyntaxError(`another object at ${offset}`);
  const parsed = parseValue(bytes, offset + head[0].length);
  const ended = skipKeyword(bytes, parsed.end, 'endobj');
  if (ended !== undefined) return { value: parsed.value, end: ended };
  const streamAt = skipKeyword(bytes, parsed.end, 'stream');
  if (streamAt === undefined || !isDict(parsed.value))
    throw new PdfSyntaxError(`an object without end at ${offset}`);
  const dict = parsed.value;
  const start =
    bytes[streamAt] === 13 && bytes[streamAt + 1] === 10
      ? streamAt + 2
      : bytes[streamAt] === 10
        ? streamAt + 1
        : -1;
  const stated = dict.get('Length');
  const length = hasKind(stated, 'ref') ? lengthOf(stated) : stated;
  if (start < 0 || typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0)
    throw new PdfSyntaxError(`a stream without length at ${offset}`);
  const closed = skipKeyword(bytes, start + length, 'endstream');
  const end = closed === undefined ? undefined : skipKeyword(bytes, closed, 'endobj');
  if (end === undefined) throw new PdfSyntaxError(`a stream without end at ${offset}`);
  return { value: { kind: 'stream', dict, raw: bytes.subarray(start, start + length) }, end };
}

function createView(bytes: Buffer, sections: readonly Section[]): PdfView {
  const entries = new Map<number, XrefEntry>();
  for (const section of sections) for (const [number, entry] of section.entries) entries.set(number, entry);
  const trailer = sections.at(-1)?.trailer ?? new Map();
  const cache = new Map<number, PdfValue>();
  const objectStreams = new Map<number, ReadonlyMap<number, PdfValue>>();
  const reading = new Set<number>();

  const object = (number: number): PdfValue => {
    const known = cache.get(number);
    if (known !== undefined) return known;
    const entry = entries.get(number);
    if (entry === undefined || entry.kind === 'free') return null;
    if (reading.has(number)) throw new PdfSyntaxError('objects in a circle');
    reading.add(number);
    try {
      const value =
        entry.kind === 'at'
          ? readObjectAt(bytes, entry.offset, { number, generation: entry.generation }, resolve).value
          : fromStream(number, entry.stream);
      cache.set(number, value);
      return value;
    } finally {
      reading.delete(number);
    }
  };
  const fromStream = (number: number, stream: number): PdfValue => {
    const container = object(stream);
    if (!hasKind(container, 'stream') || nameOf(container.dict.get('Type')) !== 'ObjStm')
      throw new PdfSyntaxError('no object stream');
    const known = objectStreams.get(stream) ?? readObjectStream(container.raw, container.dict);
    objectStreams.set(stream, known);
    const value = known.get(number);
    if (value === undefined) throw new PdfSyntaxError('an object that its stream does not hold');
    return value;
  };
  const resolve = (value: PdfValue | undefined): PdfValue => {
    let current: PdfValue = value ?? null;
    for (let hop = 0; hasKind(current, 'ref'); hop++) {
      if (hop > 20) throw new PdfSyntaxError('references in a circle');
      const entry = entries.get(current.number);
      const generation = entry?.kind === 'at' ? entry.generation : 0;
      current = generation === current.generation ? object(current.number) : null;
    }
    return current;
  };
  return {
    entries,
    trailer,
    object,
    resolve,
    catalogue: () => {
      const reference = trailer.get('Root');
      const dict = resolve(reference);
      if (!hasKind(reference, 'ref') || !isDict(dict)) throw new PdfSyntaxError('no catalogue');
      return { reference, dict };
    },
  };
}

function readObjectStream(raw: Buffer, dict: PdfDict): ReadonlyMap<number, PdfValue> {
  const [count, first] = [dict.get('N'), dict.get('First')];
  if (typeof count !== 'number' || typeof first !== 'number' || count > MAX_OBJECTS || count < 0)
    throw new PdfSyntaxError('no object stream');
  const data = decodeStream(raw, dict);
  const heads = data.toString('latin1', 0, first).trim().split(/\s+/).map(Number);
  const objects = new Map<number, PdfValue>();
  for (let index = 0; index < count; index++) {
    const [number, offset] = heads.slice(index * 2, index * 2 + 2);
    if (number === undefined || offset === undefined || !Number.isSafeInteger(first + offset))
      throw new PdfSyntaxError('no object stream');
    if (objects.has(number)) throw new PdfSyntaxError('an object twice in its stream');
    objects.set(number, parseValue(data, first + offset).value);
  }
  return objects;
}

/** Structures use no filter or Flate, with or without a PNG predictor. */
export function decodeStream(raw: Buffer, dict: PdfDict): Buffer {
  const filter = dict.get('Filter');
  const single = isArray(filter) ? (filter.length <= 1 ? filter[0] : undefined) : filter;
  if (filter === undefined || (isArray(filter) && filter.length === 0)) return raw;
  if (nameOf(single) !== 'FlateDecode') throw new PdfSyntaxError('a structure behind an unusual filter');
  let data: Buffer;
  try {
    data = inflateSync(raw, { maxOutputLength: MAX_INFLATED_BYTES });
  } catch {
    throw new PdfSyntaxError('a structure that does not inflate');
  }
  const given = dict.get('DecodeParms');
  const parameters = isArray(given) ? given[0] : given;
  const number = (key: string, otherwise: number) => {
    const value = isDict(parameters) ? parameters.get(key) : undefined;
    return typeof value === 'number' ? value : otherwise;
  };
  const predictor = number('Predictor', 1);
  if (predictor === 1) return data;
  if (predictor < 10 || number('Colors', 1) !== 1 || number('BitsPerComponent', 8) !== 8)
    throw new PdfSyntaxError('an unusual predictor');
  return undoPng(data, number('Columns', 1));
}

function undoPng(data: Buffer, columns: number): Buffer {
  if (!Number.isInteger(columns) || columns < 1 || columns > 100_000)
    throw new PdfSyntaxError('an unusual predictor');
  const rows = Math.floor(data.length / (columns + 1));
  const out = Buffer.alloc(rows * columns);
  for (let row = 0; row < rows; row++) {
    const type = data[row * (columns + 1)] ?? 0;
    for (let column = 0; column < columns; column++) {
      const value = data[row * (columns + 1) + 1 + column] ?? 0;
      const left = column > 0 ? (out[row * columns + column - 1] ?? 0) : 0;
      const up = row > 0 ? (out[(row - 1) * columns + column] ?? 0) : 0;
      const corner = row > 0 && column > 0 ? (out[(row - 1) * columns + column - 1] ?? 0) : 0;
      out[row * columns + column] = value + predicted(type, left, up, corner);
    }
  }
  return out;
}

function predicted(type: number, left: number, up: number, corner: number): number {
  switch (type) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const estimate = left + up - corner;
      const [a, b, c] = [left, up, corner].map((one) => Math.abs(estimate - one)) as [number, number, number];
      return a <= b && a <= c ? left : b <= c ? up : corner;
    }
    default:
      throw new PdfSyntaxError('an unusual predictor');
  }
}
