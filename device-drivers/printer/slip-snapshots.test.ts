import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, it } from 'vitest';
import { bitmapFromImage } from './bitmap.ts';
import { renderSlip } from './render-slip.ts';
import type { Bitmap, Slip } from './slip.ts';
import { loadSlipFonts, type SlipFonts } from './slip-fonts.ts';
import { readCodes, sampleTicket } from './test-support.ts';

/** `UPDATE_SNAPSHOTS=1 npx vitest run slip-snapshots` writes them anew: look at each before it is committed. */
const update = process.env['UPDATE_SNAPSHOTS'] === '1';

let fonts: SlipFonts;
let logo: Bitmap;
beforeAll(async () => {
  fonts = await loadSlipFonts();
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><rect width="200" height="100" fill="#888"/><circle cx="100" cy="50" r="40"/></svg>`;
  logo = await bitmapFromImage(await sharp(Buffer.from(svg)).png().toBuffer(), 200);
});

const everything = (): Slip => ({
  blocks: [
    { type: 'picture', bitmap: logo },
    { type: 'text', text: 'ỦY BAN NHÂN DÂN PHƯỜNG TÂN HƯNG', weight: 'bold', align: 'centre' },
    { type: 'rule', millimetres: 30 },
    { type: 'text', text: 'Căn cước, giấy khai sinh: ắ ằ ẳ ẵ ặ ế ề ể ễ ệ Đ ợ ữ' },
    {
      type: 'table',
      columns: [1, 6, 2],
      header: ['TT', 'Giấy tờ', 'Trang'],
      rows: [
        ['1', 'Đơn', '2'],
        ['2', 'Hộ khẩu', '10'],
      ],
    },
    { type: 'pair', label: 'Mã hồ sơ', value: 'H29.15-261008-0975', weight: 'bold' },
    { type: 'bar-code', text: 'H29.15-261008-0975' },
  ],
});

/** One bit per dot, as it is printed. */
async function png({ width, height, data }: Bitmap): Promise<Buffer> {
  const grey = Buffer.alloc(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      grey[y * width + x] = (data[y * (width / 8) + (x >> 3)]! & (0x80 >> (x & 7))) !== 0 ? 0 : 255;
  return sharp(grey, { raw: { width, height, channels: 1 } })
    .png({ palette: true, colours: 2 })
    .toBuffer();
}

it.each([
  ['ticket-80mm', 576, () => sampleTicket],
  ['ticket-58mm', 384, () => sampleTicket],
  ['everything-80mm', 576, everything],
  ['everything-58mm', 384, everything],
] as const)('%s comes out dot by dot as it did', async (name, widthDots, slip) => {
  const bitmap = await renderSlip(slip(), { widthDots, dpi: 203, fonts });
  const file = join(import.meta.dirname, 'fixtures', `${name}.png`);
  if (update) await writeFile(file, await png(bitmap));
  const { data, info } = await sharp(await readFile(file))
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([bitmap.width, bitmap.height]);
  const different = [];
  for (let y = 0; y < bitmap.height; y++)
    for (let x = 0; x < bitmap.width; x++) {
      const black = (bitmap.data[y * (bitmap.width / 8) + (x >> 3)]! & (0x80 >> (x & 7))) !== 0;
      if (black !== data[(y * info.width + x) * info.channels]! < 128) different.push(`${x},${y}`);
    }
  expect(different).toEqual([]);
});

it.each([
  576, 384,
])('a bar code is read by a reader at %i dots; what does not fit is text', async (widthDots) => {
  const code = async (text: string) =>
    readCodes(
      await renderSlip({ blocks: [{ type: 'bar-code', text }] }, { widthDots, dpi: 203, fonts }),
      'all',
    ).catch(() => []);
  expect(await code('H29.15-0975')).toEqual(['H29.15-0975']);
  expect(await code('0123456789')).toEqual(['0123456789']);
  expect(await code('Ab 12345678 z~')).toEqual(['Ab 12345678 z~']);
  expect(await code('X'.repeat(60))).toEqual([]);
  expect(await code('Tân Hưng')).toEqual([]);
});
