import { err, exec, ok, type Result } from '@motcua/core';
import { faultOf, type PdfSourceFault } from './pdfinfo.ts';

const MAX_TEXT_BYTES = 4_194_304;

/** Does any page carry text already, visible or not? By poppler's pdftotext. */
export async function pdfHasText(file: string): Promise<Result<boolean, PdfSourceFault>> {
  const result = await exec('pdftotext', ['-q', '-enc', 'UTF-8', file, '-'], {
    timeoutMs: 60_000,
    maxOutputBytes: MAX_TEXT_BYTES,
  });
  if (result.ok) return ok(/[\p{L}\p{N}]/u.test(result.value.stdout.toString('utf8')));
  return result.error.code === 'exec-output-too-long' ? ok(true) : err(faultOf(result.error));
}
