import { createHash, type Hash } from 'node:crypto';
import { err, ok, type Result } from '@motcua/core';
import type { DigitisedPage } from '../page.ts';
import { writeInvisibleFont } from './invisible-font.ts';
import { createPdfFile, dateString, type ObjectNumber, type PdfFile, textString } from './pdf-file.ts';
import { loadPdfLibrary } from './pdf-library.ts';
import { cleanMeta, type PdfaLevel, type PdfMeta } from './pdf-meta.ts';
import { type PageImage, readPictures } from './read-pictures.ts';
import { createTextEncoding, type TextEncoding } from './text-encoding.ts';
import { textLayer } from './text-layer.ts';
import { xmpPacket } from './xmp.ts';

export interface ComposedPdf {
  readonly file: string;
  /** Size of the file. */
  readonly bytes: number;
  readonly pages: number;
}

export type PdfError =
  | { readonly code: 'pdf-no-pages' }
  | { readonly code: 'pdf-too-many-pages' }
  /** `page` counts from 0. Missing, empty, not what it should be, another size than the page says, not grey or RGB. */
  | { readonly code: 'pdf-image-unreadable'; readonly page: number }
  | { readonly code: 'pdf-image-too-large'; readonly page: number }
  | { readonly code: 'pdf-disk-full' }
  | { readonly code: 'pdf-not-written' };

/** More is refused; the command line counts its inputs against the same number before it reads the first. */
export const MAX_PDF_PAGES = 500;
const FONT = 'F0';

/**
 * Writes one searchable PDF/A: each page as large as its paper (pixels ÷ dpi), its pictures embedded byte for byte
 * above an invisible text layer. The same pages and meta give the same bytes. Page after page goes to disk: memory
 * holds one page's pictures at a time. The file appears under its name when it is whole.
 */
export async function composePdf(
  pages: readonly DigitisedPage[],
  meta: PdfMeta,
  to: string,
  options: { readonly level?: PdfaLevel } = {},
): Promise<Result<ComposedPdf, PdfError>> {
  if (pages.length === 0) return err({ code: 'pdf-no-pages' });
  if (pages.length > MAX_PDF_PAGES) return err({ code: 'pdf-too-many-pages' });
  const level = options.level ?? '2b';
  let pdf: PdfFile | undefined;
  try {
    pdf = await createPdfFile(to, level === '1b' ? '1.4' : '1.7');
    const written = await writeDocument(pdf, pages, cleanMeta(meta), level);
    return written.ok ? ok({ file: to, bytes: written.value, pages: pages.length }) : written;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return err({
      code: error.code === 'ENOSPC' || error.code === 'EDQUOT' ? 'pdf-disk-full' : 'pdf-not-written',
    });
  } finally {
    await pdf?.discard();
  }
}

async function writeDocument(
  pdf: PdfFile,
  pages: readonly DigitisedPage[],
  meta: PdfMeta,
  level: PdfaLevel,
): Promise<Result<number, PdfError>> {
  const shared: Shared = {
    tree: pdf.reserve(),
    font: pdf.reserve(),
    encoding: createTextEncoding(),
    identity: createHash('sha256').update(JSON.stringify([meta, level])),
  };
  const numbers: ObjectNumber[] = [];
  for (const [index, page] of pages.entries()) {
    const images = await readPictures(page);
    if (!images.ok) return err({ code: images.error, page: index });
    numbers.push(await writePage(pdf, page, images.value, shared));
  }
  await writeInvisibleFont(pdf, shared.font, shared.encoding.toUnicode());
  const kids = numbers.map((number) => `${number} 0 R`).join(' ');
  await pdf.object(`<< /Type /Pages /Count ${numbers.length} /Kids [${kids}] >>`, shared.tree);
  const root = await writeCatalogue(pdf, meta, level, shared.tree);
  const info = await pdf.object(infoDictionary(meta));
  const id = shared.identity.digest('hex').slice(0, 32);
  return ok(await pdf.finish(`/Root ${root} 0 R /Info ${info} 0 R /ID [<${id}> <${id}>]`));
}

interface Shared {
  readonly tree: ObjectNumber;
  readonly font: ObjectNumber;
  readonly encoding: TextEncoding;
  /** The file identifier is a hash of the content, not a random number. */
  readonly identity: Hash;
}

async function writePage(
  pdf: PdfFile,
  page: DigitisedPage,
  images: readonly PageImage[],
  { tree, font, encoding, identity }: Shared,
): Promise<ObjectNumber> {
  const width = Number(((page.width * 72) / page.dpi).toFixed(3));
  const height = Number(((page.height * 72) / page.dpi).toFixed(3));
  const shown: string[] = [];
  const names: string[] = [];
  for (const [at, { entries, bytes, paint }] of images.entries()) {
    const image = await pdf.stream(`/Type /XObject /Subtype /Image ${entries}`, bytes, 'as-it-is');
    names.push(`/Im${at} ${image} 0 R`);
    shown.push(`q ${paint}${width} 0 0 ${height} 0 0 cm /Im${at} Do Q\n`);
    identity.update(entries).update(bytes);
  }
  const content = textLayer(page, FONT, encoding) + shown.join('');
  identity.update(content);
  const contents = await pdf.stream('', content, 'deflate');
  return pdf.object(
    `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 ${width} ${height}] /Contents ${contents} 0 R ` +
      `/Resources << /Font << /${FONT} ${font} 0 R >> /XObject << ${names.join(' ')} >> >> >>`,
  );
}

/** Language, XMP and output intent. */
async function writeCatalogue(
  pdf: PdfFile,
  meta: PdfMeta,
  level: PdfaLevel,
  tree: ObjectNumber,
): Promise<ObjectNumber> {
  const { getDefaultSRGBProfile } = await loadPdfLibrary();
  const profile = await pdf.stream('/N 3', getDefaultSRGBProfile(), 'deflate');
  const intent = await pdf.object(
    `<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1) ` +
      `/Info (sRGB IEC61966-2.1) /DestOutputProfile ${profile} 0 R >>`,
  );
  // Not deflated: programs that know no PDF find the packet by its markers (ISO 19005-1, 6.7.2).
  const metadata = await pdf.stream(
    '/Type /Metadata /Subtype /XML',
    Buffer.from(xmpPacket(meta, level)),
    'as-it-is',
  );
  return pdf.object(
    `<< /Type /Catalog /Pages ${tree} 0 R /Lang ${textString(meta.language)} /Metadata ${metadata} 0 R ` +
      `/OutputIntents [${intent} 0 R] /ViewerPreferences << /DisplayDocTitle true >> >>`,
  );
}

function infoDictionary(meta: PdfMeta): string {
  const author = meta.author === undefined ? '' : `/Author ${textString(meta.author)} `;
  const created = dateString(meta.createdAt);
  return (
    `<< /Title ${textString(meta.title)} ${author}/Creator ${textString(meta.producer)} ` +
    `/Producer ${textString(meta.producer)} /CreationDate ${created} /ModDate ${created} >>`
  );
}
