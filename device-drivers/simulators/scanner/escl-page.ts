import sharp from 'sharp';
import type { ScanOrder } from './escl-documents.ts';

/** The image file as the scanner would see it: in the ordered size, colours and format. Null is a white side. */
export async function drawPage(file: string | null, order: ScanOrder): Promise<Buffer> {
  const { widthPixels: width, heightPixels: height } = order;
  const white = { r: 255, g: 255, b: 255 };
  const image =
    file === null
      ? sharp({ create: { width, height, channels: 3, background: white } })
      : sharp(file)
          .flatten({ background: white })
          .resize({ width, height, fit: 'contain', position: 'left top', background: white });
  const coloured = order.colourMode === 'Grayscale8' ? image.toColourspace('b-w') : image;
  const dense = coloured.withMetadata({ density: order.dpi });
  return order.format === 'image/png'
    ? dense.png({ compressionLevel: 1 }).toBuffer()
    : dense.jpeg({ quality: 90 }).toBuffer();
}
