import { createHash } from 'node:crypto';
import type { PdfDocument } from './read-document.ts';
import { hasKind, isArray, type PdfRef, type PdfValue, ref, serialize } from './values.ts';

/**
 * Objects appended behind a document (ISO 32000-1, 7.5.6); not one byte of it changes. The cross-reference takes the
 * form of the one before it: a classic table in our own documents, a stream where the maker wrote one.
 */
export interface IncrementalUpdate {
  /** A new object; its body may be given later. */
  allocate(): PdfRef;
  /** Writes a new object, or a new state of an old one. */
  write(reference: PdfRef, body: PdfValue | string): void;
  writeStream(reference: PdfRef, entries: string, data: Uint8Array): void;
  /** What to append, and where in the whole file each object begins. */
  finish(): { readonly bytes: Buffer; readonly offsets: ReadonlyMap<number, number> };
}

export function beginUpdate(document: PdfDocument): IncrementalUpdate {
  const newest = document.sections.at(-1)!;
  const { trailer } = document.view();
  const size = Math.max(
    Number(trailer.get('Size') ?? 0),
    ...document.sections.map((one) => [...one.entries.keys()].reduce((a, b) => Math.max(a, b), -1) + 1),
  );
  let next = size;
  const parts: Buffer[] = [];
  let length = document.bytes.length;
  const offsets = new Map<number, number>();
  const generations = new Map<number, number>();
  const append = (...pieces: readonly (string | Uint8Array)[]) => {
    for (const piece of pieces) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece, 'latin1') : Buffer.from(piece);
      parts.push(bytes);
      length += bytes.length;
    }
  };
  if (document.bytes.at(-1) !== 10) append('\n');
  const begin = ({ number, generation }: PdfRef) => {
    if (offsets.has(number)) throw new Error('an object is written once in an update');
    offsets.set(number, length);
    generations.set(number, generation);
    append(`${number} ${generation} obj\n`);
  };
  return {
    allocate: () => ref(next++),
    write: (reference, body) => {
      begin(reference);
      append(typeof body === 'string' ? body : serialize(body), '\nendobj\n');
    },
    writeStream: (reference, entries, data) => {
      begin(reference);
      append(`<< ${entries} /Length ${data.length} >>\nstream\n`, data, '\nendstream\nendobj\n');
    },
    finish: () => {
      const id = trailer.get('ID');
      const first = isArray(id) && hasKind(id[0], 'string') ? serialize(id[0]) : undefined;
      const mark = createHash('sha256').update(`${length}`);
      for (const part of parts) mark.update(part);
      const changed = mark.digest('hex').slice(0, 32).toUpperCase();
      const keep = ['Root', 'Info'].flatMap((key) => {
        const value = trailer.get(key);
        return value === undefined ? [] : [`/${key} ${serialize(value)}`];
      });
      const common = `${keep.join(' ')} /Prev ${newest.offset} /ID [${first ?? `<${changed}>`} <${changed}>]`;
      const start = length;
      if (newest.form === 'table') {
        append('xref\n', ...runs(offsets, (n) => row(offsets.get(n)!, generations.get(n) ?? 0)));
        append(`trailer\n<< /Size ${next} ${common} >>\n`);
      } else {
        const own = ref(next++);
        begin(own);
        const numbers = [...offsets.keys()].sort((a, b) => a - b);
        const data = Buffer.alloc(numbers.length * 7);
        for (const [at, number] of numbers.entries()) {
          data.writeUInt8(1, at * 7);
          data.writeUInt32BE(offsets.get(number)!, at * 7 + 1);
          data.writeUInt16BE(generations.get(number) ?? 0, at * 7 + 5);
        }
        const index = numbers.map((number) => `${number} 1`).join(' ');
        append(
          `<< /Type /XRef /Size ${next} /W [1 4 2] /Index [${index}] ${common} /Length ${data.length} >>\nstream\n`,
          data,
          '\nendstream\nendobj\n',
        );
      }
      append(`startxref\n${start}\n%%EOF\n`);
      return { bytes: Buffer.concat(parts), offsets };
    },
  };
}

function row(offset: number, generation: number): string {
  return `${String(offset).padStart(10, '0')} ${String(generation).padStart(5, '0')} n \n`;
}

/** Subsections of neighbouring numbers. */
function runs(offsets: ReadonlyMap<number, number>, write: (number: number) => string): string[] {
  const numbers = [...offsets.keys()].sort((a, b) => a - b);
  const out: string[] = [];
  for (let at = 0; at < numbers.length; ) {
    let end = at + 1;
    while (numbers[end] === numbers[at]! + (end - at)) end++;
    out.push(`${numbers[at]} ${end - at}\n`, ...numbers.slice(at, end).map(write));
    at = end;
  }
  return out;
}
