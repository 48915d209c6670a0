import { buildGlyphlessFont, GLYPH_ADVANCE } from './glyphless-font.ts';
import type { ObjectNumber, PdfFile } from './pdf-file.ts';

/** No subset's tag before it: the font is embedded whole, so PDF/A-1 asks for no CIDSet. */
const NAME = 'MotCuaGlyphless';

/**
 * Type0 font, Identity-H, whose every code shows the one empty glyph. Written as `number`, because pages name it
 * before the last one has said which characters the document needs.
 */
export async function writeInvisibleFont(
  pdf: PdfFile,
  number: ObjectNumber,
  toUnicode: string,
): Promise<void> {
  const program = buildGlyphlessFont();
  const fontFile = await pdf.stream(`/Length1 ${program.length}`, program, 'deflate');
  const descriptor = await pdf.object(
    `<< /Type /FontDescriptor /FontName /${NAME} /Flags 5 /FontBBox [0 -200 ${GLYPH_ADVANCE} 800] /ItalicAngle 0 ` +
      `/Ascent 800 /Descent -200 /CapHeight 800 /StemV 80 /FontFile2 ${fontFile} 0 R >>`,
  );
  // Every CID → glyph 1: no code may reach .notdef (ISO 19005-2, 6.2.11.8).
  const glyphOfCid = new Uint8Array(0x1_0000 * 2).map((_, at) => at % 2);
  const cidToGid = await pdf.stream('', glyphOfCid, 'deflate');
  const descendant = await pdf.object(
    `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /${NAME} /FontDescriptor ${descriptor} 0 R ` +
      `/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> ` +
      `/DW ${GLYPH_ADVANCE} /CIDToGIDMap ${cidToGid} 0 R >>`,
  );
  const map = await pdf.stream('', toUnicode, 'deflate');
  await pdf.object(
    `<< /Type /Font /Subtype /Type0 /BaseFont /${NAME} /Encoding /Identity-H ` +
      `/DescendantFonts [${descendant} 0 R] /ToUnicode ${map} 0 R >>`,
    number,
  );
}
