import { type Circumstances, type PdfChange, type PdfVerification, verifyPdf } from '../signing/index.ts';
import { cannotTell, invalid, type Reason, type SignatureReport } from './reasons.ts';
import { signatureReport } from './signature-report.ts';

export const MAX_PDF_BYTES = 536_870_912;

/**
 * What the signatures inside a PDF come to; `proofs` are times of trusted time-stamps over the whole file. Null when it
 * has none. `name` is how the file is called in what is told.
 */
export function reportPdf(
  bytes: Buffer,
  circumstances: Circumstances,
  name: string,
  proofs: readonly Date[] = [],
): { readonly reasons: readonly Reason[]; readonly signatures: readonly SignatureReport[] } | null {
  const mentionsSignature = bytes.includes('/ByteRange');
  const verified = verifyPdf(bytes, circumstances, proofs);
  if (!verified.ok) {
    if (!mentionsSignature) return null;
    const { code } = verified.error;
    const weigh = code === 'pdf-damaged' ? invalid : cannotTell;
    return { reasons: [weigh(code, name)], signatures: [] };
  }
  const { signatures, documentTimeStamps, store, detached } = verified.value;
  if (signatures.length === 0 && documentTimeStamps.length === 0)
    return detached ? { reasons: [invalid('pdf-signature-detached', name)], signatures: [] } : null;
  const reasons: Reason[] = [];
  for (const one of [...signatures, ...documentTimeStamps]) {
    const detail = `${name}, ${one.fieldName}`;
    if (one.fault === 'pdf-signature-unsupported') reasons.push(cannotTell(one.fault, detail));
    else if (one.fault !== null) reasons.push(invalid(one.fault, detail));
    for (const change of one.changes)
      reasons.push(invalid('pdf-changed-after-signing', `${detail}: ${describeChange(change)}`));
    reasons.push(...(one.outcome?.problems ?? []).map(({ code, weight }) => ({ code, weight, detail })));
  }
  if (store === 'damaged') reasons.push(invalid('validation-data-damaged', name));
  if (store === 'unverified') reasons.push(cannotTell('validation-data-unverified', name));
  return { reasons, signatures: reports(verified.value, name) };
}

function reports({ signatures, documentTimeStamps }: PdfVerification, name: string): SignatureReport[] {
  return signatures.flatMap((one) =>
    one.outcome === null
      ? []
      : [
          signatureReport(one.outcome, {
            file: one.fieldName,
            level: one.level,
            covers: [name],
            further: documentTimeStamps.flatMap(({ outcome }) => outcome ?? []),
          }),
        ],
  );
}

function describeChange({ what, page, object }: PdfChange): string {
  return `${page === null ? '' : `page ${page}, `}${what} (object ${object})`;
}
