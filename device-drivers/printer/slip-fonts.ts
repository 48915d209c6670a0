import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { create } from '@cantoo/fontkit';
import { createGlyphCache, type GlyphCache, type GlyphOutline } from './glyph-cache.ts';

export type SlipWeight = 'regular' | 'bold';

/** Medium stands in for regular: thin strokes break up on a thermal head. */
const FILES = {
  regular: '@expo-google-fonts/be-vietnam-pro/500Medium/BeVietnamPro_500Medium.ttf',
  bold: '@expo-google-fonts/be-vietnam-pro/700Bold/BeVietnamPro_700Bold.ttf',
} as const satisfies Record<SlipWeight, string>;

/** The two cuts of Be Vietnam Pro, measured with the very files that draw. Lengths are in em. */
export interface SlipFonts {
  readonly capHeight: number;
  /** Advance width with kerning. */
  width(text: string, weight: SlipWeight): number;
  /** Ink above and below the baseline. */
  ink(text: string, weight: SlipWeight): { readonly above: number; readonly below: number };
  /** The letters that have ink, each with its pen position on the baseline. */
  outlines(
    text: string,
    weight: SlipWeight,
  ): readonly { readonly outline: GlyphOutline; readonly pen: number }[];
  hasGlyph(codePoint: number): boolean;
  readonly glyphs: GlyphCache;
}

/** Paths of the two font files, regular first. */
export function slipFontFiles(): readonly string[] {
  return Object.values(FILES).map((name) => fileURLToPath(import.meta.resolve(name)));
}

/** Reads the font files (270 KB). Load once and pass to each `renderSlip`. */
export async function loadSlipFonts(): Promise<SlipFonts> {
  const [regular, bold] = await Promise.all(slipFontFiles().map(openFont));
  const fonts = { regular: regular!, bold: bold! };
  const { unitsPerEm, capHeight } = fonts.regular;
  return {
    capHeight: capHeight / unitsPerEm,
    width: (text, weight) => (text === '' ? 0 : fonts[weight].layout(text).advanceWidth / unitsPerEm),
    ink: (text, weight) => {
      const { maxY, minY } = fonts[weight].layout(text).bbox;
      return { above: maxY / unitsPerEm, below: -minY / unitsPerEm };
    },
    outlines: (text, weight) => {
      const { glyphs, positions } = fonts[weight].layout(text);
      let pen = 0;
      return glyphs.flatMap((glyph, at) => {
        const { xAdvance, xOffset } = positions?.[at] ?? { xAdvance: glyph.advanceWidth, xOffset: 0 };
        const here = (pen + xOffset) / unitsPerEm;
        pen += xAdvance;
        const { minX, minY, maxX, maxY } = glyph.bbox;
        if (!(maxX > minX)) return [];
        const path = () => glyph.path.toSVG();
        return [{ outline: { id: glyph.id, path, box: [minX, minY, maxX, maxY] }, pen: here }];
      });
    },
    hasGlyph: (codePoint) =>
      fonts.regular.hasGlyphForCodePoint(codePoint) && fonts.bold.hasGlyphForCodePoint(codePoint),
    glyphs: createGlyphCache(unitsPerEm),
  };
}

async function openFont(file: string) {
  const font = create(await readFile(file));
  if (!('layout' in font)) throw new Error(`${file} is a collection, not one font`);
  return font;
}
