import { join } from 'node:path';
import { importPage } from './import-page.ts';
import { pdfPageCount } from './pdfinfo.ts';
import { planSources } from './plan-sources.ts';

/** A picture of one page, and the file of somebody's that it was taken from. */
export interface SinglePicture {
  readonly file: string;
  readonly picture: string;
}

/**
 * Each page of the files as a picture of its own, in order, as if it had been printed: pages of TIFF and PDF as new
 * files in `folder`, named after where they come from, so that a second call gives the same names. What is one picture
 * already, or cannot be read, is answered as it is.
 */
export async function singlePictures(
  files: readonly string[],
  folder: string,
  maxPages: number,
): Promise<readonly SinglePicture[]> {
  const pictures: SinglePicture[] = [];
  for (const [number, file] of files.entries())
    for (const index of await pagesOf(file, maxPages)) {
      const base = join(folder, `${number + 1}-${(index ?? 0) + 1}`);
      const picture = index === undefined ? undefined : await importPage(file, index, base);
      pictures.push({ file, picture: picture?.ok ? picture.value : file });
    }
  return pictures;
}

/** Places as `importPage` counts them; undefined for the file itself. */
async function pagesOf(file: string, maxPages: number): Promise<readonly (number | undefined)[]> {
  const sources = await planSources([file], maxPages);
  if (sources[0]?.kind === 'finished-pdf') {
    const count = await pdfPageCount(file);
    if (count.ok && count.value <= maxPages) return Array.from({ length: count.value }, (_, index) => index);
  }
  return sources.map((source) => (source.kind === 'page' ? source.index : undefined));
}
