import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WHOLE_PICTURE } from '../imaging/sheet.ts';
import { type Box, type DigitisedPage, NO_CHECK, type PageField } from '../page.ts';
import { cutSnippet } from './snippet.ts';

let folder: string;
let imageFile: string;
const DATE: Box = { x: 100, y: 200, width: 180, height: 30 };
const NUMBER: Box = { x: 300, y: 200, width: 220, height: 30 };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snippet-'));
  imageFile = join(folder, 'page.png');
  const ink = (box: Box, background: string) => ({
    input: { create: { width: box.width, height: box.height, channels: 3 as const, background } },
    left: box.x,
    top: box.y,
  });
  await sharp({ create: { width: 800, height: 1_000, channels: 3, background: '#fff' } })
    .composite([ink(DATE, '#0000ff'), ink(NUMBER, '#ff0000')])
    .png()
    .toFile(imageFile);
});
afterAll(() => rm(folder, { recursive: true }));

const field = (name: string, value: string, box: Box): PageField => ({
  name,
  value,
  box,
  confidence: 90,
  check: NO_CHECK,
});

function page(fields: readonly PageField[]): DigitisedPage {
  const word = (text: string, box: Box) => ({ text, box, confidence: 90 });
  return {
    imageFile,
    thumbnailFile: '',
    width: 800,
    height: 1_000,
    dpi: 200,
    skew: 0,
    rotation: 0,
    lines: [{ words: [word('14/02/1990', DATE), word('079190012345', NUMBER)] }],
    text: '',
    confidence: 90,
    kind: { code: 'unknown', name: { vi: '', en: '' }, score: 0 },
    fields,
    codes: [],
    sheet: WHOLE_PICTURE,
    engine: { name: 'tesseract', version: '5.3.0' },
    milliseconds: 0,
  };
}

async function colours(picture: Buffer | null) {
  const { data } = await sharp(picture!).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let red = 0;
  let blue = 0;
  for (let at = 0; at < data.length; at += 3) {
    if (data[at]! > 180 && data[at + 1]! < 80) red += 1;
    if (data[at + 2]! > 180 && data[at + 1]! < 80) blue += 1;
  }
  return { red, blue };
}

describe('the picture of a field', () => {
  it('shows its place on the page', async () => {
    const picture = await cutSnippet(page([field('birthDate', '1990-02-14', DATE)]), 0);
    expect((await colours(picture)).blue).toBeGreaterThan(DATE.width * DATE.height * 0.9);
    const { width, height } = await sharp(picture!).metadata();
    expect([width, height]).toEqual([240, 54]);
  });

  it('is not cut for a number of a person, nor where there is no such field', async () => {
    const fields = [field('holder.personNumber', '079190012345', NUMBER), field('mrz', 'IDVNM…', NUMBER)];
    for (const index of [0, 1, 2, -1, 0.5]) expect(await cutSnippet(page(fields), index)).toBeNull();
  });

  it('covers a number that stands within it', async () => {
    const both = { x: 100, y: 200, width: 420, height: 30 };
    const { red, blue } = await colours(await cutSnippet(page([field('identity', 'CCCD', both)]), 0));
    expect(blue).toBeGreaterThan(1_000);
    expect(red).toBe(0);
  });

  it('stays small, whatever the box says', async () => {
    const huge = { x: -50, y: -50, width: 99_999, height: 99_999 };
    const picture = await cutSnippet(page([field('text', 'A', huge)]), 0);
    const { width, height } = await sharp(picture!).metadata();
    expect(width).toBeLessThanOrEqual(1_400);
    expect(height).toBeLessThanOrEqual(600);
    expect(await cutSnippet(page([field('text', 'A', { x: 900, y: 5, width: 9, height: 9 })]), 0)).toBeNull();
  });
});
