/** Objects of PDF (ISO 32000-1, 7.3). */
export interface PdfName {
  readonly kind: 'name';
  /** Decoded; each character is one byte. */
  readonly name: string;
}
export interface PdfRef {
  readonly kind: 'ref';
  readonly number: number;
  readonly generation: number;
}
export interface PdfString {
  readonly kind: 'string';
  readonly bytes: Buffer;
  readonly hex: boolean;
  /** Where it stands in the file, delimiters included; of no meaning inside object streams. */
  readonly start: number;
  readonly end: number;
}
export type PdfDict = ReadonlyMap<string, PdfValue>;
export interface PdfStream {
  readonly kind: 'stream';
  readonly dict: PdfDict;
  /** As in the file, filters not undone. */
  readonly raw: Buffer;
}
export type PdfValue =
  | null
  | boolean
  | number
  | PdfName
  | PdfRef
  | PdfString
  | PdfStream
  | PdfDict
  | readonly PdfValue[];

export function isDict(value: PdfValue | undefined): value is PdfDict {
  return value instanceof Map;
}

export function isArray(value: PdfValue | undefined): value is readonly PdfValue[] {
  return Array.isArray(value);
}

export function hasKind<Kind extends 'name' | 'ref' | 'string' | 'stream'>(
  value: PdfValue | undefined,
  kind: Kind,
): value is Extract<PdfValue, { readonly kind: Kind }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

export function nameOf(value: PdfValue | undefined): string | undefined {
  return hasKind(value, 'name') ? value.name : undefined;
}

export function ref(number: number, generation = 0): PdfRef {
  return { kind: 'ref', number, generation };
}

/** In PDF syntax, Latin-1; streams stand apart and cannot be written inside another value. */
export function serialize(value: PdfValue): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : value.toFixed(6).replace(/\.?0+$/, '');
  if (isArray(value)) return `[${value.map(serialize).join(' ')}]`;
  if (isDict(value))
    return `<< ${[...value].map(([key, one]) => `${writeName(key)} ${serialize(one)}`).join(' ')} >>`;
  switch (value.kind) {
    case 'name':
      return writeName(value.name);
    case 'ref':
      return `${value.number} ${value.generation} R`;
    case 'string':
      return `<${value.bytes.toString('hex').toUpperCase()}>`;
    case 'stream':
      throw new Error('a stream is an object of its own');
  }
}

function writeName(text: string): string {
  return `/${text.replace(/[^!-~]|[#%()<>[\]{}/]/g, (char) => `#${char.charCodeAt(0).toString(16).padStart(2, '0')}`)}`;
}

/** Same value, wherever it stands; numbers by value, strings by their bytes, streams to the byte. */
export function sameValue(one: PdfValue | undefined, other: PdfValue | undefined): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (isArray(one) || isArray(other))
    return (
      isArray(one) &&
      isArray(other) &&
      one.length === other.length &&
      one.every((value, index) => sameValue(value, other[index]))
    );
  if (isDict(one) || isDict(other))
    return (
      isDict(one) &&
      isDict(other) &&
      one.size === other.size &&
      [...one].every(([key, value]) => other.has(key) && sameValue(value, other.get(key)))
    );
  switch (one.kind) {
    case 'name':
      return other.kind === 'name' && one.name === other.name;
    case 'ref':
      return other.kind === 'ref' && one.number === other.number && one.generation === other.generation;
    case 'string':
      return other.kind === 'string' && one.bytes.equals(other.bytes);
    case 'stream':
      return other.kind === 'stream' && one.raw.equals(other.raw) && sameValue(one.dict, other.dict);
  }
}
