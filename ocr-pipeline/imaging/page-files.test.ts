import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec, unwrap } from '@motcua/core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DigitisedPage } from '../page.ts';
import { composePdf } from '../pdf/compose-pdf.ts';
import { listSpecimens } from '../specimens/index.ts';
import { findComponents } from './components.ts';
import { fromRgb, type Rgb, toRgb } from './image.ts';
import { separateInks } from './ink-layers.ts';
import { isGrey, writePageFiles } from './page-files.ts';
import { straightenPage } from './straighten.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-page-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A white page of 300 × 300 pixels at 200 dpi with drawings of the given colours on it. */
async function drawn(svg: string, paper = '#fff', size = 300): Promise<Rgb> {
  const source = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><rect width="100%" height="100%" fill="${paper}"/>${svg}</svg>`;
  return toRgb(sharp(Buffer.from(source)));
}

function write(image: Rgb, name: string, over: object) {
  return writePageFiles(image, {
    folder,
    name,
    dpi: 200,
    bilevel: false,
    profile: 'archive',
    scratch: false,
    ...over,
  });
}

async function composed(image: Rgb, files: Awaited<ReturnType<typeof write>>, name: string): Promise<string> {
  const page = { ...files, width: image.width, height: image.height, dpi: 200, lines: [] };
  const meta = { title: name, language: 'vi-VN', createdAt: new Date(0), producer: 'test' };
  const to = join(folder, `${name}.pdf`);
  return unwrap(await composePdf([page as unknown as DigitisedPage], meta, to)).file;
}

async function shown(pdf: string, dpi: number): Promise<Rgb> {
  const base = pdf.replace('.pdf', '');
  const args = ['-r', String(dpi), '-png', '-singlefile', pdf, base];
  unwrap(await exec('pdftoppm', args, { timeoutMs: 30_000 }));
  return toRgb(sharp(`${base}.png`));
}

/** Peak signal-to-noise ratio, decibels, where the original has edges. */
function edgeFidelity(original: Rgb, coded: Rgb): number {
  const { width, height, data } = original;
  let sum = 0;
  let count = 0;
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1; x < width - 1; x += 1) {
      const at = (y * width + x) * 3 + 1;
      const slope =
        Math.abs(data[at + 3]! - data[at - 3]!) + Math.abs(data[at + width * 3]! - data[at - width * 3]!);
      if (slope < 60) continue;
      for (let channel = -1; channel <= 1; channel += 1) {
        sum += (data[at + channel]! - coded.data[at + channel]!) ** 2;
        count += 1;
      }
    }
  return 10 * Math.log10(255 ** 2 / (sum / count));
}

describe('the archive profile', () => {
  test('letters keep their edges, in less than the scan’s own bytes', async () => {
    for (const name of ['07-marriage-registration-form', '17-invitation']) {
      const { file } = listSpecimens().find((specimen) => specimen.name === name)!;
      const { image } = await straightenPage(file, undefined);
      const { imageFile, picture } = await write(image, name, {});
      expect(picture).toBeUndefined();
      // Measured 30.4 and 34 dB.
      expect(edgeFidelity(image, await toRgb(sharp(imageFile)))).toBeGreaterThan(29);
      expect((await stat(imageFile)).size).toBeLessThan((await stat(file)).size * 0.75);
    }
  });

  test('a page without colour is grey, one with a faint stamp or on tinted paper is not', async () => {
    const text = '<text x="20" y="80" font-size="40">Giay</text>';
    const stamp = '<circle cx="200" cy="200" r="60" fill="none" stroke="#f2dcdc" stroke-width="9"/>';
    expect(isGrey(await drawn(text))).toBe(true);
    expect(isGrey(await drawn(text + stamp))).toBe(false);
    expect(isGrey(await drawn(text, '#f7f3e8'))).toBe(false);
    const channels = async (image: Rgb, name: string) =>
      (await sharp((await write(image, name, {})).imageFile).metadata()).channels;
    expect(await channels(await drawn(text), 'grey')).toBe(1);
    expect(await channels(await drawn(text + stamp), 'stamped')).toBe(3);
  });

  test('a page of black and white comes back from the PDF pixel for pixel', async () => {
    const data = new Uint8Array(300 * 300 * 3);
    for (let at = 0; at < 300 * 300; at += 1) data.fill((at * 13) % 29 < 9 ? 0 : 255, at * 3, at * 3 + 3);
    const image: Rgb = { width: 300, height: 300, data };
    const files = await write(image, 'bilevel', { bilevel: true });
    expect((await toRgb(sharp(files.imageFile))).data.every((value, at) => value === data[at])).toBe(true);
    const pdf = await composed(image, files, 'bilevel');
    unwrap(await exec('pdfimages', ['-png', pdf, join(folder, 'taken')], { timeoutMs: 30_000 }));
    const taken = await toRgb(sharp(join(folder, 'taken-000.png')));
    expect(taken.data.every((value, at) => value === data[at])).toBe(true);
  });
});

describe('the compact profile', () => {
  test('inks keep their own colours, photographs stay in the background', async () => {
    const portrait = '<rect x="620" y="620" width="200" height="260" fill="#8d7a6c"/>';
    const image = await drawn(
      '<text x="40" y="120" font-size="60">Cong van</text>' +
        '<circle cx="250" cy="400" r="120" fill="none" stroke="#d02030" stroke-width="8"/>' +
        `<path d="M500 300 q60 -90 120 0 t120 0 t120 0" fill="none" stroke="#1b3a9c" stroke-width="6"/>${portrait}`,
      '#f4efe2',
      900,
    );
    const { inks, background } = await separateInks(image, 200);
    const near = (colour: readonly number[]) =>
      inks.some((ink) => Math.hypot(...ink.colour.map((part, at) => part - colour[at]!)) < 30);
    expect(inks).toHaveLength(3);
    expect([near([0, 0, 0]), near([208, 32, 48]), near([27, 58, 156])]).toEqual([true, true, true]);
    // No pixel is painted twice, and the portrait is not painted at all.
    const painted = new Uint8Array(inks[0]!.shape.data.length);
    for (const { shape } of inks) for (const [at, bit] of shape.data.entries()) painted[at]! += bit;
    expect(Math.max(...new Set(painted))).toBe(1);
    const middle = Math.round(750 * 1.5) * inks[0]!.shape.width + Math.round(720 * 1.5);
    expect(painted[middle]).toBe(0);
    const at = (Math.round(750 / 2) * background.width + Math.round(720 / 2)) * 3;
    expect([...background.data.subarray(at, at + 3)].map((part) => Math.round(part / 16))).toEqual([9, 8, 7]);
    // Where the ring was, paper is.
    const ring = (Math.round(400 / 2) * background.width + Math.round(130 / 2)) * 3;
    expect(background.data[ring + 2]).toBeGreaterThan(200);
  });

  test('a small page shows what the paper shows: strokes, tone marks and dots where they were', async () => {
    const marks = ['a', 'ạ', 'ả', 'ặ', 'ộ', 'ữ', 'ỹ', 'đ'];
    const rows = marks.map(
      (_, at) =>
        `<text x="30" y="${60 + at * 34}" font-size="16">${marks.join('')} ${marks.join(' ')}</text>`,
    );
    // As soft as a scan reduced to 200 dpi: marks and dots have become grey.
    const image = await toRgb(fromRgb(await drawn(rows.join(''), '#fdfdfb', 400)).blur(1.1));
    const files = await write(image, 'marks', { profile: 'compact' });
    // At the shapes' own resolution, where the program that draws them need not resample.
    const large = await shown(await composed(image, files, 'marks'), 300);
    const page = await toRgb(fromRgb(large).resize(400, 400, { fit: 'fill' }));
    const darkness = (picture: Rgb) =>
      Array.from({ length: 40 * 40 }, (_, cell) => {
        let sum = 0;
        const left = (cell % 40) * 10;
        const top = Math.floor(cell / 40) * 10;
        for (let y = top; y < top + 10; y += 1)
          for (let x = left; x < left + 10; x += 1)
            sum += 255 - picture.data[(y * picture.width + x) * 3 + 1]!;
        return sum / 100;
      });
    const [wanted, got] = [darkness(image), darkness(page)];
    // Of 255. Ink without greys is somewhat heavier or lighter than ink with them; a mark that is lost, or came from
    // nowhere, shows against its cell's own darkness.
    const lost = wanted.filter((value, at) => value > 10 && got[at]! < value * 0.5);
    const invented = wanted.filter((value, at) => value < 4 && got[at]! > 16);
    expect([lost, invented]).toEqual([[], []]);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const weight = sum(got) / sum(wanted);
    expect([weight > 0.8, weight < 1.3]).toEqual([true, true]);
  });

  test('the dot below a small letter is ink of its own, however soft the scan', async () => {
    const rows = Array.from(
      { length: 8 },
      (_, at) => `<text x="30" y="${60 + at * 40}" font-size="19" letter-spacing="9">ạạạạạạạạ</text>`,
    );
    const image = await toRgb(fromRgb(await drawn(rows.join(''), '#fdfdfb', 400)).blur(1.5));
    const { inks } = await separateInks(image, 200);
    const { width, height, data } = inks[0]!.shape;
    const { components } = findComponents(
      { width, height, data: data.map((ink) => (ink === 1 ? 0 : 255)) },
      128,
    );
    // 64 letters and their dots.
    expect([inks.length, components.length]).toEqual([1, 128]);
  });

  test('a stamped certificate takes under 60 kB, background and all', async () => {
    const { file } = listSpecimens().find((specimen) => specimen.name === '04-birth-certificate')!;
    const { image } = await straightenPage(file, undefined);
    const files = await write(image, 'certificate', { profile: 'compact' });
    const pdf = await composed(image, files, 'certificate');
    expect((await readFile(pdf)).length).toBeLessThan(60_000);
    const inks = files.picture!.flatMap((layer) => (layer.kind === 'ink' ? [layer.colour] : []));
    expect(inks.some(([red, green]) => red > green + 80)).toBe(true);
  });
});
