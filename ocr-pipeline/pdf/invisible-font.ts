import { type PDFContext, type PDFRef, PDFString } from '@cantoo/pdf-lib';
import { buildGlyphlessFont, GLYPH_ADVANCE } from './glyphless-font.ts';

/**
 * Type0 font, Identity-H, whose every code shows the one empty glyph. Registered at `ref`, because pages name it
 * before the last one has said which characters the document needs.
 */
export function embedInvisibleFont(context: PDFContext, ref: PDFRef, toUnicode: string): void {
  const program = buildGlyphlessFont();
  // Every CID → glyph 1: no code may reach .notdef (ISO 19005-2, 6.2.11.8).
  const glyphOfCid = new Uint8Array(0x1_0000 * 2).map((_, at) => at % 2);
  const descriptor = context.register(
    context.obj({
      Type: 'FontDescriptor',
      FontName: 'MOTCUA+GlyphLess',
      Flags: 5,
      FontBBox: [0, -200, GLYPH_ADVANCE, 800],
      ItalicAngle: 0,
      Ascent: 800,
      Descent: -200,
      CapHeight: 800,
      StemV: 80,
      FontFile2: context.register(context.flateStream(program, { Length1: program.length })),
    }),
  );
  const descendant = context.register(
    context.obj({
      Type: 'Font',
      Subtype: 'CIDFontType2',
      BaseFont: 'MOTCUA+GlyphLess',
      CIDSystemInfo: { Registry: PDFString.of('Adobe'), Ordering: PDFString.of('Identity'), Supplement: 0 },
      FontDescriptor: descriptor,
      DW: GLYPH_ADVANCE,
      CIDToGIDMap: context.register(context.flateStream(glyphOfCid)),
    }),
  );
  context.assign(
    ref,
    context.obj({
      Type: 'Font',
      Subtype: 'Type0',
      BaseFont: 'MOTCUA+GlyphLess',
      Encoding: 'Identity-H',
      DescendantFonts: [descendant],
      ToUnicode: context.register(context.flateStream(toUnicode)),
    }),
  );
}
