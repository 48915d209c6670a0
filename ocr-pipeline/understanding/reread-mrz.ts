import { parseMrz } from '@motcua/core';
import type { Grey } from '../imaging/image.ts';
import type { Box, Line } from '../page.ts';
import { findMrz, type MrzLines } from './find-mrz.ts';
import type { MrzReader } from './mrz-reader.ts';
import { boundsOfWords } from './tokens.ts';

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
