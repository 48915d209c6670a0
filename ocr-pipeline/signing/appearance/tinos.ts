import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { deflateSync } from 'node:zlib';
import { create } from '@cantoo/fontkit';
import { hexCode, toUnicodeMap } from '../../pdf/to-unicode.ts';
import type { IncrementalUpdate } from '../pades/incremental-update.ts';
import type { PdfRef } from '../pades/values.ts';

const FILE = '@expo-google-fonts/tinos/400Regular/Tinos_400Regular.ttf';

/** Tinos upright, which has the widths of Times New Roman (NĐ 30/2020), with the letters that a text needs. */
export interface TextFont {
  /** Advance of a text in thousandths of the type size. */
  width(text: string): number;
  /** For the content stream: two octets a letter, hexadecimal. What the font lacks becomes a question mark. */
  encode(text: string): string;
  /** Writes what was encoded; answers the font's reference. Call it after every `encode`. */
  write(update: IncrementalUpdate): PdfRef;
}

interface Glyph {
  readonly id: number;
  readonly advanceWidth: number;
}
interface Subset {
  includeGlyph(glyph: Glyph): number;
  encode(): Uint8Array;
}
interface Face {
  readonly unitsPerEm: number;
  readonly ascent: number;
  readonly descent: number;
  readonly capHeight: number;
  readonly bbox: {
    readonly minX: number;
    readonly minY: number;
    readonly maxX: number;
    readonly maxY: number;
  };
  glyphForCodePoint(codePoint: number): Glyph;
  hasGlyphForCodePoint(codePoint: number): boolean;
  createSubset(): Subset;
}

let face: Face | undefined;

function openFace(): Face {
  face ??= create(readFileSync(createRequire(import.meta.url).resolve(FILE))) as unknown as Face;
  return face;
}

export function createTextFont(): TextFont {
  const font = openFace();
  const subset = font.createSubset();
  /** By glyph number of the subset. */
  const used = new Map<number, { readonly width: number; readonly codePoint: number }>();
  const thousandths = (units: number) => Math.round((units * 1_000) / font.unitsPerEm);
  const letters = (text: string) =>
    [...text.normalize('NFC')].map((letter) => {
      const codePoint = letter.codePointAt(0)!;
      return font.hasGlyphForCodePoint(codePoint) ? codePoint : 0x3f;
    });

  return {
    width: (text) =>
      letters(text).reduce((sum, code) => sum + thousandths(font.glyphForCodePoint(code).advanceWidth), 0),
    encode: (text) =>
      letters(text)
        .map((codePoint) => {
          const glyph = font.glyphForCodePoint(codePoint);
          const number = subset.includeGlyph(glyph);
          used.set(number, { width: thousandths(glyph.advanceWidth), codePoint });
          return hexCode(number);
        })
        .join(''),
    write: (update) => {
      const name = '/SIGNTR+Tinos-Regular';
      const glyphs = [...used].sort(([one], [other]) => one - other);
      const widths = glyphs.map(([number, { width }]) => `${number} [${width}]`).join(' ');
      const { minX, minY, maxX, maxY } = font.bbox;
      const box = [minX, minY, maxX, maxY].map(thousandths).join(' ');
      const program = subset.encode();
      const stream = (entries: string, data: Uint8Array) => writeDeflated(update, entries, data).number;
      const ttf = stream(`/Length1 ${program.length}`, program);
      const cidSet = stream('', bitsOf([0, ...used.keys()]));
      const map = toUnicodeMap(glyphs.map(([number, { codePoint }]) => [number, codePoint]));
      const unicode = stream('', Buffer.from(map, 'latin1'));
      const object = (body: string) => {
        const reference = update.allocate();
        update.write(reference, `<< ${body} >>`);
        return reference;
      };
      const descriptor = object(
        `/Type /FontDescriptor /FontName ${name} /Flags 4 /FontBBox [${box}] /ItalicAngle 0 ` +
          `/Ascent ${thousandths(font.ascent)} /Descent ${thousandths(font.descent)} ` +
          `/CapHeight ${thousandths(font.capHeight)} /StemV 80 /FontFile2 ${ttf} 0 R /CIDSet ${cidSet} 0 R`,
      );
      const cid = object(
        `/Type /Font /Subtype /CIDFontType2 /BaseFont ${name} /CIDToGIDMap /Identity /DW 0 /W [${widths}] ` +
          '/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> ' +
          `/FontDescriptor ${descriptor.number} 0 R`,
      );
      return object(
        `/Type /Font /Subtype /Type0 /BaseFont ${name} /Encoding /Identity-H ` +
          `/DescendantFonts [${cid.number} 0 R] /ToUnicode ${unicode} 0 R`,
      );
    },
  };
}

/** A new stream object, packed. */
export function writeDeflated(update: IncrementalUpdate, entries: string, data: Uint8Array): PdfRef {
  const reference = update.allocate();
  update.writeStream(reference, `${entries} /Filter /FlateDecode`.trim(), deflateSync(data, { level: 9 }));
  return reference;
}

/** PDF/A-1 asks for the list of the glyphs that are there, one bit each (ISO 19005-1, 6.3.5). */
function bitsOf(numbers: readonly number[]): Uint8Array {
  const bits = new Uint8Array(Math.floor(Math.max(...numbers) / 8) + 1);
  for (const number of numbers) bits[number >> 3]! |= 0x80 >> (number & 7);
  return bits;
}
