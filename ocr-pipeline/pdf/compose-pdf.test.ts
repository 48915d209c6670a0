import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec, unwrap } from '@motcua/core';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WHOLE_PICTURE } from '../imaging/sheet.ts';
import type { DigitisedPage } from '../page.ts';
import { listSpecimens } from '../specimens/index.ts';
import { composePdf } from './compose-pdf.ts';
import type { PdfMeta } from './pdf-meta.ts';

const meta: PdfMeta = {
  title: 'Giấy khai sinh – bản số hóa',
  language: 'vi-VN',
  createdAt: new Date('2026-10-08T02:30:00Z'),
  producer: 'Một Cửa Kiosk 0.1.0',
};
// Every letter with every tone, lower and upper case: what a font without Vietnamese loses.
const vowels = ['a', 'ă', 'â', 'e', 'ê', 'i', 'o', 'ô', 'ơ', 'u', 'ư', 'y'];
const tones = ['', '\u0300', '\u0301', '\u0303', '\u0309', '\u0323'];
const lower = [
  ...'bcdđghklmnpqrstvx',
  ...vowels.flatMap((vowel) => tones.map((tone) => (vowel + tone).normalize('NFC'))),
];
const alphabet = [...lower, ...lower.map((letter) => letter.toLocaleUpperCase('vi'))];

let folder: string;
let blank: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-pdf-'));
  blank = join(folder, 'blank.jpg');
  await sharp({ create: { width: 1654, height: 2339, channels: 3, background: '#f4f1ea' } })
    .jpeg()
    .toFile(blank);
});
afterAll(() => rm(folder, { recursive: true }));

/** A page whose words lie where a printer at 12 pt would have put them. */
function pageOf(lines: readonly (readonly string[])[], over: Partial<DigitisedPage> = {}): DigitisedPage {
  const placed = lines.map((words, row) => {
    let x = 150;
    return {
      words: words.map((text) => {
        const width = Math.max(1, [...text].length) * 13;
        const box = { x, y: 150 + row * 50, width, height: 34 };
        x += width + 10;
        return { text, box, confidence: 95 };
      }),
    };
  });
  return {
    imageFile: blank,
    thumbnailFile: blank,
    width: 1654,
    height: 2339,
    dpi: 200,
    skew: 0,
    rotation: 0,
    sheet: WHOLE_PICTURE,
    lines: placed,
    text: lines.map((words) => words.join(' ')).join('\n'),
    confidence: 95,
    kind: { code: 'unknown', name: { vi: '', en: '' }, score: 0 },
    fields: [],
    engine: { name: 'tesseract.js', version: '7.0.0' },
    codes: [],
    milliseconds: 0,
    ...over,
  };
}

async function compose(pages: readonly DigitisedPage[], name = 'out.pdf'): Promise<string> {
  return unwrap(await composePdf(pages, meta, join(folder, name))).file;
}

async function run(program: string, ...args: readonly string[]): Promise<string> {
  return unwrap(await exec(program, args, { timeoutMs: 20_000, maxOutputBytes: 16_000_000 })).stdout.toString(
    'utf8',
  );
}

async function textOf(file: string, ...options: readonly string[]): Promise<string> {
  return (await run('pdftotext', '-enc', 'UTF-8', ...options, file, '-')).replaceAll('\f', '').trimEnd();
}

describe('the text under the image', () => {
  test('every Vietnamese letter with every tone comes back as it went in', async () => {
    const words = Array.from({ length: Math.ceil(alphabet.length / 4) }, (_, at) =>
      alphabet.slice(at * 4, at * 4 + 4),
    );
    const lines = [0, 15, 30].map((from) => words.slice(from, from + 15).map((letters) => letters.join('')));
    const file = await compose([pageOf(lines)]);
    expect(alphabet.length).toBe(178);
    expect(await textOf(file)).toBe(lines.map((words) => words.join(' ')).join('\n'));
  });

  test('the words of every specimen come back in reading order', async () => {
    for (const specimen of listSpecimens()) {
      const lines = specimen.text
        .trim()
        .split('\n')
        .map((line) => line.split(' '));
      expect(await textOf(await compose([pageOf(lines)]), '-raw'), specimen.name).toBe(specimen.text.trim());
    }
  });

  test('characters beyond the basic plane survive, controls and lone surrogates do no harm', async () => {
    const file = await compose([
      pageOf([
        ['𝒳𠮷😀', 'Ơ\u0000\u0007n', 'a\u200bb\ufeff'],
        ['\ud83d', '\u0001', 'A\u0323'],
      ]),
    ]);
    expect(await textOf(file)).toBe('𝒳𠮷😀 Ơn ab\n\ufffd Ạ');
  });

  test('any words of Latin, Vietnamese and symbols round-trip', async () => {
    const letter = fc.constantFrom(...alphabet, ...'0123456789.,:;/()-–"%+<>\\&đĐ§°€');
    const word = fc.string({ unit: letter, minLength: 1, maxLength: 14 });
    const text = fc.array(fc.array(word, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(text, async (lines) => {
        const file = await compose([pageOf(lines)], 'property.pdf');
        expect(await textOf(file, '-raw')).toBe(lines.map((words) => words.join(' ')).join('\n'));
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  test('words lie where their boxes are', async () => {
    const file = await compose([pageOf([['Số', 'định', 'danh'], ['079190012345']])]);
    const words = [
      ...(await run('pdftotext', '-bbox', file, '-')).matchAll(
        /xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)/g,
      ),
    ];
    expect(words.map((match) => match[5])).toEqual(['Số', 'định', 'danh', '079190012345']);
    const pixels = words[3]!.slice(1, 5).map((points) => Math.round((Number(points) * 200) / 72));
    expect(pixels).toEqual([150, 200, 306, 234]);
  });

  test('a label and its value far to the right stay one line, even for readers that look for columns', async () => {
    const line = (y: number, words: readonly (readonly [string, number, number])[]) => ({
      words: words.map(([text, x, width]) => ({ text, box: { x, y, width, height: 34 }, confidence: 90 })),
    });
    const lines = [
      line(100, [
        ['Họ tên:', 100, 100],
        ['Đẩu', 700, 60],
      ]),
      line(150, [
        ['Ngày sinh:', 100, 150],
        ['19/10/1948', 640, 150],
        ['Nam', 1200, 60],
      ]),
      line(200, [
        ['Nơi chết:', 100, 140],
        ['Sơn', 500, 60],
        ['Mẫu', 575, 60],
      ]),
    ];
    const file = await compose([pageOf([], { lines })]);
    expect(await textOf(file)).toBe('Họ tên: Đẩu\nNgày sinh: 19/10/1948 Nam\nNơi chết: Sơn Mẫu');
    expect(await run('pdftotext', '-bbox', file, '-')).toContain('xMin="432.000000"');
  });

  test('the halves of a letter’s head are read one after the other, even by readers that look for columns', async () => {
    const line = (x: number, y: number, height: number, text: string) => ({
      words: text.split(' ').map((word, at) => ({
        text: word,
        box: { x: x + at * 90, y, width: 80, height },
        confidence: 90,
      })),
    });
    const lines = [
      line(150, 150, 26, 'ỦY BAN NHÂN DÂN'),
      line(140, 204, 30, 'PHƯỜNG HOA MẪU'),
      line(170, 262, 25, 'Số: 412/2026'),
      line(760, 150, 28, 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA'),
      line(800, 204, 31, 'Độc lập - Tự do'),
      line(150, 400, 28, 'Kính gửi Ủy ban nhân dân thành phố'),
      line(150, 450, 28, 'Phường Hoa Mẫu xin báo cáo như sau'),
    ];
    const text = lines.map(({ words }) => words.map((word) => word.text).join(' ')).join('\n');
    const file = await compose([pageOf([], { lines })]);
    expect((await textOf(file)).replace(/\n+/g, '\n')).toBe(text);
    expect(await textOf(file, '-raw')).toBe(text);
  });

  test('words whose boxes overlap or are empty stay apart', async () => {
    const box = { x: 100, y: 100, width: 200, height: 30 };
    const words = [box, { ...box, x: 250 }, { x: 460, y: 100, width: 0, height: 0 }].map((each, at) => ({
      text: ['Đặng', 'Hữu', 'Nghĩa'][at]!,
      box: each,
      confidence: 50,
    }));
    const file = await compose([pageOf([], { lines: [{ words }, { words: [] }] })]);
    expect(await textOf(file, '-raw')).toBe('Đặng Hữu Nghĩa');
  });
});

describe('the file', () => {
  test('is sound, carries the JPEG byte for byte and is as large as the paper', async () => {
    const specimen = listSpecimens()[1]!;
    const { width = 0, height = 0, density = 0 } = await sharp(specimen.file).metadata();
    const lines = [['Tờ', 'khai']];
    const file = await compose([pageOf(lines, { imageFile: specimen.file, width, height, dpi: density })]);
    expect(await run('qpdf', '--check', file)).toContain('No syntax or stream encoding errors found');
    expect((await readFile(file)).includes(await readFile(specimen.file))).toBe(true);
    expect(await run('pdfimages', '-list', file)).toMatch(
      new RegExp(`image +${width} +${height} +rgb +3 +8 +jpeg .* ${density} +${density} `),
    );
    const [, wide, high] = /Page size:\s+([\d.]+) x ([\d.]+) pts/.exec(await run('pdfinfo', file))!;
    expect(Math.abs((Number(wide) / 72) * 25.4 - 210)).toBeLessThan(0.2);
    expect(Math.abs((Number(high) / 72) * 25.4 - 297)).toBeLessThan(0.2);
  });

  test('says its title, language, time and PDF/A part', async () => {
    const file = await compose([pageOf([['a']])]);
    const info = await run('pdfinfo', '-isodates', file);
    expect(info).toMatch(/Title: +Giấy khai sinh – bản số hóa/);
    expect(info).toMatch(/Producer: +Một Cửa Kiosk 0\.1\.0/);
    expect(info).toMatch(/CreationDate: +2026-10-08T02:30:00Z/);
    const xmp = await run('pdfinfo', '-meta', file);
    expect(xmp).toMatch(/pdfaid:part>2</);
    expect(xmp).toMatch(/pdfaid:conformance>B</);
    expect(xmp).toContain('Giấy khai sinh – bản số hóa');
    expect((await readFile(file)).toString('latin1')).toContain(
      `/Lang <FEFF${Buffer.from('vi-VN', 'utf16le').swap16().toString('hex').toUpperCase()}>`,
    );
  });

  test('embeds its font and shows nothing of the text', async () => {
    const file = await compose([pageOf([['Chữ', 'vô', 'hình']])]);
    expect(await run('pdffonts', file)).toMatch(/MotCuaGlyphless +CID TrueType +Identity-H +yes +no +yes/);
    await run('pdftoppm', '-r', '50', '-singlefile', '-png', file, join(folder, 'shown'));
    const { channels } = await sharp(join(folder, 'shown.png')).stats();
    expect(channels.every(({ min, max }) => max - min <= 2)).toBe(true);
    await run('qpdf', '--qdf', '--deterministic-id', file, join(folder, 'open.pdf'));
    const open = await readFile(join(folder, 'open.pdf'));
    // Invisible by its mode too, and no code reaches .notdef, which PDF/A forbids.
    expect(open.includes('BT\n3 Tr\n')).toBe(true);
    expect(open.includes(Buffer.alloc(0x1_0000 * 2, Buffer.from([0, 1])))).toBe(true);
  });

  test('is the same, byte for byte, for the same pages; another time or text gives another identifier', async () => {
    const bytes = async (text: string, at: PdfMeta) => {
      const file = join(folder, 'same.pdf');
      unwrap(await composePdf([pageOf([[text]])], at, file));
      return readFile(file);
    };
    const identifier = (file: Buffer) => /\/ID \[ ?<(\w+)>/.exec(file.toString('latin1'))![1];
    const first = await bytes('Một', meta);
    expect((await bytes('Một', meta)).equals(first)).toBe(true);
    expect(identifier(await bytes('Hai', meta))).not.toBe(identifier(first));
    expect(identifier(await bytes('Một', { ...meta, createdAt: new Date(0) }))).not.toBe(identifier(first));
  });

  test('fifty pages stay in order and share one font', async () => {
    const pages = Array.from({ length: 50 }, (_, index) => pageOf([['Trang', String(index + 1)]]));
    const file = await compose(pages);
    expect((await textOf(file)).split(/\n+/)).toEqual(pages.map(({ text }) => text));
    expect((await readFile(file)).toString('latin1').match(/\/FontFile2/g)).toHaveLength(1);
  });
});

describe('bad input', () => {
  const failure = async (page: Partial<DigitisedPage>, to = join(folder, 'bad.pdf')) => {
    const result = await composePdf([pageOf([['a']]), pageOf([['b']], page)], meta, to);
    return result.ok ? 'written' : result.error;
  };

  test('an image that is missing, empty, cut off, no JPEG or of another size is named by its page', async () => {
    const broken = async (name: string, data: Uint8Array | string) => {
      await writeFile(join(folder, name), data);
      return { imageFile: join(folder, name) };
    };
    const unreadable = { code: 'pdf-image-unreadable', page: 1 };
    expect(await failure({ imageFile: join(folder, 'nowhere.jpg') })).toEqual(unreadable);
    expect(await failure({ imageFile: folder })).toEqual(unreadable);
    expect(await failure(await broken('empty.jpg', ''))).toEqual(unreadable);
    expect(await failure(await broken('cut.jpg', (await readFile(blank)).subarray(0, 60)))).toEqual(
      unreadable,
    );
    expect(await failure(await broken('page.jpg', '%PDF-1.7 no picture'))).toEqual(unreadable);
    expect(await failure({ width: 1000 })).toEqual(unreadable);
    expect(await failure({ dpi: 0 })).toEqual(unreadable);
    const cmyk = await sharp(blank).toColourspace('cmyk').jpeg().toBuffer();
    expect(await failure(await broken('cmyk.jpg', cmyk))).toEqual(unreadable);
  });

  test('no pages, too many pages and a full or missing disk are said plainly', async () => {
    const to = join(folder, 'never.pdf');
    expect(await composePdf([], meta, to)).toEqual({ ok: false, error: { code: 'pdf-no-pages' } });
    const many = Array.from({ length: 501 }, () => pageOf([]));
    expect(await composePdf(many, meta, to)).toEqual({ ok: false, error: { code: 'pdf-too-many-pages' } });
    expect(await failure({}, join(folder, 'no', 'such', 'folder.pdf'))).toEqual({ code: 'pdf-not-written' });
    await expect(readFile(to)).rejects.toThrow('ENOENT');
  });
});
