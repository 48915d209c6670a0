import { beforeAll, describe, expect, it } from 'vitest';
import { bitmapToPng, isBlack } from './bitmap.ts';
import { renderSlip } from './render-slip.ts';
import type { Bitmap, Slip } from './slip.ts';
import { loadSlipFonts, type SlipFonts } from './slip-fonts.ts';
import { readCodes, sampleTicket } from './test-support.ts';

let fonts: SlipFonts;
beforeAll(async () => {
  fonts = await loadSlipFonts();
});

const paper = { widthDots: 576, dpi: 203 };

function blackBox(bitmap: Bitmap) {
  let [left, right, top, bottom] = [bitmap.width, -1, bitmap.height, -1];
  for (let y = 0; y < bitmap.height; y++)
    for (let x = 0; x < bitmap.width; x++)
      if (isBlack(bitmap, x, y)) {
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
      }
  return { left, right, top, bottom };
}

const text = (content: string, size = 2.6): Slip => ({ blocks: [{ type: 'text', text: content, size }] });

describe('a rendered slip', () => {
  it.each([576, 384])('has a QR code that a reader reads at %i dots', async (widthDots) => {
    const bitmap = await renderSlip(sampleTicket, { widthDots, dpi: 203, fonts });
    expect(bitmap.width).toBe(widthDots);
    expect(await readCodes(bitmap)).toEqual(['MCK1:01JD3W8Z5Q4R7T9VXYA2B3C4D5']);
  });

  it('is as tall in capitals as asked, in millimetres', async () => {
    const { top, bottom } = blackBox(await renderSlip(text('H', 20), { ...paper, fonts }));
    expect((bottom - top + 1) / 8).toBeCloseTo(20, 0);
  });

  it('draws tones above capitals and below letters whole', async () => {
    const plain = blackBox(await renderSlip(text('AU'), { ...paper, fonts }));
    const marked = blackBox(await renderSlip(text('ẨỰ'), { ...paper, fonts }));
    expect(marked.top).toBeLessThan(plain.top);
    expect(marked.top).toBeGreaterThan(0);
    expect(marked.bottom).toBeGreaterThan(plain.bottom);
  });

  it('keeps lines of stacked tones apart', async () => {
    const bitmap = await renderSlip(text('ỰỰỰỰ\nẨẨẨẨ'), { ...paper, fonts });
    const box = blackBox(bitmap);
    const whiteRows = Array.from({ length: box.bottom - box.top }, (_, row) => row + box.top).filter((y) =>
      Array.from({ length: bitmap.width }, (_, x) => x).every((x) => !isBlack(bitmap, x, y)),
    );
    expect(whiteRows.length).toBeGreaterThan(0);
  });

  it('never breaks or clips a large number: it makes it smaller', async () => {
    const four = blackBox(await renderSlip(text('A027', 20), { ...paper, fonts }));
    const seven = blackBox(await renderSlip(text('AB12345', 20), { ...paper, fonts }));
    expect(seven.right).toBeLessThan(576);
    expect(seven.bottom - seven.top).toBeLessThan(four.bottom - four.top);
  });

  it('never breaks a code or words held together, on narrow paper either', async () => {
    const heightOf = async (content: string) => {
      const box = blackBox(await renderSlip(text(content, 3.8), { widthDots: 384, dpi: 203, fonts }));
      return box.bottom - box.top;
    };
    const oneLine = await heightOf('H29.15');
    expect(await heightOf('H29.15-261008-0975')).toBeLessThanOrEqual(oneLine);
    expect(await heightOf('16:30\u00a008/10/2026')).toBeLessThan(oneLine * 1.5);
    expect(await heightOf('16:30 08/10/2026 16:30')).toBeGreaterThan(oneLine * 1.5);
  });

  it('never breaks the heading of a narrow column', async () => {
    const table = (header: string[]): Slip => ({
      blocks: [{ type: 'table', columns: [1, 20, 1], header, rows: [] }],
    });
    const heightOf = async (header: string[]) =>
      blackBox(await renderSlip(table(header), { widthDots: 384, dpi: 203, fonts })).bottom;
    expect(await heightOf(['TT', 'Tên', 'Trang'])).toBe(await heightOf(['T', 'T', 'T']));
  });

  it('prints names with markup in them as letters', async () => {
    const bitmap = await renderSlip(text('</text><script>&"\'&#0; ]]>'), { ...paper, fonts });
    const other = await renderSlip(text('&lt;'), { ...paper, fonts });
    expect(blackBox(bitmap).right).toBeGreaterThan(blackBox(other).right);
  });

  it('stays on the paper with a value, a cell and a word that are far too long', async () => {
    const long = 'Nguyễn'.repeat(200);
    const slip: Slip = {
      blocks: [
        { type: 'pair', label: long, value: long },
        { type: 'table', columns: [1, 3], rows: [[long, long]] },
        { type: 'text', text: long, align: 'right' },
      ],
    };
    const bitmap = await renderSlip(slip, { ...paper, fonts });
    const { left, right } = blackBox(bitmap);
    expect(left).toBeGreaterThanOrEqual(4);
    expect(right).toBeLessThan(576 - 4);
  });

  it('stays under a bounded length whatever is asked of it', async () => {
    const blocks = Array.from({ length: 5_000 }, () => ({ type: 'space', millimetres: 1_000_000 }) as const);
    const bitmap = await renderSlip({ blocks }, { ...paper, fonts });
    expect(bitmap.height).toBeLessThan(1_700 * 8);
  });

  it('becomes a PNG of the paper with its unprinted edges', async () => {
    const bitmap = await renderSlip(text('x'), { ...paper, fonts });
    const png = await bitmapToPng(bitmap);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(640);
  });
});
