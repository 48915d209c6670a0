import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { listSpecimens } from '../specimens/index.ts';
import { paintPage } from '../specimens/paint-page.ts';
import { gaussian, seededRandom } from '../specimens/random.ts';
import { findBlankness } from './blank.ts';
import { coverMarks, findScannerMarks, whitenMarks } from './edges.ts';
import { fromRgb, type Rgb, resizeRgb, toRgb } from './image.ts';
import { lumaOf } from './pixels/count-ink.ts';

const DPI = 75;
const MM = DPI / 25.4;
const WHITE = [251, 250, 247];
const YELLOW = [226, 208, 160];

function blankPage(colour: readonly number[]): Rgb {
  const [width, height] = [Math.round(210 * MM), Math.round(297 * MM)];
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, at) => colour[at % 3]!) };
}

/** `darkness` 0–1 of a box in millimetres. */
function shade(page: Rgb, x: number, y: number, width: number, height: number, darkness: number): void {
  for (let row = Math.round(y * MM); row < Math.min(page.height, (y + height) * MM); row += 1)
    for (let column = Math.round(x * MM); column < Math.min(page.width, (x + width) * MM); column += 1) {
      const at = (row * page.width + column) * 3;
      for (let channel = 0; channel < 3; channel += 1) page.data[at + channel]! *= 1 - darkness;
    }
}

function disc(page: Rgb, x: number, y: number, radius: number, colour: readonly number[]): void {
  for (let row = 0; row < page.height; row += 1)
    for (let column = 0; column < page.width; column += 1)
      if (Math.hypot(column / MM - x, row / MM - y) <= radius)
        page.data.set(colour, (row * page.width + column) * 3);
}

/** Lamp from one corner, grain, JPEG: as a scanner gives it. */
async function scanned(page: Rgb, seed: number): Promise<Rgb> {
  const random = seededRandom(seed);
  const data = page.data.map((value, at) => {
    const pixel = Math.floor(at / 3);
    const light = 1 - 0.2 * ((pixel % page.width) / page.width);
    return Math.max(0, Math.min(255, value * light + gaussian(random) * 2));
  });
  return toRgb(
    sharp(
      await fromRgb({ ...page, data })
        .jpeg({ quality: 75 })
        .toBuffer(),
    ),
  );
}

/** The other side's print, mirrored, softened by the paper's fibres, with a share of its contrast. */
async function shineThrough(page: Rgb, front: Rgb, share: number): Promise<void> {
  const back = await toRgb(fromRgb(front).resize(page.width, page.height, { fit: 'fill' }).flop().blur(0.9));
  for (let at = 0; at < page.data.length; at += 1) page.data[at]! *= 1 - share * (1 - back.data[at]! / 255);
}

describe('a page is blank', () => {
  it.each([
    ['white', WHITE, () => {}],
    ['yellowed', YELLOW, () => {}],
    ['folded', WHITE, (page: Rgb) => shade(page, 0, 148, 210, 0.8, 0.3)],
    [
      'punched, with the scanner’s black edges',
      YELLOW,
      (page: Rgb) => {
        disc(page, 12, 108, 3, [20, 20, 22]);
        disc(page, 12, 188, 3, [20, 20, 22]);
        shade(page, 0, 0, 4, 297, 0.94);
        shade(page, 0, 0, 210, 3, 0.94);
      },
    ],
  ] as const)('when it is %s', async (_, colour, mark) => {
    const page = blankPage(colour);
    mark(page);
    expect(findBlankness(await scanned(page, 3), DPI)).toBe('blank');
  });
});

describe('a page is printed', () => {
  it('when it bears nothing but a page number', async () => {
    const page = blankPage(WHITE);
    shade(page, 104, 282, 0.5, 2.6, 0.85);
    shade(page, 103.3, 282.4, 0.8, 0.5, 0.85);
    expect(findBlankness(await scanned(page, 4), DPI)).toBe('printed');
  });

  it('when it bears nothing but a stamp, on white and on yellow paper', async () => {
    for (const colour of [WHITE, YELLOW]) {
      const page = blankPage(colour);
      disc(page, 140, 220, 17, [206, 70, 72]);
      disc(page, 140, 220, 15.5, colour);
      expect(findBlankness(await scanned(page, 5), DPI)).toBe('printed');
    }
  });

  it('whatever it is, among the specimens', async () => {
    for (const { file, degradation, name } of listSpecimens().slice(0, 8)) {
      const image = await toRgb(sharp(file));
      expect(findBlankness(await resizeRgb(image, DPI / degradation.dpi), DPI), name).toBe('printed');
    }
  });
});

describe('the back of thin paper', () => {
  it.each([0.1, 0.15, 0.2])('is told from print at %s of its contrast', async (share) => {
    const page = blankPage(YELLOW);
    await shineThrough(page, paintPage(7, 210, 297, 150, [255, 255, 255]), share);
    expect(findBlankness(await scanned(page, 6), DPI)).toBe('show-through');
  });

  it('is printed when it has a page number of its own', async () => {
    const page = blankPage(WHITE);
    await shineThrough(page, paintPage(8, 210, 297, 150, [255, 255, 255]), 0.15);
    shade(page, 104, 282, 0.6, 2.6, 0.85);
    expect(findBlankness(await scanned(page, 7), DPI)).toBe('printed');
  });
});

describe('scanner marks', () => {
  const dpi = 150;
  const page = () => paintPage(21, 210, 297, dpi, [250, 249, 246]);
  const box = (image: Rgb, x: number, y: number, width: number, height: number, level: number) => {
    for (let row = y; row < y + height; row += 1)
      image.data.fill(level, (row * image.width + x) * 3, (row * image.width + x + width) * 3);
  };

  it('are not seen on a page without them, nor in a black square on it', () => {
    const image = page();
    box(image, 60, 300, 40, 40, 15);
    expect(findScannerMarks(lumaOf(image), dpi)).toBeUndefined();
  });

  it('go, black edge and punched hole, and the print stays', () => {
    const image = page();
    box(image, 30, 560, 90, 160, 249);
    const before = lumaOf(image);
    box(image, 0, 0, 24, image.height, 15);
    const hole = (x: number, y: number) => Math.hypot(x - 75, y - 640) < 18;
    for (let y = 600; y < 680; y += 1)
      for (let x = 40; x < 110; x += 1)
        if (hole(x, y)) image.data.fill(20, (y * image.width + x) * 3, (y * image.width + x + 1) * 3);
    const luma = lumaOf(image);
    const marks = findScannerMarks(luma, dpi);
    const white = whitenMarks(luma, marks);
    const at = (x: number, y: number) => white.data[y * white.width + x]!;
    expect([at(10, 900), at(23, 1_500), at(75, 640), at(88, 630)]).toEqual([255, 255, 255, 255]);
    const right = (y: number) => before.data.subarray(y * before.width + 120, (y + 1) * before.width);
    for (let y = 0; y < white.height; y += 7)
      expect(
        Buffer.compare(white.data.subarray(y * white.width + 120, (y + 1) * white.width), right(y)),
      ).toBe(0);
    const covered = coverMarks(image, marks);
    expect(covered.data[(900 * image.width + 10) * 3]).toBeGreaterThan(235);
  });
});
