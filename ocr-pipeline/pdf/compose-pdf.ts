import { createHash, type Hash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { JpegEmbedder, PDFDocument, PDFHexString, PDFName, type PDFRef } from '@cantoo/pdf-lib';
import { err, ok, type Result, writeFileDurable } from '@motcua/core';
import type { DigitisedPage } from '../page.ts';
import { embedInvisibleFont } from './invisible-font.ts';
import { createTextEncoding, type TextEncoding } from './text-encoding.ts';
import { textLayer } from './text-layer.ts';

export interface PdfMeta {
  readonly title: string;
  /** BCP 47, e.g. `vi-VN`. */
  readonly language: string;
  readonly createdAt: Date;
  /** The program that made it, with its version. */
  readonly producer: string;
  readonly author?: string;
}

export interface ComposedPdf {
  readonly file: string;
  /** Size of the file. */
  readonly bytes: number;
  readonly pages: number;
}

export type PdfError =
  | { readonly code: 'pdf-no-pages' }
  | { readonly code: 'pdf-too-many-pages' }
  /** `page` counts from 0. Missing, empty, no JPEG, another size than the page says, or not grey or RGB. */
  | { readonly code: 'pdf-image-unreadable'; readonly page: number }
  | { readonly code: 'pdf-image-too-large'; readonly page: number }
  | { readonly code: 'pdf-disk-full' }
  | { readonly code: 'pdf-not-written' };

const MAX_PAGES = 500;
const MAX_IMAGE_BYTES = 64 * 1024 * 1024;
const FONT = 'F0';
const IMAGE = 'Im0';

/**
 * Writes one searchable PDF/A-2b: each page as large as its paper (pixels ÷ dpi), its JPEG embedded byte for byte
 * above an invisible text layer. The same pages and meta give the same bytes. Classic cross-reference table, so that
 * signatures can be appended.
 */
export async function composePdf(
  pages: readonly DigitisedPage[],
  meta: PdfMeta,
  to: string,
): Promise<Result<ComposedPdf, PdfError>> {
  if (pages.length === 0) return err({ code: 'pdf-no-pages' });
  if (pages.length > MAX_PAGES) return err({ code: 'pdf-too-many-pages' });
  const document = await PDFDocument.create({ updateMetadata: false });
  const encoding = createTextEncoding();
  const font = document.context.nextRef();
  const identity = createHash('sha256').update(JSON.stringify(meta));
  for (const [index, page] of pages.entries()) {
    const image = await readImage(page, index);
    if (!image.ok) return image;
    await addPage(document, page, image.value, { font, encoding, identity });
  }
  embedInvisibleFont(document.context, font, encoding.toUnicode());
  describe(document, meta, identity.digest().subarray(0, 16));
  const bytes = await document.save({ useObjectStreams: false, addDefaultPage: false });
  try {
    await writeFileDurable(to, bytes);
  } catch (error) {
    return err({ code: isDiskFull(error) ? 'pdf-disk-full' : 'pdf-not-written' });
  }
  return ok({ file: to, bytes: bytes.length, pages: pages.length });
}

interface Image {
  readonly bytes: Uint8Array;
  readonly jpeg: JpegEmbedder;
}

async function readImage(page: DigitisedPage, index: number): Promise<Result<Image, PdfError>> {
  const unreadable = err({ code: 'pdf-image-unreadable', page: index } as const);
  try {
    if ((await stat(page.imageFile)).size > MAX_IMAGE_BYTES)
      return err({ code: 'pdf-image-too-large', page: index });
    const bytes = await readFile(page.imageFile);
    // Throws on what is no JPEG; that is the only check of its kind that the library offers.
    const jpeg = await JpegEmbedder.for(bytes);
    // CMYK would contradict the sRGB output intent.
    const colours = jpeg.colorSpace === 'DeviceRGB' || jpeg.colorSpace === 'DeviceGray';
    const asStated = jpeg.width === page.width && jpeg.height === page.height && page.dpi > 0;
    return colours && asStated ? ok({ bytes, jpeg }) : unreadable;
  } catch {
    return unreadable;
  }
}

interface Shared {
  readonly font: PDFRef;
  readonly encoding: TextEncoding;
  readonly identity: Hash;
}

async function addPage(
  document: PDFDocument,
  page: DigitisedPage,
  image: Image,
  shared: Shared,
): Promise<void> {
  const width = Number(((page.width * 72) / page.dpi).toFixed(3));
  const height = Number(((page.height * 72) / page.dpi).toFixed(3));
  const text = textLayer(page, FONT, shared.encoding);
  const content = `${text}q ${width} 0 0 ${height} 0 0 cm /${IMAGE} Do Q\n`;
  shared.identity.update(image.bytes).update(content);
  const { node } = document.addPage([width, height]);
  node.setFontDictionary(PDFName.of(FONT), shared.font);
  node.setXObject(PDFName.of(IMAGE), await image.jpeg.embedIntoContext(document.context));
  node.set(PDFName.of('Contents'), document.context.register(document.context.flateStream(content)));
}

/** Title, language, dates, XMP and output intent. The file identifier is a hash of the content, not a random number. */
function describe(document: PDFDocument, meta: PdfMeta, identity: Uint8Array): void {
  const id = PDFHexString.fromBytes(identity);
  document.context.trailerInfo.ID = document.context.obj([id, id]);
  document.setTitle(meta.title, { showInWindowTitleBar: true });
  document.setLanguage(meta.language);
  if (meta.author !== undefined) document.setAuthor(meta.author);
  document.setProducer(meta.producer);
  document.setCreator(meta.producer);
  document.setCreationDate(meta.createdAt);
  document.setModificationDate(meta.createdAt);
  document.convertToPDFA({ conformance: '2B' });
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
