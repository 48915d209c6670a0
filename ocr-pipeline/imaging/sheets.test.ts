import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeScene, type Scene, type ScenePaper } from '../specimens/compose-scene.ts';
import { paintPage } from '../specimens/paint-page.ts';
import { cutSheet, sheetSize } from './cut-sheet.ts';
import { findSheets } from './find-sheets.ts';
import { type Rgb, toRgb } from './image.ts';
import { lumaOf } from './pixels/count-ink.ts';
import { type Quad, WHOLE_PICTURE } from './sheet.ts';
import { straightenPage } from './straighten.ts';

const DPI = 75;
const CARD = { width: 85.6, height: 53.98, corner: 3.18 };
const WHITE = [250, 249, 246] as const;

const flatbed: Scene = {
  seed: 11,
  dpi: DPI,
  width: 216,
  height: 297,
  ground: { kind: 'plain', colour: [24, 24, 26] },
  papers: [],
  tilt: [0, 0],
  edgeShadow: { depth: 0.2, width: 1.5, direction: null },
  light: 0.05,
  castShadow: null,
  noise: 2,
  jpegQuality: 82,
};
const desk: Scene = { ...flatbed, width: 330, height: 400, tilt: [16, -9], light: 0.25 };

function sheet(
  width: number,
  height: number,
  x: number,
  y: number,
  angle: number,
  colour: readonly [number, number, number] = WHITE,
): ScenePaper {
  return { picture: paintPage(width + x, width, height, 100, colour), width, height, x, y, angle };
}

function card(x: number, y: number, angle: number, colour: readonly [number, number, number]): ScenePaper {
  return { ...sheet(CARD.width, CARD.height, x, y, angle, colour), corner: CARD.corner };
}

async function look(scene: Scene) {
  const { picture, corners } = await composeScene(scene);
  const found = findSheets(await toRgb(sharp(picture)), scene.dpi);
  return { found, corners, scene };
}

/** Millimetres, over the corners, whichever of them the paper's own top left is. */
function error(found: Quad, truth: Quad, { width, height }: Scene): number {
  const turns = [0, 1, 2, 3].map((turn) =>
    Math.max(
      ...truth.map(({ x, y }, at) => {
        const corner = found[((at + turn) % 4) as 0 | 1 | 2 | 3];
        return Math.hypot((corner.x - x) * width, (corner.y - y) * height);
      }),
    ),
  );
  return Math.min(...turns);
}

describe('papers are found', () => {
  it.each([
    ['under a black lid', { ...flatbed, papers: [sheet(148, 210, 100, 140, 4)] }],
    [
      'of cream colour under a white lid',
      {
        ...flatbed,
        ground: { kind: 'plain', colour: [249, 249, 250] },
        papers: [sheet(148, 210, 105, 150, -6, [244, 236, 214])],
      },
    ],
    [
      'aslant on a wooden desk',
      { ...desk, ground: { kind: 'wood', colour: [150, 104, 66] }, papers: [sheet(210, 297, 165, 200, -8)] },
    ],
    [
      'aslant on a cutting mat',
      {
        ...desk,
        ground: { kind: 'cutting-mat', colour: [32, 90, 64] },
        papers: [sheet(210, 297, 165, 200, 5)],
      },
    ],
    [
      'as two cards on grey glass',
      {
        ...flatbed,
        ground: { kind: 'plain', colour: [132, 135, 138] },
        papers: [card(100, 80, 7, [208, 226, 218]), card(115, 190, -160, [226, 218, 196])],
      },
    ],
    [
      'as a form beside a card',
      { ...desk, papers: [sheet(148, 210, 110, 200, 3), card(255, 150, 80, [198, 212, 230])] },
    ],
  ] as readonly (readonly [string, Scene])[])('%s', async (_, scene) => {
    const { found, corners } = await look(scene);
    expect(found.length).toBe(corners.length);
    found.forEach((one, at) => {
      expect(one.touches).toEqual([]);
      expect(error(one.corners, corners[at]!, scene)).toBeLessThan(1.5);
    });
  });

  it('in reading order', async () => {
    const papers = [
      card(160, 75, 2, [208, 226, 218]),
      card(58, 205, 0, [226, 218, 196]),
      card(56, 70, -3, [198, 212, 230]),
      card(160, 215, 1, [232, 205, 205]),
    ];
    const { found, corners, scene } = await look({ ...flatbed, papers });
    const order = found.map((one) => corners.findIndex((truth) => error(one.corners, truth, scene) < 2));
    expect(order).toEqual([2, 0, 1, 3]);
  });
});

describe('nothing is cut', () => {
  it.each([
    ['of a feeder’s scan', { ...flatbed, papers: [sheet(218, 299, 108, 148.5, 0)] }],
    ['of paper larger than the glass', { ...flatbed, papers: [sheet(297, 420, 108, 150, 3)] }],
    ['of an empty glass', flatbed],
    [
      'when papers are hardly to be told from the ground',
      {
        ...flatbed,
        ground: { kind: 'marble', colour: [205, 203, 199] },
        papers: [sheet(148, 210, 100, 140, 4, [208, 206, 202])],
        edgeShadow: { depth: 0, width: 1, direction: null },
      },
    ],
  ] as readonly (readonly [string, Scene])[])('%s', async (_, scene) => {
    const { found } = await look(scene);
    expect(found.map(({ corners }) => corners)).toEqual([WHOLE_PICTURE]);
  });

  it('off a page whose shade at the edge is deep', async () => {
    // A binding's shadow: soft, without an edge.
    const page = paintPage(5, 216, 297, DPI, WHITE);
    const data = Uint8Array.from(page.data, (value, at) => {
      const fromRight = page.width - (Math.floor(at / 3) % page.width);
      return value * (1 - 0.6 * Math.max(0, 1 - fromRight / 60) ** 2);
    });
    expect(findSheets({ ...page, data }, DPI)[0]!.corners).toEqual(WHOLE_PICTURE);
  });

  it.each([
    '04-birth-certificate',
    '21-death-certificate',
    '23-land-use-certificate',
  ])('outside the printed frame of tinted paper: %s', async (name) => {
    const file = fileURLToPath(new URL(`../specimens/pages/${name}.jpg`, import.meta.url));
    for (const dpi of [75, 90, 100]) {
      const { density = 0, width } = await sharp(file).metadata();
      const picture = await toRgb(sharp(file).resize(Math.round((width * dpi) / density)));
      expect(
        findSheets(picture, dpi).map(({ corners }) => corners),
        `${dpi} dpi`,
      ).toEqual([WHOLE_PICTURE]);
    }
  });

  it('of print, when paper runs over the picture’s edge', async () => {
    const scene = { ...flatbed, papers: [sheet(148, 210, 108, 240, 6)] };
    const { found, corners } = await look(scene);
    expect(found.length).toBe(1);
    expect(found[0]!.touches).toContain('bottom');
    const [topLeft, topRight] = corners[0]!;
    const box = found[0]!.corners;
    expect(box[0].x).toBeLessThanOrEqual(topLeft.x + 0.01);
    expect(box[0].y).toBeLessThanOrEqual(Math.min(topLeft.y, topRight.y) + 0.01);
    expect(box[2].y).toBe(1);
  });
});

describe('a sheet that is cut', () => {
  const quad: Quad = [
    { x: 0.2, y: 0.15 },
    { x: 0.8, y: 0.1 },
    { x: 0.85, y: 0.9 },
    { x: 0.1, y: 0.85 },
  ];

  it('has straight print where it was slanted', async () => {
    const scene: Scene = { ...desk, dpi: 150, papers: [ruled(210, 297, 165, 200, -12)] };
    const { picture } = await composeScene(scene);
    const image = await toRgb(sharp(picture));
    const [only] = findSheets(await toRgb(sharp(picture).resize(Math.round(image.width / 2))), DPI);
    const size = sheetSize(only!.corners, image.width, image.height, undefined);
    expect(size.height / size.width).toBeCloseTo(297 / 210, 3);
    const cut = cutSheet(image, only!.corners, size.width, size.height);
    // Every rule stands at its height all along, within a pixel and a half of 150 dpi.
    for (const part of [0.2, 0.4, 0.6, 0.8])
      for (const across of [0.1, 0.5, 0.9])
        expect(Math.abs(darkRow(cut, across, part) - part * cut.height)).toBeLessThan(1.5);
  });

  it('is not resampled when it is the whole picture or lies in it straight', async () => {
    const page = paintPage(3, 100, 140, DPI, WHITE);
    expect(cutSheet(page, WHOLE_PICTURE, page.width, page.height)).toBe(page);
    const half: Quad = [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 1, y: 0.5 },
      { x: 0, y: 0.5 },
    ];
    const rows = Math.round(page.height / 2);
    const cut = cutSheet(page, half, page.width, rows);
    expect(Buffer.compare(cut.data, page.data.subarray(0, page.width * rows * 3))).toBe(0);
  });

  it('has the size of its paper: a card, A5, or what it measures', () => {
    const at = (left: number, top: number, width: number, height: number): Quad => [
      { x: left / 2_550, y: top / 3_508 },
      { x: (left + width) / 2_550, y: top / 3_508 },
      { x: (left + width) / 2_550, y: (top + height) / 3_508 },
      { x: left / 2_550, y: (top + height) / 3_508 },
    ];
    const mm = 300 / 25.4;
    const size = (quad: Quad) => {
      const { width, height, dpi } = sheetSize(quad, 2_550, 3_508, 300);
      return [width / mm, height / mm, dpi].map((value) => Number(value.toFixed(1)));
    };
    expect(size(at(300, 300, 1_005, 640))).toEqual([85.6, 54, 300]);
    expect(size(at(100, 200, 1_755, 2_470))).toEqual([148, 210, 300]);
    expect(size(at(100, 200, 1_500, 1_500))).toEqual([127, 127, 300]);
    // A camera states nothing: the shape tells a card from a sheet.
    expect(Math.round(sheetSize(at(300, 300, 1_011, 638), 2_550, 3_508, undefined).dpi)).toBe(300);
    expect(sheetSize(quad, 2_550, 3_508, 72).dpi).toBeGreaterThan(150);
  });
});

/** Blank paper with dark rules at fifths of its height. */
function ruled(width: number, height: number, x: number, y: number, angle: number): ScenePaper {
  const paper = sheet(width, height, x, y, angle);
  const picture = { ...paper.picture, data: new Uint8Array(paper.picture.data.length).fill(248) };
  for (const part of [0.2, 0.4, 0.6, 0.8]) {
    const row = Math.round(part * picture.height) - 1;
    picture.data.fill(20, row * picture.width * 3, (row + 2) * picture.width * 3);
  }
  return { ...paper, picture };
}

/** Middle of the darkest rows near a place, pixels. */
function darkRow(image: Rgb, across: number, down: number): number {
  const { data, width } = lumaOf(image);
  const x = Math.round(across * image.width);
  let weight = 0;
  let sum = 0;
  for (let y = Math.round(down * image.height) - 12; y < down * image.height + 12; y += 1) {
    const ink = Math.max(0, 160 - data[y * width + x]!);
    weight += ink;
    sum += ink * (y + 0.5);
  }
  return sum / weight;
}

describe('straightenPage', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sheets-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('finds the only paper; of several it keeps the picture, or cuts the one that is asked for', async () => {
    const one = join(folder, 'one.jpg');
    const only: Scene = { ...desk, dpi: 100, papers: [sheet(210, 297, 165, 200, 92)] };
    await writeFile(one, (await composeScene(only)).picture);
    const page = await straightenPage(one, undefined);
    expect(page.sheet).not.toEqual(WHOLE_PICTURE);
    // It lay sideways.
    expect(page.image.height / page.image.width).toBeCloseTo(297 / 210, 1);
    expect(page.rotation).toBe(90);

    const two = join(folder, 'two.jpg');
    const papers = [card(100, 80, 7, [208, 226, 218]), card(115, 190, 0, [226, 218, 196])];
    const { picture, corners } = await composeScene({ ...flatbed, dpi: 150, papers });
    await writeFile(two, picture);
    expect((await straightenPage(two, undefined)).sheet).toEqual(WHOLE_PICTURE);
    const wanted = await straightenPage(two, 0, corners[0]!);
    expect(wanted.sheet).toBe(corners[0]);
    expect([wanted.image.width, wanted.image.height]).toEqual([506, 319]);
  });
});

it('a line of print just inside a card that is hardly darker than its ground is not taken for its edge', async () => {
  const letters = Array.from(
    { length: 60 },
    (_, at) => `<rect x="${212 + at * 4}" y="131" width="3" height="5"/>`,
  );
  const picture = await toRgb(
    sharp(
      Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" width="620" height="437"><rect width="620" height="437" fill="#f0f0ee"/>
        <rect x="200" y="120" width="253" height="159" rx="9" fill="#dbdfdc"/>${letters.join('')}</svg>`,
      ),
    ),
  );
  const [found, ...others] = findSheets(picture, DPI);
  expect(others).toEqual([]);
  expect(Math.abs(found!.corners[0].y * 437 - 120)).toBeLessThan(2);
});
