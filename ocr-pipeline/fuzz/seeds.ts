import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manualClock, unwrap } from '@motcua/core';
import sharp from 'sharp';
import { buildSpecimenDossier } from '../dossier/specimen.ts';
import type { DigitisedPage } from '../page.ts';
import { composePdf } from '../pdf/compose-pdf.ts';
import { openDeviceKey, openSeal, signReceipt } from '../signing/index.ts';
import { forgeTiff } from '../sources/forge-tiff.ts';
import { listSpecimens } from '../specimens/index.ts';
import type { TargetName } from './targets.ts';

export interface Seeds {
  readonly files: Readonly<Record<TargetName, readonly Buffer[]>>;
  /** What seals and receipts are verified against. */
  readonly certificates: readonly string[];
}

/** Whole files of every kind that the pipeline reads, small, so that many can be tried in a second. */
export async function makeSeeds(folder: string): Promise<Seeds> {
  for (const name of ['key', 'seal']) await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
  const specimens = listSpecimens();
  const small = sharp(specimens[1]!.file).resize(300, 424, { fit: 'fill' });
  const jpeg = await small.clone().jpeg().toBuffer();
  const grey = new Uint8Array(300 * 400).map((_, at) => ((at * 31) % 97) + 120);
  const page = { width: 300, height: 400, data: grey };
  const pictures = await Promise.all([
    jpeg,
    small.clone().withMetadata({ orientation: 6, density: 40 }).jpeg({ progressive: true }).toBuffer(),
    small.clone().toColourspace('cmyk').jpeg().toBuffer(),
    small.clone().png().toBuffer(),
    small.clone().png({ palette: true }).toBuffer(),
    small.clone().toColourspace('rgb16').png().toBuffer(),
    small.clone().webp().toBuffer(),
    small.clone().gif().toBuffer(),
    small.clone().tiff({ compression: 'lzw' }).toBuffer(),
    small.clone().tiff({ compression: 'jpeg' }).toBuffer(),
    small.clone().greyscale().toColourspace('b-w').tiff({ compression: 'ccittfax4', bitdepth: 1 }).toBuffer(),
  ]);
  const tiffs = [
    forgeTiff([page, { ...page, bilevel: true, horizontal: 204, vertical: 98 }]),
    forgeTiff([{ ...page, preview: true }, page]),
  ];
  const pdf = await makePdf(folder, jpeg);
  const clock = manualClock('2026-10-08T02:10:00Z');
  const key = await openDeviceKey({ folder: join(folder, 'key'), clock, id: 'fuzz', name: 'Fuzz' });
  const seal = await openSeal({ folder: join(folder, 'seal'), clock, kioskId: 'fuzz', kioskName: 'Fuzz' });
  const dossierId = '01K6Z00000000000000000000A';
  const dossier = await buildSpecimenDossier({ folder, dossierId, seal, clock, bytesPerPaper: 400 });
  const receipt = Buffer.from(await signReceipt({ version: 1, dossierCode: dossierId }, key));
  const texts = specimens.map(({ text }) => Buffer.from(text));
  const images = [...pictures, ...tiffs];
  return {
    files: {
      inspect: [...images, pdf],
      decode: images,
      sources: [...tiffs, ...tiffs, pdf, pictures[8]!, pictures[10]!],
      thumbnail: images,
      compose: [jpeg, pictures[1]!],
      verify: [await readFile(dossier.file), receipt, pdf],
      understand: texts,
    },
    certificates: [key.certificatePem, seal.certificatePem],
  };
}

/** Two pages of pictures, no text. */
async function makePdf(folder: string, jpeg: Buffer): Promise<Buffer> {
  const imageFile = join(folder, 'seed.jpg');
  await writeFile(imageFile, jpeg);
  const page = { imageFile, width: 300, height: 424, dpi: 36, lines: [] } as unknown as DigitisedPage;
  const meta = { title: 'seed', language: 'vi-VN', createdAt: new Date(0), producer: 'fuzz' };
  return readFile(unwrap(await composePdf([page, page], meta, join(folder, 'seed.pdf'))).file);
}
