import { err, exec, ok, type Result } from '@motcua/core';
import { faultOf, type PdfSourceFault } from './pdfinfo.ts';

export interface PdfRendering {
  /** Counts from 1. */
  readonly page: number;
  readonly dpi: number;
}

/** Draws one page as PNG to `${base}.png`, by poppler's pdftoppm. */
export async function renderPdfPage(
  file: string,
  { page, dpi }: PdfRendering,
  base: string,
): Promise<Result<string, PdfSourceFault>> {
  const range = ['-f', String(page), '-l', String(page), '-singlefile'];
  const result = await exec('pdftoppm', [...range, '-png', '-r', String(dpi), file, base], {
    timeoutMs: 60_000,
  });
  if (!result.ok) return err(faultOf(result.error));
  // It exits well with a white page when it could not draw the picture on it: that must not be archived.
  if (/^Syntax Error/m.test(result.value.stderr)) return err('page-pdf-damaged');
  return ok(`${base}.png`);
}
