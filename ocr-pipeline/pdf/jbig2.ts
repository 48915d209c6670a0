import type { Bilevel } from '../imaging/ink-layers.ts';
import { createMqEncoder } from './mq-encoder.ts';

/** Context that says "this row is as the one above" in template 0 (ITU-T T.88, figure 8). */
const TYPICAL_ROW = 0x9b25;
const PAGE_INFORMATION = 48;
const IMMEDIATE_LOSSLESS_GENERIC_REGION = 39;

/**
 * The stream of PDF's JBIG2Decode filter (segments without file header, ISO 32000-1, 7.4.7) for one bilevel image:
 * one lossless generic region, template 0, typical prediction. Symbols are never shared or substituted: what is
 * decoded is the image, pixel for pixel.
 */
export function encodeJbig2(image: Bilevel): Buffer {
  const { width, height } = image;
  const page = Buffer.alloc(19);
  page.writeUInt32BE(width, 0);
  page.writeUInt32BE(height, 4);
  // Resolution unknown: the PDF says how large the image is. Lossless, default pixel white.
  page[16] = 1;
  const region = Buffer.alloc(26);
  region.writeUInt32BE(width, 0);
  region.writeUInt32BE(height, 4);
  // At 0, 0; combined by OR. Arithmetic coding, template 0, typical prediction; adaptive pixels at their nominal places.
  region[17] = 0b1000;
  region.set([3, 0xff, 0xfd, 0xff, 2, 0xfe, 0xfe, 0xfe], 18);
  return Buffer.concat([
    ...segment(0, PAGE_INFORMATION, page),
    ...segment(1, IMMEDIATE_LOSSLESS_GENERIC_REGION, region, codeRows(image)),
  ]);
}

function segment(number: number, type: number, ...data: readonly Uint8Array[]): readonly Uint8Array[] {
  const header = Buffer.alloc(11);
  header.writeUInt32BE(number, 0);
  header[4] = type;
  // Refers to no other segment; belongs to page 1.
  header[6] = 1;
  header.writeUInt32BE(
    data.reduce((sum, part) => sum + part.length, 0),
    7,
  );
  return [header, ...data];
}

/** Contexts as three shift registers: five pixels two rows up, seven of the row above, four to the left. */
function codeRows({ width, height, data }: Bilevel): Uint8Array {
  const coder = createMqEncoder(1 << 16);
  // Rows with paper around them, so that no neighbour needs a bounds check.
  let twoUp = new Uint8Array(width + 4);
  let above = new Uint8Array(width + 4);
  let row = new Uint8Array(width + 4);
  let wasTypical = 0;
  for (let y = 0; y < height; y += 1) {
    row.set(data.subarray(y * width, (y + 1) * width));
    const typical = sameRow(row, above) ? 1 : 0;
    coder.encode(TYPICAL_ROW, typical ^ wasTypical);
    wasTypical = typical;
    if (typical === 0) {
      let high = (twoUp[0]! << 1) | twoUp[1]!;
      let middle = (above[0]! << 2) | (above[1]! << 1) | above[2]!;
      let left = 0;
      for (let x = 0; x < width; x += 1) {
        high = ((high << 1) | twoUp[x + 2]!) & 0b11111;
        middle = ((middle << 1) | above[x + 3]!) & 0b1111111;
        const bit = row[x]!;
        coder.encode((high << 11) | (middle << 4) | left, bit);
        left = ((left << 1) | bit) & 0b1111;
      }
    }
    [twoUp, above, row] = [above, row, twoUp];
  }
  return coder.flush();
}

function sameRow(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
