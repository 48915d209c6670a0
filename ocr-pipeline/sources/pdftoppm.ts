import { err, exec, ok, type Result } from '@motcua/core';
import { faultOf, type PdfSourceFault } from './pdfinfo.ts';

export interface PdfRendering {
  /** Counts from 1. */
  readonly page: number;
  readonly dpi: number;
}

/**
 * It exits well with a white or half page when it could not draw the picture on it, and when the disk was full: that must
 * not be archived.
 */
const FAILED = /^(Syntax Error|Corrupt JPEG data: premature end|Internal Error: error during writing)/m;

/** Draws what a reader shows of one page (its crop box), as PNG to `${base}.png`, by poppler's pdftoppm. */
export async function renderPdfPage(
  file: string,
  { page, dpi }: PdfRendering,
  base: string,
): Promise<Result<string, PdfSourceFault>> {
  const range = ['-f', String(page), '-l', String(page), '-singlefile'];
  const result = await exec('pdftoppm', [...range, '-cropbox', '-png', '-r', String(dpi), file, base], {
    timeoutMs: 60_000,
  });
  if (!result.ok) return err(faultOf(result.error));
  if (FAILED.test(result.value.stderr)) return err('page-pdf-damaged');
  return ok(`${base}.png`);
}
