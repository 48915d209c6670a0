import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { inspectPage, MAX_BYTES } from '../imaging/inspect-page.ts';
import type { PageError } from '../page.ts';
import { pdfPageCount } from './pdfinfo.ts';
import { pdfPagesWithText } from './pdftotext.ts';
import { readTiffFile } from './tiff-directory.ts';

/** What becomes of one input file. */
export type Source =
  /** `index` where the file may have several pages (TIFF, PDF), else undefined. `page` counts from 1. */
  | {
      readonly kind: 'page';
      readonly file: string;
      readonly index: number | undefined;
      readonly page: number;
      readonly pages: number;
    }
  /** A PDF that is a document already: it must be kept as it is, byte for byte. */
  | {
      readonly kind: 'finished-pdf';
      readonly file: string;
      readonly why: 'text' | 'signature';
      /** Pages that may still wait for being read; they count from 1. Not looked for where there is a signature. */
      readonly withoutText: readonly number[];
    }
  | { readonly kind: 'refused'; readonly error: PageError };

/**
 * Pages of the files in order, by the files' content, before anything is decoded. At most `maxPages` pages in all: the
 * file that goes beyond is refused, as is each that cannot be read; the others go on.
 */
export async function planSources(files: readonly string[], maxPages: number): Promise<readonly Source[]> {
  const plan: Source[] = [];
  let pages = 0;
  for (const file of files) {
    const own = await sourcesOf(file);
    const count = own.filter(({ kind }) => kind === 'page').length;
    if (pages + count > maxPages) {
      plan.push({ kind: 'refused', error: { code: 'page-too-many', file } });
      continue;
    }
    pages += count;
    plan.push(...own);
  }
  return plan;
}

async function sourcesOf(file: string): Promise<readonly Source[]> {
  const facts = await inspectPage(file);
  if (facts.ok && facts.value.format !== 'tiff')
    return [{ kind: 'page', file, index: undefined, page: 1, pages: 1 }];
  if (!facts.ok && facts.error.code === 'page-is-pdf') return pdfSources(file);
  if (!facts.ok && !OF_FIRST_PAGE.includes(facts.error.code))
    return [{ kind: 'refused', error: facts.error }];
  return tiffSources(file, facts.ok ? undefined : facts.error);
}

/** Faults that only the first page of a TIFF may have. */
const OF_FIRST_PAGE: readonly PageError['code'][] = [
  'page-truncated',
  'page-unsupported',
  'page-too-large',
  'page-too-small',
];

async function tiffSources(file: string, first: PageError | undefined): Promise<readonly Source[]> {
  const { pages, broken } = await readTiffFile(file).catch(() => ({ pages: [], broken: true }));
  const error: PageError = first ?? { code: 'page-truncated', file };
  if (pages.length === 0 || (pages.length === 1 && first)) return [{ kind: 'refused', error }];
  const found = pagesOf(
    file,
    pages.map(({ index }) => index),
  );
  // Each page answers for itself when it is read; those behind the break have nobody else to name them.
  return broken ? [...found, { kind: 'refused', error: { code: 'page-truncated', file } }] : found;
}

async function pdfSources(file: string): Promise<readonly Source[]> {
  const refused = (code: PageError['code']): readonly Source[] => [
    { kind: 'refused', error: { code, file } },
  ];
  if ((await stat(file)).size > MAX_BYTES) return refused('page-too-large');
  if (await hasSignature(file)) return [{ kind: 'finished-pdf', file, why: 'signature', withoutText: [] }];
  const pages = await pdfPageCount(file);
  if (!pages.ok) return refused(pages.error);
  const text = await pdfPagesWithText(file);
  if (!text.ok) return refused(text.error);
  if (text.value.includes(true)) {
    const withoutText = text.value.flatMap((has, at) => (has ? [] : [at + 1]));
    return [{ kind: 'finished-pdf', file, why: 'text', withoutText }];
  }
  if (pages.value > MAX_PDF_SOURCE_PAGES) return refused('page-too-many');
  return pagesOf(
    file,
    Array.from({ length: pages.value }, (_, index) => index),
  );
}

const MAX_PDF_SOURCE_PAGES = 2_000;

function pagesOf(file: string, indexes: readonly number[]): readonly Source[] {
  return indexes.map((index, at) => ({ kind: 'page', file, index, page: at + 1, pages: indexes.length }));
}

const SIGNATURE = Buffer.from('/ByteRange');

/** What a signature covers stands in the file in the clear: a signature's dictionary cannot lie in an object stream. */
async function hasSignature(file: string): Promise<boolean> {
  let tail = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    const window = Buffer.concat([tail, chunk as Buffer]);
    if (window.includes(SIGNATURE)) return true;
    tail = window.subarray(-SIGNATURE.length);
  }
  return false;
}
