import { placeBlock } from './block-layout.ts';
import type { SealImage } from './seal-image.ts';
import type { PdfObject, SignatureAppearance } from './signature-appearance.ts';
import { createTextFont, deflated, type FontObject } from './tinos.ts';
import { type BlockContent, blockLines } from './wording.ts';

export interface AppearanceOptions {
  readonly content: BlockContent;
  /** Size of the first page in points, as it is stored (before `Rotate`). */
  readonly page: { readonly width: number; readonly height: number };
  /** `tt02` shows the agency's seal; without one the profile is `nd30`. The officer's own block never has one. */
  readonly seal?: SealImage;
}

/**
 * The visible block of a signature on the first page: text in Tinos, embedded with the letters it needs, black, 10 pt;
 * for an agency under the profile `tt02` its seal above it. No transparency, device colours only: PDF/A stays PDF/A.
 */
export function drawAppearance({ content, page, seal }: AppearanceOptions): SignatureAppearance {
  const font = createTextFont();
  const shown = content.role === 'agency' ? seal : undefined;
  const block = placeBlock({
    page,
    side: content.role === 'officer' ? 'left' : 'right',
    lines: blockLines(content),
    widthOf: font.width,
    seal: shown?.points,
  });
  const [left, bottom, right, top] = block.rect;
  const [width, height] = [right - left, top - bottom];
  // Encoded once: it is what chooses the font's letters.
  const encoded = block.lines.map(font.encode);
  const below = block.seal ? block.seal.y - 2 : height;
  const text = encoded.map((line, index) => {
    const y = below - block.leading * (index + 0.8);
    const x = content.role === 'agency' ? width - (font.width(block.lines[index]!) * block.size) / 1_000 : 0;
    return `1 0 0 1 ${number(Math.max(0, x))} ${number(y)} Tm <${line}> Tj`;
  });
  const stamp = block.seal
    ? `q ${number(block.seal.width)} 0 0 ${number(block.seal.height)} ${number(block.seal.x)} ${number(block.seal.y)} cm /Im0 Do Q\n`
    : '';
  const stream = `${stamp}q 0 g BT /F0 ${number(block.size)} Tf\n${text.join('\n')}\nET Q\n`;

  return {
    page: 0,
    rect: [round(left), round(bottom), round(right), round(top)],
    write: (first) => {
      const fontObjects = font.objects(first + 1);
      const image = first + 1 + fontObjects.length;
      const resources = `/Font << /F0 ${first + 1} 0 R >>${shown ? ` /XObject << /Im0 ${image} 0 R >>` : ''}`;
      const form: FontObject = {
        dictionary:
          `/Type /XObject /Subtype /Form /BBox [0 0 ${number(width)} ${number(height)}] ` +
          `/Resources << ${resources} >>`,
        stream: Buffer.from(stream, 'latin1'),
      };
      const all = [form, ...fontObjects, ...(shown ? sealObjects(shown, image + 1) : [])];
      return { form: first, objects: all.map((one, index) => written(first + index, one)) };
    },
  };
}

function sealObjects(seal: SealImage, mask: number): FontObject[] {
  const size = `/Type /XObject /Subtype /Image /Width ${seal.width} /Height ${seal.height}`;
  return [
    { dictionary: `${size} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Mask ${mask} 0 R`, stream: seal.rgb },
    { dictionary: `${size} /ImageMask true /BitsPerComponent 1`, stream: seal.stencil },
  ];
}

function written(objectNumber: number, { dictionary, stream }: FontObject): PdfObject {
  const head = `${objectNumber} 0 obj\n`;
  if (stream === undefined)
    return { number: objectNumber, bytes: Buffer.from(`${head}<< ${dictionary} >>\nendobj\n`, 'latin1') };
  const packed = deflated(stream);
  const entries = `<< ${dictionary} /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`;
  return {
    number: objectNumber,
    bytes: Buffer.concat([
      Buffer.from(head + entries, 'latin1'),
      packed,
      Buffer.from('\nendstream\nendobj\n', 'latin1'),
    ]),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function number(value: number): string {
  return String(round(value));
}
