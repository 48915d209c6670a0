import type { Appearance } from '../pades/append-signature.ts';
import type { IncrementalUpdate } from '../pades/incremental-update.ts';
import type { PdfRef } from '../pades/values.ts';
import { placeBlock } from './block-layout.ts';
import type { SealImage } from './seal-image.ts';
import { createTextFont, writeDeflated } from './tinos.ts';
import { type BlockContent, blockLines } from './wording.ts';

export interface AppearanceOptions {
  readonly content: BlockContent;
  /** Size of the first page in points. */
  readonly page: { readonly width: number; readonly height: number };
  /** `tt02` shows the agency's seal; without one the profile is `nd30`. The officer's own block never has one. */
  readonly seal?: SealImage | undefined;
}

/**
 * The visible block of a signature on the first page: text in Tinos, embedded with the letters it needs, black, 10 pt;
 * for an agency under the profile `tt02` its seal above it. No transparency, device colours only: PDF/A stays PDF/A.
 */
export function drawAppearance({ content, page, seal }: AppearanceOptions): Appearance {
  const shown = content.role === 'agency' ? seal : undefined;
  const measure = createTextFont();
  const block = placeBlock({
    page,
    side: content.role === 'officer' ? 'left' : 'right',
    lines: blockLines(content),
    widthOf: measure.width,
    seal: shown?.points,
  });
  const [left, bottom, right, top] = block.rect;
  const [width, height] = [right - left, top - bottom];

  return {
    page: 0,
    rectangle: [round(left), round(bottom), round(right), round(top)],
    draw: (update) => {
      const font = createTextFont();
      const firstLine = block.seal ? block.seal.y - 2 : height;
      const text = block.lines.map((line, index) => {
        const y = firstLine - block.leading * (index + 0.8);
        const indent = width - (font.width(line) * block.size) / 1_000;
        const x = content.role === 'agency' ? Math.max(0, indent) : 0;
        return `1 0 0 1 ${round(x)} ${round(y)} Tm <${font.encode(line)}> Tj`;
      });
      const stamp = block.seal
        ? `q ${round(block.seal.width)} 0 0 ${round(block.seal.height)} ${round(block.seal.x)} ${round(block.seal.y)} cm /Im0 Do Q\n`
        : '';
      const xobject = shown ? ` /XObject << /Im0 ${writeSeal(update, shown).number} 0 R >>` : '';
      const resources = `/Font << /F0 ${font.write(update).number} 0 R >>${xobject}`;
      return writeDeflated(
        update,
        `/Type /XObject /Subtype /Form /BBox [0 0 ${round(width)} ${round(height)}] /Resources << ${resources} >>`,
        Buffer.from(`${stamp}q 0 g BT /F0 ${round(block.size)} Tf\n${text.join('\n')}\nET Q\n`, 'latin1'),
      );
    },
  };
}

function writeSeal(update: IncrementalUpdate, seal: SealImage): PdfRef {
  const size = `/Type /XObject /Subtype /Image /Width ${seal.width} /Height ${seal.height}`;
  const mask = writeDeflated(update, `${size} /ImageMask true /BitsPerComponent 1`, seal.stencil);
  const colours = `${size} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Mask ${mask.number} 0 R`;
  return writeDeflated(update, colours, seal.rgb);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
