import { createHash } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Evidence, NO_EVIDENCE, verifyReceipt } from '../signing/index.ts';
import { cannotTell, conclude, invalid, type Verification } from './reasons.ts';
import { anchorsOf, verifyDossier } from './verify-dossier.ts';
import { MAX_PDF_BYTES, reportPdf } from './verify-pdf-document.ts';

const MAX_RECEIPT_BYTES = 20_480;

/**
 * Verifies whatever a person lays before it: a sealed dossier, a receipt of the city (`.jws`), a PDF. One without
 * a signature says nothing: `cannot-tell`. What is a dossier or a PDF at its end is judged as one whatever its
 * first bytes are, so that something put in front is told as that.
 */
export async function verifyAny(
  file: string,
  options: {
    readonly trust: readonly string[];
    readonly receiptTrust: readonly string[];
    readonly at: Date;
    /** Revocation lists at hand. */
    readonly evidence?: Evidence;
  },
): Promise<Verification> {
  const found = await stat(file).catch(() => undefined);
  const head = found?.isFile() ? await readHead(file, 1_024) : undefined;
  if (found === undefined || head === undefined)
    return conclude('unknown', [
      cannotTell('file-unreadable', 'there is no such file, or it cannot be read'),
    ]);
  if (head.subarray(0, 2).toString('latin1') === 'PK') return verifyDossier(file, options);
  const tail = await readTail(file, found.size);
  // A dossier with something in front of it may show the first of its PDFs there: what stands at the end decides.
  const first = head.subarray(0, 5).toString('latin1');
  if (first !== '%PDF-' && tail.includes('PK\x05\x06', 0, 'latin1')) return verifyDossier(file, options);
  if (head.includes('%PDF-') || /startxref\s+\d+\s+%%EOF\s*$/.test(tail.subarray(-1_024).toString('latin1')))
    return describePdf(file, found.size, options);
  if (/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]/.test(head.toString('latin1')) && found.size <= MAX_RECEIPT_BYTES)
    return describeReceipt(file, options.receiptTrust);
  return conclude('unknown', [cannotTell('format-unknown', 'neither a dossier, nor a receipt, nor a PDF')]);
}

async function describePdf(
  file: string,
  size: number,
  options: { readonly trust: readonly string[]; readonly evidence?: Evidence; readonly at: Date },
): Promise<Verification> {
  if (size > MAX_PDF_BYTES) return conclude('pdf', [cannotTell('file-too-large', `${size} bytes`)]);
  const bytes = await readFile(file);
  const name = basename(file);
  const circumstances = {
    anchors: anchorsOf(options.trust),
    at: options.at,
    evidence: options.evidence ?? NO_EVIDENCE,
  };
  const seen = reportPdf(bytes, circumstances, name);
  if (seen === null) return conclude('pdf', [cannotTell('pdf-unsigned', name)]);
  const covered = seen.reasons.every(({ weight }) => weight !== 'invalid');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const document = { name, mediaType: 'application/pdf', size, sha256, signatures: seen.signatures };
  return conclude('pdf', seen.reasons, {
    signatures: seen.signatures,
    documents: covered ? [document] : [],
  });
}

async function describeReceipt(file: string, trust: readonly string[]): Promise<Verification> {
  const token = (await readHead(file, MAX_RECEIPT_BYTES)).toString('latin1').trim();
  const read = await verifyReceipt(token, trust);
  if (read.ok) return conclude('receipt', [], { claims: read.value.claims });
  switch (read.error.code) {
    case 'receipt-signer-unknown':
      return conclude('receipt', [
        cannotTell(read.error.code, 'signed by nobody in the list of receipt certificates'),
      ]);
    case 'receipt-bad-signature':
      return conclude('receipt', [invalid(read.error.code, 'the signature does not hold')]);
    case 'receipt-malformed':
    case 'receipt-too-long':
      return conclude('receipt', [invalid('receipt-malformed', 'not a receipt token')]);
    case 'receipt-wrong-type':
      return conclude('receipt', [invalid(read.error.code, 'a signed token of another kind')]);
  }
}

/** As far back as a ZIP's end record can lie. */
async function readTail(file: string, size: number): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(Math.min(size, 65_557));
    await handle.read(buffer, 0, buffer.length, size - buffer.length);
    return buffer;
  } finally {
    await handle.close();
  }
}

async function readHead(file: string, bytes: number): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(bytes);
    const { bytesRead } = await handle.read(buffer, 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
