import type { PdfString, PdfValue } from './values.ts';

/** Thrown inside the reader for everything that is not PDF; turned into a typed error at its boundary. */
export class PdfSyntaxError extends Error {}

export interface Parsed {
  readonly value: PdfValue;
  /** Offset behind the value. */
  readonly end: number;
}

const MAX_DEPTH = 60;
const MAX_TOKEN_BYTES = 64;

const isSpace = (byte: number | undefined) =>
  byte === 0 || byte === 9 || byte === 10 || byte === 12 || byte === 13 || byte === 32;
const DELIMITERS = new Set(Buffer.from('()<>[]{}/%'));
const isRegular = (byte: number | undefined) => byte !== undefined && !isSpace(byte) && !DELIMITERS.has(byte);

/** Behind white space and comments. */
export function skipSpace(bytes: Buffer, at: number): number {
  let cursor = at;
  for (;;) {
    while (isSpace(bytes[cursor])) cursor++;
    if (bytes[cursor] !== 0x25) return cursor;
    while (cursor < bytes.length && bytes[cursor] !== 10 && bytes[cursor] !== 13) cursor++;
  }
}

/** Offset behind `word` when it stands there as a token of its own; undefined when it does not. */
export function skipKeyword(bytes: Buffer, at: number, word: string): number | undefined {
  const from = skipSpace(bytes, at);
  const end = from + word.length;
  return bytes.toString('latin1', from, end) === word && !isRegular(bytes[end]) ? end : undefined;
}

/** Reads one object at `at`: everything but streams, which follow their dictionary in the file only. */
export function parseValue(bytes: Buffer, at: number, depth = 0): Parsed {
  if (depth > MAX_DEPTH) throw new PdfSyntaxError('nested too deeply');
  const start = skipSpace(bytes, at);
  const byte = bytes[start];
  switch (byte) {
    case 0x2f:
      return parseName(bytes, start);
    case 0x28:
      return parseLiteral(bytes, start);
    case 0x5b:
      return parseArray(bytes, start, depth);
    case 0x3c:
      return bytes[start + 1] === 0x3c ? parseDict(bytes, start, depth) : parseHex(bytes, start);
  }
  const token = readToken(bytes, start);
  const end = start + token.length;
  if (token === 'true' || token === 'false') return { value: token === 'true', end };
  if (token === 'null') return { value: null, end };
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(token)) throw new PdfSyntaxError(`no object at ${start}`);
  if (/^\d{1,10}$/.test(token)) {
    const reference = parseReference(bytes, Number(token), end);
    if (reference !== undefined) return reference;
  }
  return { value: Number(token), end };
}

function parseReference(bytes: Buffer, number: number, at: number): Parsed | undefined {
  const second = skipSpace(bytes, at);
  const generation = readToken(bytes, second);
  if (second === at || !/^\d{1,5}$/.test(generation)) return undefined;
  const end = skipKeyword(bytes, second + generation.length, 'R');
  if (end === undefined) return undefined;
  return { value: { kind: 'ref', number, generation: Number(generation) }, end };
}

function readToken(bytes: Buffer, at: number): string {
  let end = at;
  while (isRegular(bytes[end]) && end - at < MAX_TOKEN_BYTES) end++;
  return bytes.toString('latin1', at, end);
}

function parseName(bytes: Buffer, start: number): Parsed {
  let end = start + 1;
  while (isRegular(bytes[end])) end++;
  const raw = bytes.toString('latin1', start + 1, end);
  const name = raw.replace(/#([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return { value: { kind: 'name', name }, end };
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, f: 12 };

function parseLiteral(bytes: Buffer, start: number): Parsed {
  const out: number[] = [];
  let open = 1;
  let at = start + 1;
  while (open > 0) {
    const byte = bytes[at++];
    if (byte === undefined) throw new PdfSyntaxError('a string without end');
    if (byte === 0x28) open++;
    else if (byte === 0x29) open--;
    if (open === 0) break;
    if (byte !== 0x5c) {
      out.push(byte);
      continue;
    }
    const octal = /^[0-7]{1,3}/.exec(bytes.toString('latin1', at, at + 3))?.[0];
    if (octal !== undefined) {
      out.push(Number.parseInt(octal, 8) & 0xff);
      at += octal.length;
      continue;
    }
    const escaped = bytes[at++];
    // A backslash at the end of a line joins it with the next.
    if (escaped === 13 && bytes[at] === 10) at++;
    if (escaped !== 10 && escaped !== 13 && escaped !== undefined)
      out.push(ESCAPES[String.fromCharCode(escaped)] ?? escaped);
  }
  return { value: text(Buffer.from(out), false, start, at), end: at };
}

function parseHex(bytes: Buffer, start: number): Parsed {
  const close = bytes.indexOf(0x3e, start);
  if (close < 0) throw new PdfSyntaxError('a string without end');
  const digits = bytes.toString('latin1', start + 1, close).replace(/[\s\0]/g, '');
  if (/[^0-9a-fA-F]/.test(digits)) throw new PdfSyntaxError('no hexadecimal string');
  const even = digits.length % 2 === 0 ? digits : `${digits}0`;
  return { value: text(Buffer.from(even, 'hex'), true, start, close + 1), end: close + 1 };
}

function text(bytes: Buffer, hex: boolean, start: number, end: number): PdfString {
  return { kind: 'string', bytes, hex, start, end };
}

function parseArray(bytes: Buffer, start: number, depth: number): Parsed {
  const values: PdfValue[] = [];
  let at = skipSpace(bytes, start + 1);
  while (bytes[at] !== 0x5d) {
    const { value, end } = parseValue(bytes, at, depth + 1);
    values.push(value);
    at = skipSpace(bytes, end);
  }
  return { value: values, end: at + 1 };
}

/** A key that stands twice is refused: readers differ in which one they take. */
function parseDict(bytes: Buffer, start: number, depth: number): Parsed {
  const dict = new Map<string, PdfValue>();
  let at = skipSpace(bytes, start + 2);
  while (!(bytes[at] === 0x3e && bytes[at + 1] === 0x3e)) {
    if (bytes[at] !== 0x2f) throw new PdfSyntaxError(`no key at ${at}`);
    const key = parseName(bytes, at);
    const { value, end } = parseValue(bytes, key.end, depth + 1);
    const { name } = key.value as { readonly name: string };
    if (dict.has(name)) throw new PdfSyntaxError(`a key twice at ${at}`);
    dict.set(name, value);
    at = skipSpace(bytes, end);
  }
  return { value: dict, end: at + 2 };
}
