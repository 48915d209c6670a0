import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { characterOf, loadPrinterLetters } from '../../simulators/printer/draw-native.ts';
import { createEscposDecoder } from '../../simulators/printer/escpos-decoder.ts';
import { startSimulatedPrinter } from '../../simulators/printer/simulated-printer.ts';
import { defaultPrinterProfile, type NativeText } from '../profile.ts';
import type { Slip, SlipBlock } from '../slip.ts';
import { loadSlipFonts, type SlipFonts } from '../slip-fonts.ts';
import { readCodes, readText } from '../test-support.ts';
import { openThermalPrinter } from '../thermal-printer.ts';
import { type CodePageName, codePage, codePageNames } from './code-pages.ts';
import { encodeForPrinter } from './encode-for-printer.ts';

const natives: Readonly<Record<CodePageName, NativeText>> = {
  'tcvn-3': { codePage: 30, encoding: 'tcvn-3', columns: 48 },
  viscii: { codePage: 200, encoding: 'viscii', columns: 48 },
  'windows-1258': { codePage: 52, encoding: 'windows-1258', columns: 48 },
};
const profileOf = (name: CodePageName) => ({ ...defaultPrinterProfile, nativeText: natives[name] });

let fonts: SlipFonts;
beforeAll(async () => {
  fonts = await loadSlipFonts();
});

/** What a printer makes of it: its lines of own letters, and how many rows are picture. */
async function printed(slip: Slip, name: CodePageName) {
  const decoder = createEscposDecoder();
  decoder.push(await encodeForPrinter(slip, profileOf(name), fonts));
  const lines: string[] = [];
  let pictureRows = 0;
  for (let operation = decoder.next(); operation; operation = decoder.next()) {
    if (operation.type === 'line') lines.push(operation.cells.map(characterOf).join(''));
    if (operation.type === 'raster') pictureRows += operation.height;
  }
  return { lines, pictureRows, unknown: decoder.unknown() };
}
const text = (content: string, more: Partial<Extract<SlipBlock, { type: 'text' }>> = {}): Slip => ({
  blocks: [{ type: 'text', text: content, ...more }],
});

describe('code pages', () => {
  it.each([
    ['viscii', 'VISCII'],
    ['windows-1258', 'CP1258'],
    // VN3 is what remains of VN1, which iconv knows, without the capitals that have a tone.
    ['tcvn-3', 'TCVN5712-1'],
  ] as const)('%s is what iconv takes %s for', (name, foreign) => {
    for (const [letter, byte] of codePage(name)) {
      // A letter behind it: iconv waits whether a tone follows.
      const input = Buffer.from([byte, 0x78]);
      const said = execFileSync('iconv', ['-f', foreign, '-t', 'UTF-8'], { input })
        .toString()
        .normalize('NFC');
      expect(said).toBe(`${letter}x`);
    }
    expect(codePage(name).size).toBeGreaterThan(name === 'windows-1258' ? 60 : 72);
  });
});

describe('text in the printer’s own letters', () => {
  it('comes out as it is, wrapped at the paper’s width, without a picture', async () => {
    const content = 'Giấy tiếp nhận hồ sơ và hẹn trả kết quả, thủ tục đăng ký khai sinh cho trẻ em, số 27';
    const { lines, pictureRows, unknown } = await printed(text(content), 'tcvn-3');
    expect(lines.join(' ')).toBe(content);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(48);
    expect({ pictureRows, unknown }).toEqual({ pictureRows: 0, unknown: 0 });
  });

  it('is a picture where the page lacks a letter, where it is large, and where it is no text', async () => {
    for (const slip of [
      text('HỒ SƠ TIẾP NHẬN'),
      text('a027', { size: 8 }),
      { blocks: [{ type: 'qr', text: 'x', millimetres: 20 }] } satisfies Slip,
    ]) {
      const { lines, pictureRows } = await printed(slip, 'tcvn-3');
      expect(lines).toEqual([]);
      expect(pictureRows).toBeGreaterThan(20);
    }
    expect((await printed(text('HỒ SƠ TIẾP NHẬN'), 'viscii')).lines).toEqual(['HỒ SƠ TIẾP NHẬN']);
    expect((await printed(text('Tiếp nhận'), 'windows-1258')).lines).toEqual([]);
  });

  it('puts a pair at both edges of its line', async () => {
    const slip: Slip = { blocks: [{ type: 'pair', label: 'Người nộp', value: 'trần thị ước' }] };
    const [line] = (await printed(slip, 'tcvn-3')).lines;
    expect(line).toMatch(/^Người nộp {27}trần thị ước$/);
  });

  it('never loses a letter, whatever the text and the page', async () => {
    const letters = [
      ...'aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵĐẾHỒẲ 0!€—☃',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 90 }),
        fc.constantFrom(...codePageNames),
        async (chosen, name) => {
          const { lines, pictureRows } = await printed(text(chosen.join('')), name);
          const wanted = chosen.join('').replaceAll('☃', '?').replaceAll(/\s/g, '');
          expect(lines.join('').replaceAll(/\s/g, '')).toBe(pictureRows > 0 ? '' : wanted);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is printed and confirmed like any other job, and a reader reads it', async () => {
    const simulator = await startSimulatedPrinter({ letters: await loadPrinterLetters() });
    const printer = openThermalPrinter(simulator.uri, { profile: profileOf('tcvn-3') });
    const slip: Slip = {
      blocks: [
        { type: 'text', text: 'Phường Tân Hưng', align: 'centre', weight: 'bold' },
        { type: 'text', text: 'A027', size: 10, align: 'centre' },
        { type: 'text', text: 'Giữ phiếu này để lấy kết quả' },
        { type: 'qr', text: 'MCK1:27', millimetres: 22 },
      ],
    };
    const result = await printer.print(await encodeForPrinter(slip, profileOf('tcvn-3'), fonts));
    expect(result).toEqual({ ok: true, value: { certainty: 'confirmed' } });
    const [paper] = simulator.papers();
    expect(await readCodes(paper!.bitmap)).toEqual(['MCK1:27']);
    // Font A is too small for the reader's tones; the letters themselves are judged above.
    expect(await readText(paper!.bitmap)).toMatch(/A027/);
    await printer.close();
    await simulator.close();
  });
});
