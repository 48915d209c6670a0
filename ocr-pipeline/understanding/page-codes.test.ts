import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import qrcode from 'qrcode';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toRgb } from '../imaging/image.ts';
import { type Quad, WHOLE_PICTURE } from '../imaging/sheet.ts';
import { listSpecimens } from '../specimens/index.ts';
import { findCodeRegions } from './code-regions.ts';
import { readPageCodes } from './page-codes.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codes-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A page of A4 in grey paper with a QR of that many millimetres, and a few lines of dark bars for text. */
async function pageWithQr(text: string, millimetres: number, dpi: number): Promise<string> {
  const mm = dpi / 25.4;
  const code = await qrcode.toBuffer(text, { width: Math.round(millimetres * mm), margin: 1 });
  const bars = Array.from({ length: 12 }, (_, at) => ({
    input: {
      create: { width: Math.round(120 * mm), height: Math.round(1.2 * mm), channels: 3, background: '#222' },
    } as const,
    left: Math.round(30 * mm),
    top: Math.round((100 + at * 9) * mm),
  }));
  const file = join(folder, `qr-${millimetres}-${dpi}.png`);
  await sharp({
    create: { width: Math.round(210 * mm), height: Math.round(297 * mm), channels: 3, background: '#e8e6e0' },
  })
    .composite([{ input: code, left: Math.round(140 * mm), top: Math.round(30 * mm) }, ...bars])
    .withMetadata({ density: dpi })
    .png()
    .toFile(file);
  return file;
}

async function atDpi(file: string, dpi = 200) {
  const { width, density } = await sharp(file).metadata();
  return toRgb(sharp(file).resize(Math.round((width * dpi) / (density ?? dpi))));
}

describe('codes on a page', () => {
  it('are read where they stand', async () => {
    const file = await pageWithQr('https://mau.example.vn/ho-so?ma=H29.15-261008-0975', 25, 200);
    const [code, ...more] = await readPageCodes({
      image: await atDpi(file),
      dpi: 200,
      file,
      sheet: WHOLE_PICTURE,
    });
    expect(more).toEqual([]);
    expect(code).toMatchObject({
      format: 'QRCode',
      text: 'https://mau.example.vn/ho-so?ma=H29.15-261008-0975',
    });
    expect(code!.box.x / 200).toBeCloseTo(140 / 25.4, 0);
    expect(code!.box.y / 200).toBeCloseTo(30 / 25.4, 0);
  });

  it('too fine for 200 dpi are read in the source', async () => {
    const text = 'x'.repeat(220);
    const file = await pageWithQr(text, 14, 400);
    const codes = await readPageCodes({ image: await atDpi(file), dpi: 200, file, sheet: WHOLE_PICTURE });
    expect(codes.map((code) => code.text)).toEqual([text]);
  });

  it('that only the source shows are this paper’s only, not those of the paper beside it', async () => {
    const file = await pageWithQr('x'.repeat(220), 14, 400);
    const coarse = { image: await atDpi(file, 100), dpi: 100, file };
    expect(await readPageCodes({ ...coarse, sheet: WHOLE_PICTURE })).toHaveLength(1);
    const sheet: Quad = [
      { x: 0, y: 0 },
      { x: 0.5, y: 0 },
      { x: 0.5, y: 1 },
      { x: 0, y: 1 },
    ];
    expect(await readPageCodes({ ...coarse, sheet })).toEqual([]);
  });

  it('are read though print of a card touches them', async () => {
    const mm = 300 / 25.4;
    const lines = [
      'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
      'SOCIALIST REPUBLIC OF VIET NAM',
      'CĂN CƯỚC CÔNG DÂN',
    ];
    const words = lines
      .map((line, at) => `<text x="150" y="${52 + at * 40}" font-size="29" font-weight="bold">${line}</text>`)
      .join('');
    const print = `<svg width="${Math.round(85.6 * mm)}" height="${Math.round(54 * mm)}">${words}</svg>`;
    const text = '080196002208|361234567|Huỳnh Ngọc Bích Tuyền|15091996|Nữ|Khu phố Bình Cư 2|25122021';
    const file = join(folder, 'touching.png');
    await sharp({ create: { width: 1011, height: 638, channels: 3, background: '#dfe9e2' } })
      .composite([
        { input: Buffer.from(print), left: 0, top: 0 },
        { input: await qrcode.toBuffer(text, { width: 165, margin: 0 }), left: 716, top: 25 },
      ])
      .withMetadata({ density: 300 })
      .png()
      .toFile(file);
    const codes = await readPageCodes({ image: await atDpi(file), dpi: 200, file, sheet: WHOLE_PICTURE });
    expect(codes.map((code) => code.text)).toEqual([text]);
  });

  it('are sought on no page of print, stamps and tables', async () => {
    const pages = listSpecimens().filter(({ name }) => /^(?:02|04|07|12|13|14|15|16)-/.test(name));
    for (const { file, name } of pages) {
      const regions = findCodeRegions(await atDpi(file), 200);
      expect(regions, name).toEqual([]);
    }
  });
});
