import { createBitmap } from './bitmap.ts';
import { fillRectangle, stampBitmap } from './glyph-cache.ts';
import type { Bitmap, Slip } from './slip.ts';
import { loadSlipFonts, type SlipFonts } from './slip-fonts.ts';
import { layOutSlip } from './slip-layout.ts';

export interface RenderOptions {
  /** Dots across the printable width: 576 on 80 mm paper, 384 on 58 mm. */
  readonly widthDots: number;
  readonly dpi: number;
  /** From `loadSlipFonts`; without it the font files are read anew. */
  readonly fonts?: SlipFonts;
}

/**
 * Renders a slip to the bitmap that is both printed and shown on the screen: `widthDots` wide, as long as it needs.
 * Any text is safe to pass: it is capped and made printable. A letter that the typeface lacks becomes `?`.
 */
export async function renderSlip(slip: Slip, options: RenderOptions): Promise<Bitmap> {
  const fonts = options.fonts ?? (await loadSlipFonts());
  const { width, height, marks } = layOutSlip(slip, options, fonts);
  const bitmap = createBitmap(width, height);
  const letters = marks.flatMap((mark) =>
    mark.type === 'text'
      ? fonts.outlines(mark.text, mark.weight).map(({ outline, pen }) => ({
          outline,
          weight: mark.weight,
          em: mark.em,
          x: Math.round(mark.x + pen * mark.em),
          y: mark.y,
        }))
      : [],
  );
  for (const [at, glyph] of (await fonts.glyphs.draw(letters)).entries()) {
    const { x, y } = letters[at]!;
    stampBitmap(bitmap, glyph.dots, x + glyph.left, y + glyph.top);
  }
  for (const mark of marks) {
    if (mark.type === 'rectangle') fillRectangle(bitmap, mark.x, mark.y, mark.width, mark.height);
    if (mark.type === 'picture') stampBitmap(bitmap, mark.bitmap, mark.x, mark.y);
  }
  return bitmap;
}
