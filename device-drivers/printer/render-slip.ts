import { renderAsync } from '@resvg/resvg-js';
import { bitmapFromRgba } from './bitmap.ts';
import type { Bitmap, Slip } from './slip.ts';
import { loadSlipFonts, SLIP_FONT_FAMILY, type SlipFonts, slipFontWeights } from './slip-fonts.ts';
import { layOutSlip, type SlipLayout, type SlipMark } from './slip-layout.ts';

export interface RenderOptions {
  /** Dots across the printable width: 576 on 80 mm paper, 384 on 58 mm. */
  readonly widthDots: number;
  readonly dpi: number;
  /** From `loadSlipFonts`; without it the font files are read anew. */
  readonly fonts?: SlipFonts;
}

/**
 * Renders a slip to the bitmap that is both printed and shown on the screen: `widthDots` wide, as long as it needs.
 * Any text is safe to pass: it is capped, made printable and escaped. A letter that the typeface lacks becomes `?`.
 */
export async function renderSlip(slip: Slip, options: RenderOptions): Promise<Bitmap> {
  const fonts = options.fonts ?? (await loadSlipFonts());
  const layout = layOutSlip(slip, options, fonts);
  const image = await renderAsync(slipSvg(layout), {
    font: {
      loadSystemFonts: false,
      fontFiles: [...fonts.files],
      defaultFontFamily: SLIP_FONT_FAMILY,
    },
    textRendering: 1,
  });
  return bitmapFromRgba(image.pixels, image.width, image.height);
}

function slipSvg(layout: SlipLayout): string {
  const { width, height } = layout;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<g font-family="${SLIP_FONT_FAMILY}" xml:space="preserve">`,
    ...layout.marks.filter((mark) => mark.type === 'text').map(textElement),
    `</g><path shape-rendering="crispEdges" d="${layout.marks.map(rectanglePath).join('')}"/></svg>`,
  ].join('');
}

function textElement(mark: Extract<SlipMark, { type: 'text' }>): string {
  const { x, y, em, weight, text } = mark;
  return `<text x="${x}" y="${y}" font-size="${em.toFixed(2)}" font-weight="${slipFontWeights[weight]}">${escapeXml(text)}</text>`;
}

function rectanglePath(mark: SlipMark): string {
  return mark.type === 'rectangle' ? `M${mark.x} ${mark.y}h${mark.width}v${mark.height}h${-mark.width}z` : '';
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter]!);
}
