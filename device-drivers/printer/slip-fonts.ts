import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { create } from '@cantoo/fontkit';

export type SlipWeight = 'regular' | 'bold';

export const SLIP_FONT_FAMILY = 'Be Vietnam Pro';

/** Medium stands in for regular: thin strokes break up on a thermal head. */
export const slipFontWeights = { regular: 500, bold: 700 } as const satisfies Record<SlipWeight, number>;

const FILES = {
  regular: '@expo-google-fonts/be-vietnam-pro/500Medium/BeVietnamPro_500Medium.ttf',
  bold: '@expo-google-fonts/be-vietnam-pro/700Bold/BeVietnamPro_700Bold.ttf',
} as const;

/** The two cuts of one typeface, measured with the very files that draw. Lengths are in em. */
export interface SlipFonts {
  readonly files: readonly string[];
  readonly capHeight: number;
  /** Advance width with kerning. */
  width(text: string, weight: SlipWeight): number;
  /** Ink above and below the baseline. */
  ink(text: string, weight: SlipWeight): { readonly above: number; readonly below: number };
  hasGlyph(codePoint: number): boolean;
}

/** Reads the font files (270 KB). Load once and pass to each `renderSlip`. */
export async function loadSlipFonts(): Promise<SlipFonts> {
  const files = Object.values(FILES).map((name) => fileURLToPath(import.meta.resolve(name)));
  const [regular, bold] = await Promise.all(files.map(openFont));
  const fonts = { regular: regular!, bold: bold! };
  const { unitsPerEm, capHeight } = fonts.regular;
  return {
    files,
    capHeight: capHeight / unitsPerEm,
    width: (text, weight) => (text === '' ? 0 : fonts[weight].layout(text).advanceWidth / unitsPerEm),
    ink: (text, weight) => {
      const { maxY, minY } = fonts[weight].layout(text).bbox;
      return { above: maxY / unitsPerEm, below: -minY / unitsPerEm };
    },
    hasGlyph: (codePoint) =>
      fonts.regular.hasGlyphForCodePoint(codePoint) && fonts.bold.hasGlyphForCodePoint(codePoint),
  };
}

async function openFont(file: string) {
  const font = create(await readFile(file));
  if (!('layout' in font)) throw new Error(`${file} is a collection, not one font`);
  return font;
}
