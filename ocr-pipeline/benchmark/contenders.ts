import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import sharp from 'sharp';
import { estimateDpi } from '../imaging/resolution.ts';

const MOTCUA = join(import.meta.dirname, '..', '..', 'kiosk-app', 'cli', 'bin', 'motcua.mjs');

/** A program that makes one searchable PDF of page images, as a user would start it. */
export interface Contender {
  readonly name: 'native' | 'js' | 'ocrmypdf';
  readonly label: string;
  readonly program: string;
  readonly args: (input: BenchInput, to: string) => readonly string[];
}

/** The same pages in the two forms that the programs take. */
export interface BenchInput {
  readonly files: readonly string[];
  readonly pdf: string;
}

const ours = (engine: 'native' | 'js', label: string): Contender => ({
  name: engine,
  label,
  program: process.execPath,
  args: ({ files }, to) => [MOTCUA, 'digitize', ...files, '-o', to, '--engine', engine],
});

export const contenders: readonly Contender[] = [
  ours('native', 'motcua, native tesseract'),
  ours('js', 'motcua, tesseract.js'),
  {
    name: 'ocrmypdf',
    label: 'OCRmyPDF',
    program: 'ocrmypdf',
    args: ({ pdf }, to) => [
      ...['-l', 'vie', '--deskew', '--rotate-pages', '--output-type', 'pdfa', '--quiet'],
      ...[pdf, to],
    ],
  },
];

/**
 * OCRmyPDF takes several pages only as a PDF. This makes one without changing a pixel (JPEG byte for byte, anything
 * else as PNG), each page as large as its image says; the time for it is not counted against anybody.
 */
export async function writeInputPdf(files: readonly string[], to: string): Promise<void> {
  const document = await PDFDocument.create();
  for (const file of files) {
    const bytes = await readFile(file);
    const { format, density, autoOrient } = await sharp(bytes).metadata();
    const image =
      format === 'jpeg'
        ? await document.embedJpg(bytes)
        : await document.embedPng(
            await sharp(bytes).toColourspace('srgb').png({ compressionLevel: 3 }).toBuffer(),
          );
    const points = 72 / estimateDpi(autoOrient.width, autoOrient.height, density);
    const size = [image.width * points, image.height * points] as const;
    const page = document.addPage([...size]);
    page.drawImage(image, { x: 0, y: 0, width: size[0], height: size[1] });
  }
  await writeFile(to, await document.save());
}
