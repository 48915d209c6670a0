import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { err, exec, ok, type Result } from '@motcua/core';
import { faultOf, type PdfSourceFault } from './pdfinfo.ts';

export interface PdfImage {
  readonly width: number;
  readonly height: number;
  /** Pixels per inch as drawn on the page. */
  readonly dpi: number;
  /** One bit a pixel. */
  readonly bilevel: boolean;
  /** Stored as JPEG. */
  readonly jpeg: boolean;
}

const ROW =
  /^ *\d+ +\d+ +(image|stencil) +(\d+) +(\d+) +\S+ +(\d+) +(\d+) +(\S+) +\S+ +(?:\d+ +\d+|\[inline\]) +(\d+) +(\d+) /gm;

/** Pictures of one page (counted from 1), by poppler's `pdfimages -list`; soft masks are no pictures. */
export async function listPdfImages(
  file: string,
  page: number,
): Promise<Result<readonly PdfImage[], PdfSourceFault>> {
  const result = await exec('pdfimages', ['-list', '-f', String(page), '-l', String(page), file], {
    timeoutMs: 30_000,
  });
  if (!result.ok) return err(faultOf(result.error));
  const rows = [...result.value.stdout.toString('utf8').matchAll(ROW)];
  return ok(
    rows.map(([, type, width, height, components, bits, coding, horizontal, vertical]) => ({
      width: Number(width),
      height: Number(height),
      dpi: Math.max(Number(horizontal), Number(vertical)),
      bilevel: type === 'stencil' || (components === '1' && bits === '1'),
      jpeg: coding === 'jpeg',
    })),
  );
}

/** The only picture of a page, as PNG, as it is stored: neither turned nor placed. */
export async function extractPdfImage(
  file: string,
  page: number,
  base: string,
): Promise<Result<string, PdfSourceFault>> {
  const args = ['-png', '-f', String(page), '-l', String(page), file, base];
  const result = await exec('pdfimages', args, { timeoutMs: 30_000 });
  return result.ok ? ok(`${base}-000.png`) : err(faultOf(result.error));
}

/**
 * JPEG pictures of a page, byte for byte as they are stored, in the new folder `folder`, which the caller removes. Others
 * are left out, but for a while take the room of their pixels there.
 */
export async function extractJpegs(
  file: string,
  page: number,
  folder: string,
): Promise<Result<readonly string[], PdfSourceFault>> {
  await mkdir(folder);
  const args = ['-j', '-f', String(page), '-l', String(page), file, join(folder, 'picture')];
  const result = await exec('pdfimages', args, { timeoutMs: 30_000 });
  if (!result.ok) return err(faultOf(result.error));
  const jpegs: string[] = [];
  for (const name of await readdir(folder))
    if (name.endsWith('.jpg')) jpegs.push(join(folder, name));
    else await rm(join(folder, name));
  return ok(jpegs);
}
