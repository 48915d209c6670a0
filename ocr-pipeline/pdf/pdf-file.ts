import { type FileHandle, open, rm } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import { moveFileDurable, temporaryBeside } from '@motcua/core';

/** Number of an indirect object; generation 0. */
export type ObjectNumber = number;

/**
 * A PDF file written from front to back: each object goes to disk as it is given, only offsets are kept. Classic
 * cross-reference table and no object streams, which PDF/A-1 and appended signatures ask for.
 */
export interface PdfFile {
  /** Number of an object that others name before it is written. */
  reserve(): ObjectNumber;
  /** `body` in PDF syntax, ASCII. */
  object(body: string, number?: ObjectNumber): Promise<ObjectNumber>;
  /** `entries` of the stream dictionary without Length and, when deflated here, without Filter. */
  stream(entries: string, data: Uint8Array | string, how: 'as-it-is' | 'deflate'): Promise<ObjectNumber>;
  /** Cross-reference table and trailer; then the file takes its place as a whole. Answers its size in bytes. */
  finish(trailer: string): Promise<number>;
  /** Nothing is left behind; safe after `finish`. */
  discard(): Promise<void>;
}

/** Rejects with the file system's error. */
export async function createPdfFile(to: string, version: '1.4' | '1.7'): Promise<PdfFile> {
  const temporary = temporaryBeside(to);
  const handle: FileHandle = await open(temporary, 'w', 0o600);
  const offsets: number[] = [0];
  let position = 0;
  let closed = false;
  const write = async (...parts: readonly (Uint8Array | string)[]) => {
    const bytes = Buffer.concat(
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
    );
    await handle.writeFile(bytes);
    position += bytes.length;
  };
  const reserve = () => offsets.push(Number.NaN) - 1;
  const begin = (number: ObjectNumber) => {
    offsets[number] = position;
    return `${number} 0 obj\n`;
  };

  // Four bytes over 127: "this file is binary" (ISO 19005-1, 6.1.2).
  await write(`%PDF-${version}\n%\xe2\xe3\xcf\xd3\n`);
  return {
    reserve,
    async object(body, number = reserve()) {
      await write(begin(number), body, '\nendobj\n');
      return number;
    },
    async stream(entries, data, how) {
      const number = reserve();
      const plain = typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
      const bytes = how === 'deflate' ? deflateSync(plain, { level: 9 }) : plain;
      const filter = how === 'deflate' ? ' /Filter /FlateDecode' : '';
      const head = `${begin(number)}<< ${entries}${filter} /Length ${bytes.length} >>\nstream\n`;
      await write(head, bytes, '\nendstream\nendobj\n');
      return number;
    },
    async finish(trailer) {
      const start = position;
      const rows = offsets.map((offset, at) =>
        at === 0 ? '0000000000 65535 f \n' : `${String(offset).padStart(10, '0')} 00000 n \n`,
      );
      await write(
        `xref\n0 ${offsets.length}\n${rows.join('')}trailer\n<< /Size ${offsets.length} ${trailer} >>\n`,
      );
      await write(`startxref\n${start}\n%%EOF\n`);
      closed = true;
      await handle.close();
      await moveFileDurable(temporary, to);
      return position;
    },
    async discard() {
      if (!closed) await handle.close();
      closed = true;
      await rm(temporary, { force: true });
    },
  };
}

/** A text string in any script: hexadecimal UTF-16BE with its byte order mark (ISO 32000-1, 7.9.2.2). */
export function textString(text: string): string {
  return `<FEFF${Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase()}>`;
}

/** `D:YYYYMMDDhhmmssZ`, to the second, UTC. */
export function dateString(date: Date): string {
  return `(D:${date.toISOString().replace(/\.\d+/, '').replace(/[-:T]/g, '')})`;
}
