import { open } from 'node:fs/promises';
import { err, type Result } from '@motcua/core';
import { pagesOf } from '../pades/form.ts';
import { guarded, type PdfDocument, readPdf } from '../pades/read-document.ts';
import { type Authorities, type ReachedLevel, type SignPdfError, signPdf } from '../pades/sign-pdf.ts';
import { isArray, isDict } from '../pades/values.ts';
import type { SigningKey } from '../signing-key.ts';
import { drawAppearance } from './draw-appearance.ts';
import type { SealImage } from './seal-image.ts';
import type { BlockContent } from './wording.ts';

const MAX_PDF_BYTES = 536_870_912;

/**
 * Signs a PDF with the visible block that the rules ask for, by an incremental update: what was there stays byte for
 * byte, PDF/A stays PDF/A. The level is the highest that the authorities let reach now; B-B without any.
 */
export async function signVisibly(options: {
  readonly from: string;
  readonly to: string;
  readonly key: SigningKey;
  readonly content: BlockContent;
  readonly seal?: SealImage | undefined;
  readonly signerName: string;
  readonly authorities: Authorities | null;
}): Promise<Result<ReachedLevel, SignPdfError>> {
  const { from, to, key, content, seal, authorities, signerName } = options;
  const page = await firstPageSize(from);
  if (!page.ok) return page;
  const appearance = drawAppearance({ content, page: page.value, seal });
  const reason = content.role === 'officer' ? 'Số hóa từ bản giấy' : content.form;
  return signPdf({
    from,
    to,
    key,
    authorities,
    words: { time: content.time, signerName, reason, appearance },
  });
}

async function firstPageSize(
  file: string,
): Promise<Result<{ readonly width: number; readonly height: number }, SignPdfError>> {
  let bytes: Buffer;
  try {
    await using handle = await open(file);
    if ((await handle.stat()).size > MAX_PDF_BYTES) return err({ code: 'pdf-too-large' });
    bytes = await handle.readFile();
  } catch {
    return err({ code: 'pdf-unreadable' });
  }
  const document = readPdf(bytes);
  if (!document.ok) return document;
  const size = guarded(() => mediaBox(document.value));
  if (!size.ok) return size;
  return size.value ? { ok: true, value: size.value } : err({ code: 'pdf-no-such-page' });
}

/** Of the first page; it may be inherited (ISO 32000-1, 7.7.3.4). */
function mediaBox(document: PdfDocument): { readonly width: number; readonly height: number } | null {
  const view = document.view();
  let node = view.resolve(pagesOf(view)[0]);
  for (let depth = 0; depth < 20 && isDict(node); depth++) {
    const box = view.resolve(node.get('MediaBox'));
    if (isArray(box)) {
      const [left, bottom, right, top] = box.map((one) => Number(view.resolve(one)));
      const [width, height] = [right! - left!, top! - bottom!];
      return width > 0 && height > 0 ? { width, height } : null;
    }
    node = view.resolve(node.get('Parent'));
  }
  return null;
}
