import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { err, ok, type Result } from '@motcua/core';
import { inspectPage, MAX_BYTES } from '../imaging/inspect-page.ts';
import type { PageError } from '../page.ts';
import { pdfPageCount } from './pdfinfo.ts';
import { pdfHasText } from './pdftotext.ts';
import { readTiffPages } from './tiff-directory.ts';

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
  | { readonly kind: 'finished-pdf'; readonly file: string; readonly why: 'text' | 'signature' }
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
  if (facts.ok) {
    if (facts.value.format !== 'tiff') return [{ kind: 'page', file, index: undefined, page: 1, pages: 1 }];
    const pages = await tiffPages(file);
    return pages.ok ? pagesOf(file, pages.value) : [{ kind: 'refused', error: pages.error }];
  }
  if (facts.error.code !== 'page-is-pdf') return [{ kind: 'refused', error: facts.error }];
  return pdfSources(file);
}

async function tiffPages(file: string): Promise<Result<readonly number[], PageError>> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch {
    return err({ code: 'page-not-readable', file });
  }
  const pages = await readTiffPages(handle).finally(() => handle.close());
  return pages && pages.length > 0
    ? ok(pages.map(({ index }) => index))
    : err({ code: 'page-truncated', file });
}

async function pdfSources(file: string): Promise<readonly Source[]> {
  const refused = (code: PageError['code']): readonly Source[] => [
    { kind: 'refused', error: { code, file } },
  ];
  if ((await stat(file)).size > MAX_BYTES) return refused('page-too-large');
  if (await hasSignature(file)) return [{ kind: 'finished-pdf', file, why: 'signature' }];
  const pages = await pdfPageCount(file);
  if (!pages.ok) return refused(pages.error);
  const text = await pdfHasText(file);
  if (!text.ok) return refused(text.error);
  if (text.value) return [{ kind: 'finished-pdf', file, why: 'text' }];
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
