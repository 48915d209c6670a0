import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwrap } from '@motcua/core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DigitisedPage } from '../page.ts';
import { composePdf } from '../pdf/compose-pdf.ts';
import { forgeTiff } from './forge-tiff.ts';
import { singlePictures } from './single-pictures.ts';

let folder: string;
let pictures: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-single-'));
  pictures = join(folder, 'pictures');
  await mkdir(pictures);
});
afterAll(() => rm(folder, { recursive: true }));

const put = async (name: string, data: Uint8Array | string) => {
  const file = join(folder, name);
  await writeFile(file, data);
  return file;
};
const tiffPage = (width: number) => ({ width, height: 300, data: new Uint8Array(width * 300).fill(200) });
const widths = (found: readonly { readonly picture: string }[]) =>
  Promise.all(found.map(async ({ picture }) => (await sharp(picture).metadata()).width));

test('each page of a TIFF and of a PDF, be it with text or without, becomes a picture under its file', async () => {
  const tiff = await put('three.TIF', forgeTiff([200, 300, 400].map(tiffPage)));
  const imageFile = join(folder, 'page.jpg');
  await sharp({ create: { width: 400, height: 600, channels: 3, background: '#eee' } }).toFile(imageFile);
  const text = [{ words: [{ text: 'Chữ', box: { x: 9, y: 9, width: 60, height: 20 }, confidence: 90 }] }];
  const pdf = async (name: string, lines: readonly unknown[]) => {
    const one = { imageFile, width: 400, height: 600, dpi: 100, lines } as unknown as DigitisedPage;
    const meta = { title: name, language: 'vi-VN', createdAt: new Date(0), producer: 'test' };
    return unwrap(await composePdf([one, one], meta, join(folder, name))).file;
  };
  const [scan, document] = [await pdf('scan.pdf', []), await pdf('document.pdf', text)];
  const found = await singlePictures([tiff, scan, document], pictures, 10);
  expect(found.map(({ file }) => file)).toEqual([tiff, tiff, tiff, scan, scan, document, document]);
  expect(new Set(found.map(({ picture }) => picture)).size).toBe(7);
  expect((await widths(found)).slice(0, 4)).toEqual([200, 300, 400, 400]);
  expect(await singlePictures([tiff, scan, document], pictures, 10)).toEqual(found);
});

test('a picture of one page, and what nobody can read, stay as they are', async () => {
  const one = await put('one.tif', forgeTiff([tiffPage(300)]));
  const files = [one, await put('fake.png', 'no picture'), await put('broken.pdf', '%PDF-1.7 broken')];
  expect(await singlePictures(files, pictures, 10)).toEqual(files.map((file) => ({ file, picture: file })));
});
