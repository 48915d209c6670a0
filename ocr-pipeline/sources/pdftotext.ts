import { err, exec, ok, type Result } from '@motcua/core';
import { faultOf, type PdfSourceFault } from './pdfinfo.ts';

const MAX_TEXT_BYTES = 4_194_304;

/** Which of the pages carry text already, visible or not? By poppler's pdftotext. */
export async function pdfPagesWithText(file: string): Promise<Result<readonly boolean[], PdfSourceFault>> {
  const result = await exec('pdftotext', ['-q', '-enc', 'UTF-8', file, '-'], {
    timeoutMs: 60_000,
    maxOutputBytes: MAX_TEXT_BYTES,
  });
  // So much text that the rest of it makes no difference.
  if (!result.ok && result.error.code === 'exec-output-too-long') return ok([true]);
  if (!result.ok) return err(faultOf(result.error));
  // A form feed ends every page.
  const pages = result.value.stdout.toString('utf8').split('\f').slice(0, -1);
  return ok(pages.map((text) => /[\p{L}\p{N}]/u.test(text)));
}
