import { readFile, stat } from 'node:fs/promises';
import type { JpegEmbedder } from '@cantoo/pdf-lib';
import { err, ok, type Result, unreachable } from '@motcua/core';
import type { DigitisedPage, PictureLayer } from '../page.ts';
import { loadPdfLibrary } from './pdf-library.ts';

/** An image XObject, and what to set before it is drawn. */
export interface PageImage {
  readonly entries: string;
  readonly bytes: Uint8Array;
  readonly paint: string;
}

export type PictureFault = 'pdf-image-unreadable' | 'pdf-image-too-large';

const MAX_IMAGE_BYTES = 64 * 1024 * 1024;
/** Paper and a handful of inks. */
const MAX_LAYERS = 32;

/** The pictures of a page in the order in which they are drawn, each over the whole page. */
export async function readPictures(page: DigitisedPage): Promise<Result<readonly PageImage[], PictureFault>> {
  if (!(page.dpi > 0 && page.width > 0 && page.height > 0)) return err('pdf-image-unreadable');
  const layers: readonly PictureLayer[] = page.picture ?? [
    { kind: 'jpeg', file: page.imageFile, width: page.width, height: page.height },
  ];
  if (layers.length === 0 || layers.length > MAX_LAYERS) return err('pdf-image-unreadable');
  const images: PageImage[] = [];
  for (const layer of layers) {
    const bytes = await readCapped(layer.file);
    if (!bytes.ok) return bytes;
    const image = await imageOf(layer, bytes.value);
    if (image === undefined) return err('pdf-image-unreadable');
    images.push(image);
  }
  return ok(images);
}

async function readCapped(file: string): Promise<Result<Uint8Array, PictureFault>> {
  try {
    if ((await stat(file)).size > MAX_IMAGE_BYTES) return err('pdf-image-too-large');
    return ok(await readFile(file));
  } catch {
    return err('pdf-image-unreadable');
  }
}

async function imageOf(layer: PictureLayer, bytes: Uint8Array): Promise<PageImage | undefined> {
  const size = `/Width ${layer.width} /Height ${layer.height}`;
  switch (layer.kind) {
    case 'jpeg': {
      const jpeg = await readJpeg(bytes);
      // CMYK would contradict the sRGB output intent.
      const colours = jpeg?.colorSpace === 'DeviceRGB' || jpeg?.colorSpace === 'DeviceGray';
      if (!jpeg || !colours || jpeg.width !== layer.width || jpeg.height !== layer.height) return undefined;
      const entries = `${size} /ColorSpace /${jpeg.colorSpace} /BitsPerComponent 8 /Filter /DCTDecode`;
      return { entries, bytes, paint: '' };
    }
    case 'bilevel':
      return {
        entries: `${size} /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode`,
        bytes,
        paint: '',
      };
    case 'ink': {
      const colour = layer.colour.map((part) => Number((part / 255).toFixed(3))).join(' ');
      // The filter inverts JBIG2's 1 for ink, so the default Decode paints the ink (ISO 32000-1, 7.4.7).
      const entries = `${size} /ImageMask true /BitsPerComponent 1 /Filter /JBIG2Decode`;
      return { entries, bytes, paint: `${colour} rg ` };
    }
    default:
      return unreachable(layer);
  }
}

/** The library throws on what is no JPEG; that is the only check of its kind that it offers. */
async function readJpeg(bytes: Uint8Array): Promise<JpegEmbedder | undefined> {
  const { JpegEmbedder } = await loadPdfLibrary();
  try {
    return await JpegEmbedder.for(bytes);
  } catch {
    return undefined;
  }
}
