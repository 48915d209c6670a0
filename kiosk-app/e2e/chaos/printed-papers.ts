import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '@motcua/core';
import { type Bitmap, bitmapToPng, loadSlipFonts, renderSlip } from '@motcua/device-drivers';
import type { PrintedPaper } from '@motcua/device-drivers/simulators';

/** One piece of paper as a person reads it. */
export interface ReadPaper {
  /** Texts of its QR codes: of a whole ticket, its id; of the city's receipt, the dossier's code. */
  readonly codes: readonly string[];
  readonly isCopy: boolean;
}

export async function readPapers(papers: readonly PrintedPaper[]): Promise<readonly ReadPaper[]> {
  const folder = await mkdtemp(join(tmpdir(), 'motcua-papers-'));
  try {
    const mark = await copyMark();
    const read: ReadPaper[] = [];
    for (const { bitmap } of papers) {
      const file = join(folder, 'paper.png');
      await writeFile(file, await bitmapToPng(bitmap));
      const args = ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', file];
      const found = await exec('zbarimg', args, { timeoutMs: 20_000 });
      const codes = found.ok ? found.value.stdout.toString().trim().split('\n') : [];
      read.push({ codes, isCopy: holds(rowsOf(bitmap), mark) });
    }
    return read;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The words above every copy, in the rows of the demo's printer. */
async function copyMark(): Promise<readonly string[]> {
  const words = {
    type: 'text',
    text: 'BẢN IN LẠI · COPY',
    size: 3,
    weight: 'bold',
    align: 'centre',
  } as const;
  const fonts = await loadSlipFonts();
  const rows = rowsOf(await renderSlip({ blocks: [words] }, { widthDots: 576, dpi: 203, fonts }));
  const inked = rows.flatMap((row, at) => (/[^0]/.test(row) ? [at] : []));
  return rows.slice(inked[0], (inked.at(-1) ?? 0) + 1);
}

function rowsOf({ data, width, height }: Bitmap): string[] {
  const stride = Math.ceil(width / 8);
  const bytes = Buffer.from(data);
  return Array.from({ length: height }, (_, row) =>
    bytes.subarray(row * stride, (row + 1) * stride).toString('hex'),
  );
}

function holds(rows: readonly string[], wanted: readonly string[]): boolean {
  return rows.some((_, at) => wanted.every((row, offset) => rows[at + offset] === row));
}
