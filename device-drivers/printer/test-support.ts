import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bitmapToPng, createBitmap } from './bitmap.ts';
import type { Bitmap, Slip } from './slip.ts';

const run = promisify(execFile);
/** In the virtual machine of `npm run test:usb` a page takes twenty times as long to read. */
const READ_MS = 120_000;

/** What `zbarimg`, which knows nothing of our renderer, reads on the paper. */
export async function readCodes(bitmap: Bitmap, kinds: 'qr' | 'all' = 'qr'): Promise<string[]> {
  const only = kinds === 'qr' ? ['-Sdisable', '-Sqrcode.enable'] : [];
  const stdout = await readBy('zbarimg', bitmap, (file) => ['--quiet', '--raw', ...only, file]);
  return stdout.trim().split('\n');
}

/** What `tesseract` reads on the paper. */
export function readText(bitmap: Bitmap): Promise<string> {
  return readBy('tesseract', bitmap, (file) => [file, 'stdout', '-l', 'eng', '--psm', '11']);
}

async function readBy(program: string, bitmap: Bitmap, args: (file: string) => string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'motcua-slip-'));
  try {
    const file = join(folder, 'slip.png');
    await writeFile(file, await bitmapToPng(bitmap));
    const env = { ...process.env, OMP_THREAD_LIMIT: '1' };
    return (await run(program, args(file), { timeout: READ_MS, env })).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A bitmap with some pattern in it, without the cost of rendering text. */
export function patternBitmap(height: number, width = 576): Bitmap {
  const bitmap = createBitmap(width, height);
  for (let at = 0; at < bitmap.data.length; at++) bitmap.data[at] = (at * 37 + (at >> 5)) & 0xff;
  return bitmap;
}

export const sampleTicket: Slip = {
  blocks: [
    { type: 'text', text: 'Phường Tân Hưng', size: 3.2, weight: 'bold', align: 'centre' },
    { type: 'rule' },
    { type: 'text', text: 'A027', size: 20, weight: 'bold', align: 'centre' },
    { type: 'pair', label: 'Thủ tục', value: 'Chứng thực bản sao từ bản chính', weight: 'bold' },
    { type: 'qr', text: 'MCK1:01JD3W8Z5Q4R7T9VXYA2B3C4D5', millimetres: 26 },
  ],
};
