import { err, exec, ok, type Result } from '@motcua/core';

export type PdfSourceFault =
  | 'page-pdf-tools-missing'
  | 'page-pdf-locked'
  | 'page-pdf-damaged'
  | 'page-timeout';

export interface PdfPageSize {
  /** Points (1/72 inch), as displayed. */
  readonly width: number;
  readonly height: number;
}

const options = { timeoutMs: 30_000, maxOutputBytes: 1_048_576, env: { ...process.env, LC_ALL: 'C.UTF-8' } };

/** Number of pages, by poppler's pdfinfo. */
export async function pdfPageCount(file: string): Promise<Result<number, PdfSourceFault>> {
  const result = await exec('pdfinfo', ['-enc', 'UTF-8', file], options);
  if (!result.ok) return err(faultOf(result.error));
  const pages = Number(/^Pages: +(\d+)$/m.exec(result.value.stdout.toString('utf8'))?.[1]);
  return pages > 0 ? ok(pages) : err('page-pdf-damaged');
}

/** `page` counts from 1. */
export async function pdfPageSize(file: string, page: number): Promise<Result<PdfPageSize, PdfSourceFault>> {
  const range = ['-f', String(page), '-l', String(page)];
  const result = await exec('pdfinfo', [...range, file], options);
  if (!result.ok) return err(faultOf(result.error));
  const text = result.value.stdout.toString('utf8');
  const [, width, height] = /^Page +\d+ size: +([\d.]+) x ([\d.]+) pts/m.exec(text) ?? [];
  const size = { width: Number(width), height: Number(height) };
  return size.width > 0 && size.height > 0 ? ok(size) : err('page-pdf-damaged');
}

/** What a failed program of poppler's says about the file. */
export function faultOf(error: { readonly code: string; readonly stderr?: string }): PdfSourceFault {
  if (error.code === 'exec-missing') return 'page-pdf-tools-missing';
  if (error.code === 'exec-timeout') return 'page-timeout';
  return /incorrect password/i.test(error.stderr ?? '') ? 'page-pdf-locked' : 'page-pdf-damaged';
}
