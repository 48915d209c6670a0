import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec, unwrap } from '@motcua/core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WHOLE_PICTURE } from '../imaging/sheet.ts';
import type { DigitisedPage, PictureLayer } from '../page.ts';
import { composePdf } from './compose-pdf.ts';
import { encodeJbig2 } from './jbig2.ts';
import type { PdfaLevel, PdfMeta } from './pdf-meta.ts';
import { preflight } from './preflight-test-bench.ts';

const meta: PdfMeta = {
  title: 'Giấy khai sinh <bản số hóa> & “lưu”',
  language: 'vi-VN',
  createdAt: new Date('2026-10-08T02:30:00.750Z'),
  producer: 'Một Cửa Kiosk 0.1.0',
  author: 'Phường Hải Châu',
  digitisation: {
    digitisedAt: new Date('2026-10-08T02:29:12Z'),
    procedureCode: '1.001193',
    paperKind: 'Giấy khai sinh & trích lục',
    dossierId: '01K6Z00000000000000000000A',
    dossierCode: 'H29.15-261008-0975',
    kioskId: 'kiosk-hai-chau-01',
  },
};

let folder: string;
const page = { width: 400, height: 600, dpi: 200 };
let pages: readonly DigitisedPage[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-pdfa-'));
  const colour = join(folder, 'colour.jpg');
  const grey = join(folder, 'grey.jpg');
  const paper = sharp({ create: { ...page, channels: 3, background: '#d8e0c0' } });
  await paper.clone().jpeg({ mozjpeg: true }).toFile(colour);
  await paper.clone().greyscale().toColourspace('b-w').jpeg().toFile(grey);
  const data = new Uint8Array(page.width * page.height).map((_, at) => (at % 7 === 0 ? 1 : 0));
  const code = join(folder, 'ink.jb2');
  await writeFile(code, encodeJbig2({ ...page, data }));
  const ink: PictureLayer = { kind: 'ink', file: code, ...page, colour: [200, 16, 46] };
  pages = [
    pageOf(colour),
    pageOf(grey),
    pageOf(colour, [{ kind: 'bilevel', file: code, ...page }]),
    pageOf(colour, [{ kind: 'jpeg', file: colour, ...page }, ink, { ...ink, colour: [0, 0, 0] }]),
  ];
});
afterAll(() => rm(folder, { recursive: true }));

function pageOf(imageFile: string, picture?: readonly PictureLayer[]): DigitisedPage {
  const box = { x: 40, y: 40, width: 120, height: 30 };
  return {
    ...page,
    imageFile,
    thumbnailFile: imageFile,
    ...(picture && { picture }),
    skew: 0,
    rotation: 0,
    lines: [{ words: [{ text: 'Nguyễn 𝒳', box, confidence: 90 }] }],
    text: '',
    confidence: 90,
    kind: { code: 'unknown', name: { vi: '', en: '' }, score: 0 },
    fields: [],
    codes: [],
    sheet: WHOLE_PICTURE,
    engine: { name: 'tesseract.js', version: '7.0.0' },
    milliseconds: 0,
  };
}

async function compose(level: PdfaLevel, name: string, over: Partial<PdfMeta> = {}): Promise<string> {
  return unwrap(await composePdf(pages, { ...meta, ...over }, join(folder, name), { level })).file;
}

describe('PDF/A', () => {
  test('1b in all its kinds of pictures is accepted by PDFBox Preflight, which sees through a false claim', async () => {
    const file = await compose('1b', 'one.pdf');
    expect(await preflight(file)).toBe(`The file one.pdf is a valid PDF/A-1b file`);
    expect((await readFile(file)).subarray(0, 9).toString('latin1')).toBe('%PDF-1.4\n');

    const liar = await compose('1b', 'liar.pdf', { title: 'A' });
    const bytes = (await readFile(liar)).toString('latin1').replace('<FEFF0041>', '<FEFF0042>');
    await writeFile(liar, bytes, 'latin1');
    expect(await preflight(liar)).toContain('is not a valid');
  });

  test('2b differs from it in nothing but its version, its claim and its identifier', async () => {
    const strip = async (file: string) =>
      (await readFile(file))
        .toString('latin1')
        .replace(/^%PDF-1\.[47]/, '')
        .replace(/<pdfaid:part>[12]</, '')
        .replace(/\/ID \[<\w+> <\w+>\]/, '');
    const [one, two] = [await compose('1b', '1.pdf'), await compose('2b', '2.pdf')];
    expect(await strip(two)).toBe(await strip(one));
    expect((await readFile(two)).subarray(0, 9).toString('latin1')).toBe('%PDF-1.7\n');
    const check = unwrap(await exec('qpdf', ['--check', two], { timeoutMs: 20_000 }));
    expect(check.stdout.toString()).toContain('No syntax or stream encoding errors found');
  });

  test('says where the paper came from, in Vietnamese, and describes the properties that say so', async () => {
    const file = await compose('2b', 'facts.pdf');
    const xmp = unwrap(await exec('pdfinfo', ['-meta', file], { timeoutMs: 20_000 })).stdout.toString();
    expect(xmp).toContain('<motcua:digitisedAt>2026-10-08T02:29:12Z</motcua:digitisedAt>');
    expect(xmp).toContain('<motcua:paperKind>Giấy khai sinh &#38; trích lục</motcua:paperKind>');
    expect(xmp).toContain('<motcua:dossierCode>H29.15-261008-0975</motcua:dossierCode>');
    const used = [...xmp.matchAll(/<motcua:(\w+)>/g)].map(([, name]) => name);
    const described = [...xmp.matchAll(/<pdfaProperty:name>(\w+)</g)].map(([, name]) => name);
    expect(used).toHaveLength(6);
    expect(described).toEqual(used);
    const info = unwrap(await exec('pdfinfo', [file], { timeoutMs: 20_000 })).stdout.toString();
    expect(info).toMatch(/Title: +Giấy khai sinh <bản số hóa> & “lưu”/);
    expect(info).toMatch(/Author: +Phường Hải Châu/);
  });

  test('texts with controls and lone surrogates stay valid', async () => {
    const odd = { title: 'a\u0000b\ud800\u001fc\uffff', author: '\u0007' };
    expect(await preflight(await compose('1b', 'odd.pdf', odd))).toContain('is a valid');
  });
});
