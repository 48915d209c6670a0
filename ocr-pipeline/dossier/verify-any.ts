import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { verifyReceipt } from '../signing/index.ts';
import { cannotTell, conclude, invalid, type Verification } from './reasons.ts';
import { verifyDossier } from './verify-dossier.ts';

const MAX_PDF_BYTES = 2_147_483_648;
const MAX_RECEIPT_BYTES = 20_480;

/**
 * Verifies whatever a person lays before it: a sealed dossier, a receipt of the city (`.jws`), a PDF. For a PDF the
 * answer is `cannot-tell`: signatures in PDFs are not judged yet, and one without a signature says nothing.
 */
export async function verifyAny(
  file: string,
  options: {
    readonly trust: readonly string[];
    readonly receiptTrust: readonly string[];
    readonly at: Date;
  },
): Promise<Verification> {
  const found = await stat(file).catch(() => undefined);
  const head = found?.isFile() ? await readHead(file, 1_024) : undefined;
  if (found === undefined || head === undefined)
    return conclude('unknown', [
      cannotTell('file-unreadable', 'there is no such file, or it cannot be read'),
    ]);
  if (head.subarray(0, 2).toString('latin1') === 'PK') return verifyDossier(file, options);
  if (head.includes('%PDF-')) return describePdf(file, found.size);
  if (/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]/.test(head.toString('latin1')) && found.size <= MAX_RECEIPT_BYTES)
    return describeReceipt(file, options.receiptTrust);
  return conclude('unknown', [cannotTell('format-unknown', 'neither a dossier, nor a receipt, nor a PDF')]);
}

async function describePdf(file: string, size: number): Promise<Verification> {
  if (size > MAX_PDF_BYTES) return conclude('pdf', [cannotTell('file-too-large', `${size} bytes`)]);
  // A signature's ByteRange stands outside of compressed streams, because its numbers are filled in last.
  let tail = '';
  for await (const chunk of createReadStream(file, { highWaterMark: 1_048_576 })) {
    const text = tail + (chunk as Buffer).toString('latin1');
    if (text.includes('/ByteRange'))
      return conclude('pdf', [
        cannotTell(
          'pdf-signature-not-checked',
          'it has a signature; signatures in PDFs cannot be checked yet',
        ),
      ]);
    tail = text.slice(-16);
  }
  return conclude('pdf', [cannotTell('pdf-unsigned', 'it has no signature')]);
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
