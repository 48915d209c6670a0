import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseMrz } from '@motcua/core';
import { type Grey, toPgm } from '../imaging/image.ts';
import type { Box, Line } from '../page.ts';
import { findMrz, type MrzLines } from './find-mrz.ts';
import { boundsOfWords } from './tokens.ts';

/** Reads the lines of a cut-out machine-readable zone. */
export interface MrzReader {
  read(zone: Grey): Promise<readonly string[]>;
}

const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<';

/**
 * tesseract.js with English data and the zone's 37 signs only: the Vietnamese model reads a Latin I as T and a zero with
 * a stroke as 6. It starts at the first zone, since few pages have one.
 */
export function createMrzReader(): MrzReader {
  let starting: ReturnType<typeof start> | undefined;
  return {
    async read(zone) {
      starting ??= start();
      const worker = await starting;
      const { data } = await worker.recognize(toPgm(zone), {}, { text: true, blocks: false });
      return data.text.split('\n').filter((line) => line.trim() !== '');
    },
  };
}

async function start() {
  // Loaded for the few pages that have a zone.
  const { createWorker, OEM, PSM } = await import('tesseract.js');
  const { folder, gzip } = englishData();
  const worker = await createWorker('eng', OEM.LSTM_ONLY, {
    langPath: folder,
    gzip,
    cacheMethod: 'none',
    errorHandler: () => undefined,
  });
  await worker.setParameters({
    tessedit_pageseg_mode: PSM.SINGLE_BLOCK,
    tessedit_char_whitelist: SIGNS,
    tessedit_do_invert: '0',
  });
  return worker;
}

/** The distribution's data, else the npm package's; never the network. */
function englishData(): { readonly folder: string; readonly gzip: boolean } {
  const installed = '/usr/share/tesseract-ocr/5/tessdata';
  if (existsSync(join(installed, 'eng.traineddata'))) return { folder: installed, gzip: false };
  const manifest = createRequire(import.meta.url).resolve('@tesseract.js-data/eng/package.json');
  return { folder: join(dirname(manifest), '4.0.0_best_int'), gzip: true };
}

/**
 * Reads a machine-readable zone once more where its check digits do not hold, and puts the new reading in the place of
 * the old one if they then do. `clean` is the page as it was recognised, at `dpi`; the lines' boxes are its pixels.
 */
export async function rereadMrz(
  lines: readonly Line[],
  clean: Grey,
  dpi: number,
  reader: MrzReader,
  today: string,
): Promise<readonly Line[]> {
  const zone = findMrz(lines);
  if (zone === undefined || parseMrz(zone.lines, today).ok) return lines;
  const texts = await reader.read(crop(clean, boundsOfWords(zone.words), Math.round(dpi / 12)));
  const again = findMrz(
    texts.map((text) => ({ words: [{ text, box: boundsOfWords(zone.words), confidence: 0 }] })),
  );
  if (again === undefined || !parseMrz(again.lines, today).ok) return lines;
  return replaceLines(lines, zone, again.lines);
}

/** Check digits hold: no letter of it is in doubt. */
const PROVED = 99;

function replaceLines(lines: readonly Line[], zone: MrzLines, texts: MrzLines['lines']): readonly Line[] {
  const first = lines.findIndex((line) => line.words.includes(zone.words[0]!));
  return lines.map((line, at) => {
    const text = texts[at - first];
    return text === undefined
      ? line
      : { words: [{ text, box: boundsOfWords(line.words), confidence: PROVED }] };
  });
}

function crop(image: Grey, box: Box, margin: number): Grey {
  const x = Math.max(0, box.x - margin);
  const y = Math.max(0, box.y - margin);
  const width = Math.min(image.width, box.x + box.width + margin) - x;
  const height = Math.min(image.height, box.y + box.height + margin) - y;
  const data = new Uint8Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const from = (y + row) * image.width + x;
    data.set(image.data.subarray(from, from + width), row * width);
  }
  return { width, height, data };
}
