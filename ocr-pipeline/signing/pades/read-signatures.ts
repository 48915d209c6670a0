import { readTlv } from '../der.ts';
import { signatureFields } from './form.ts';
import { PdfSyntaxError } from './parse-value.ts';
import { type PdfDocument, readEnd, readObjectAt } from './read-document.ts';
import { hasKind, isArray, isDict, nameOf, type PdfDict, type PdfRef } from './values.ts';

export type PdfSignatureFault =
  /** ByteRange is missing, of an odd form, or leaves out something else than this signature's Contents. */
  | 'pdf-byte-range-wrong'
  /** Contents is no DER with nothing but zeros behind it. */
  | 'pdf-contents-wrong'
  /** What is covered does not end where a revision of the document ends, or needs bytes that are not covered. */
  | 'pdf-revision-wrong';

export interface PlacedSignature {
  readonly field: PdfRef | null;
  readonly fieldName: string;
  readonly dict: PdfDict;
  readonly kind: 'pades' | 'pdf-cms' | 'time-stamp' | 'unsupported';
  readonly fault: PdfSignatureFault | null;
  /** DER of the CMS. */
  readonly cms: Uint8Array;
  /** Bytes covered: from 0 to the first, from the second to the third. */
  readonly covered: readonly [number, number, number];
  /** How many sections of the document existed when it was made. */
  readonly sections: number;
}

const KINDS: Readonly<Record<string, PlacedSignature['kind']>> = {
  'ETSI.CAdES.detached': 'pades',
  'adbe.pkcs7.detached': 'pdf-cms',
  'ETSI.RFC3161': 'time-stamp',
};

/**
 * Signatures and document time-stamps of the form, each with the place that it claims, oldest first. Throws
 * PdfSyntaxError when the document's objects cannot be read.
 */
export function readSignatures(document: PdfDocument): PlacedSignature[] {
  const view = document.view();
  const placed = signatureFields(view).flatMap((field) => {
    const value = field.dict.get('V');
    const dict = view.resolve(value);
    if (value === undefined || !isDict(dict)) return [];
    const kind = KINDS[nameOf(view.resolve(dict.get('SubFilter'))) ?? ''] ?? 'unsupported';
    const common = { field: field.reference, fieldName: field.name, dict, kind };
    const wrong = (fault: PdfSignatureFault): PlacedSignature => ({
      ...common,
      fault,
      cms: new Uint8Array(),
      covered: [0, 0, 0],
      sections: 0,
    });
    const covered = readByteRange(dict, document.bytes);
    // In an object stream the places of its strings are not those of the file.
    const inFile = !hasKind(value, 'ref') || view.entries.get(value.number)?.kind === 'at';
    const contents = dict.get('Contents');
    if (covered === undefined || !inFile || !hasKind(contents, 'string') || !contents.hex)
      return [wrong('pdf-byte-range-wrong')];
    if (contents.start !== covered[0] || contents.end !== covered[1]) return [wrong('pdf-byte-range-wrong')];
    const cms = readContents(document.bytes.subarray(contents.start + 1, contents.end - 1), contents.bytes);
    if (cms === undefined) return [wrong('pdf-contents-wrong')];
    const sections = signedSections(document, covered[2]);
    if (sections === undefined) return [wrong('pdf-revision-wrong')];
    return [{ ...common, fault: null, cms, covered, sections }];
  });
  return placed.sort((a, b) => a.covered[2] - b.covered[2]);
}

function readByteRange(dict: PdfDict, bytes: Buffer): readonly [number, number, number] | undefined {
  const range = dict.get('ByteRange');
  if (!isArray(range) || range.length !== 4) return undefined;
  const [zero, first, second, length] = range;
  const sound = [zero, first, second, length].every(
    (one) => Number.isSafeInteger(one) && (one as number) >= 0,
  );
  if (!sound) return undefined;
  const [from, open, close, rest] = range as readonly [number, number, number, number];
  return from === 0 && open > 0 && close > open && rest > 0 && close + rest <= bytes.length
    ? [open, close, close + rest]
    : undefined;
}

/** Digits of one case and nothing between them, DER, zeros to the end: no bit of it is free. */
function readContents(digits: Buffer, bytes: Buffer): Uint8Array | undefined {
  const text = digits.toString('latin1');
  if (!/^([0-9A-F]*|[0-9a-f]*)$/.test(text) || text.length % 2 !== 0) return undefined;
  const der = readTlv(bytes)?.raw;
  return der !== undefined && bytes.subarray(der.length).every((one) => one === 0) ? der : undefined;
}

/** The sections that lie wholly in the first `end` bytes, when those bytes are a document by themselves. */
function signedSections(document: PdfDocument, end: number): number | undefined {
  const { sections, bytes } = document;
  const count = sections.filter((one) => one.offset < end).length;
  // The newest of them must be what a reader of these bytes alone would start with.
  if (sections.slice(0, count).some((one) => one.offset >= end)) return undefined;
  try {
    if (readEnd(bytes, end).startxref !== sections[count - 1]?.offset) return undefined;
    const view = document.view(count);
    for (const [number, entry] of view.entries) {
      if (entry.kind !== 'at') continue;
      const { generation, offset } = entry;
      if (offset >= end) return undefined;
      if (readObjectAt(bytes, offset, { number, generation }, view.resolve).end > end) return undefined;
    }
  } catch (error) {
    if (error instanceof PdfSyntaxError) return undefined;
    throw error;
  }
  return count;
}
