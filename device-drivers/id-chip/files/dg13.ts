import { err, ok, type Result } from '@motcua/core';
import { smallInteger } from '../security-infos.ts';
import { readTlvs, type Tlv } from '../tlv.ts';

/** What Vietnam keeps in DG13. Null where the card says nothing, or nothing that can be read. */
export interface HolderDetails {
  /** Twelve digits. */
  readonly number: string | null;
  /** NFC, as on the card. */
  readonly name: string | null;
  /** `YYYY-MM-DD`; null as well when the card states a year only: see `texts`. */
  readonly birthDate: string | null;
  readonly sex: 'male' | 'female' | null;
  readonly nationality: string | null;
  readonly ethnicity: string | null;
  readonly religion: string | null;
  readonly placeOfOrigin: string | null;
  readonly residence: string | null;
  readonly identifyingMarks: string | null;
  readonly issueDate: string | null;
  /** Null for the cards that do not expire, which say so in words. */
  readonly expiryDate: string | null;
  readonly father: string | null;
  readonly mother: string | null;
  readonly spouse: string | null;
  /** CMND: nine digits. Stands at 15 or 16; the other of the two is unknown. */
  readonly oldNumber: string | null;
  /** Every string of every entry, in order, by its number. */
  readonly texts: ReadonlyMap<number, readonly string[]>;
}

export type Dg13Error = { readonly code: 'dg13-malformed' };

const MAX_DEPTH = 8;
const MAX_STRINGS = 16;
const MAX_LENGTH = 1_000;
const MAX_NUMBER = 64;

/**
 * `6D { 30 { version, object identifier, 31 { 30 { n, value } … } } }`. The layouts differ in how a value holds more
 * than one string (father and mother): the strings are collected in order, whatever holds them. Entries may be
 * missing, of any string type, in any order.
 */
export function parseDg13(bytes: Uint8Array): Result<HolderDetails, Dg13Error> {
  const outer = readTlvs(bytes, { maxSiblings: 1 });
  const template = outer.ok ? outer.value[0] : undefined;
  const entries = template?.tag === 0x6d ? findEntries(template.value, 0) : undefined;
  if (!entries) return err({ code: 'dg13-malformed' });
  const texts = new Map<number, readonly string[]>();
  for (const [number, parts] of entries) {
    const strings: string[] = [];
    for (const part of parts) collect(part, strings, 0);
    if (!texts.has(number)) texts.set(number, strings);
  }
  const first = (number: number) => texts.get(number)?.[0] || null;
  const [father, mother] = texts.get(13) ?? [];
  const candidates = [...(texts.get(15) ?? []), ...(texts.get(16) ?? [])];
  return ok({
    number: /^\d{12}$/.test(first(1) ?? '') ? first(1) : null,
    name: first(2),
    birthDate: dayOf(first(3)),
    sex: sexOf(first(4)),
    nationality: first(5),
    ethnicity: first(6),
    religion: first(7),
    placeOfOrigin: first(8),
    residence: first(9),
    identifyingMarks: first(10),
    issueDate: dayOf(first(11)),
    expiryDate: dayOf(first(12)),
    father: father || null,
    mother: mother || null,
    spouse: first(14),
    oldNumber: candidates.find((text) => /^\d{9}$/.test(text)) ?? null,
    texts,
  });
}

type Entry = readonly [number: number, parts: readonly Tlv[]];

/** The first level all of whose objects are a SEQUENCE that begins with a small number. */
function findEntries(bytes: Uint8Array, depth: number): readonly Entry[] | undefined {
  const level = readTlvs(bytes, { maxSiblings: MAX_NUMBER });
  if (!level.ok || depth > MAX_DEPTH) return undefined;
  const entries = level.value.map(entryOf);
  if (entries.length > 0 && entries.every((entry) => entry !== undefined)) return entries;
  for (const each of level.value) {
    const found = each.constructed ? findEntries(each.value, depth + 1) : undefined;
    if (found) return found;
  }
  return undefined;
}

function entryOf(object: Tlv): Entry | undefined {
  const parts = object.tag === 0x30 ? readTlvs(object.value, { maxSiblings: MAX_STRINGS }) : undefined;
  if (!parts?.ok) return undefined;
  const [head, ...rest] = parts.value;
  const number = smallInteger(head?.raw);
  // The level above begins with a number as well, its version; an object identifier follows that.
  if (number === undefined || number > MAX_NUMBER || rest[0]?.tag === 0x06) return undefined;
  return [number, rest];
}

function collect(object: Tlv, strings: string[], depth: number): void {
  if (strings.length >= MAX_STRINGS || depth > MAX_DEPTH) return;
  const text = textOf(object);
  if (text !== undefined) strings.push(text);
  if (!object.constructed) return;
  const inner = readTlvs(object.value, { maxSiblings: MAX_STRINGS });
  if (inner.ok) for (const each of inner.value) collect(each, strings, depth + 1);
}

/** UTF8String, PrintableString, T61String, IA5String, BMPString, UTCTime, GeneralizedTime, VisibleString, OCTET STRING. */
function textOf({ tag, value }: Tlv): string | undefined {
  const encodings: Readonly<Record<number, string>> = {
    4: 'utf-8',
    12: 'utf-8',
    19: 'utf-8',
    20: 'utf-8',
    22: 'utf-8',
    23: 'utf-8',
    24: 'utf-8',
    26: 'utf-8',
    30: 'utf-16be',
  };
  const encoding = encodings[tag];
  if (!encoding || value.length > MAX_LENGTH * 4) return undefined;
  const text = new TextDecoder(encoding, { fatal: false }).decode(value).normalize('NFC').trim();
  // A part that only the agency can read is no text: better none than noise.
  if (text.length > MAX_LENGTH || /[\uFFFD\p{Cc}]/u.test(text.replace(/[\r\n\t]/g, ' '))) return undefined;
  return text.replace(/\s+/gu, ' ');
}

/** `dd/mm/yyyy` → `YYYY-MM-DD`. */
function dayOf(text: string | null): string | null {
  const [, day, month, year] = /^(\d{2})[/.-](\d{2})[/.-](\d{4})$/.exec(text ?? '') ?? [];
  const date = `${year}-${month}-${day}`;
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 10) === date ? date : null;
}

function sexOf(text: string | null): HolderDetails['sex'] {
  const lower = text?.toLowerCase();
  return lower === 'nam' ? 'male' : lower === 'nữ' ? 'female' : null;
}
