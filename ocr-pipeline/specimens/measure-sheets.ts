// `npm run measure:sheets [-- SEED]`: how well papers are found in scenes that nothing was tuned to.
import sharp from 'sharp';
import { findSheets } from '../imaging/find-sheets.ts';
import { toRgb } from '../imaging/image.ts';
import { isWholePicture, type Quad } from '../imaging/sheet.ts';
import { composeScene, type Scene, type ScenePaper } from './compose-scene.ts';
import type { Ground } from './grounds.ts';
import { paintPage } from './paint-page.ts';
import { seededRandom } from './random.ts';

const SCENES = 160;
const DPI = 75;
const GROUNDS: readonly Ground[] = [
  { kind: 'plain', colour: [16, 17, 20] },
  { kind: 'plain', colour: [48, 40, 40] },
  { kind: 'plain', colour: [118, 122, 128] },
  { kind: 'plain', colour: [241, 243, 246] },
  { kind: 'plain', colour: [70, 95, 150] },
  { kind: 'wood', colour: [205, 172, 128] },
  { kind: 'wood', colour: [88, 58, 40] },
  { kind: 'cutting-mat', colour: [40, 62, 110] },
  { kind: 'cloth', colour: [120, 40, 44] },
  { kind: 'marble', colour: [200, 198, 194] },
];
const COLOURS = [
  [252, 252, 250],
  [244, 236, 214],
  [208, 226, 218],
  [232, 205, 205],
] as const;

/** One sheet, or one to four cards, on any ground, from above or aslant. */
function randomScene(seed: number): Scene {
  const random = seededRandom(seed);
  const between = (from: number, to: number) => from + random() * (to - from);
  const isAslant = random() < 0.5;
  const paper = (width: number, height: number, x: number, y: number, angle: number): ScenePaper => ({
    picture: paintPage(seed + x, width, height, 100, COLOURS[Math.floor(random() * 4)]!),
    width,
    height,
    x,
    y,
    angle,
    ...(width < 100 && { corner: 3.18 }),
  });
  const cards = random() < 0.5 ? 1 + Math.floor(random() * 4) : 0;
  const places = [
    [85, 90],
    [215, 95],
    [90, 260],
    [210, 265],
  ] as const;
  const papers =
    cards === 0
      ? [paper(210, 297, between(142, 158), between(172, 188), between(-12, 12))]
      : places
          .slice(0, cards)
          .map(([x, y]) => paper(85.6, 53.98, x + between(-8, 8), y + between(-20, 20), between(-30, 30)));
  return {
    seed,
    dpi: DPI,
    width: 300,
    height: 360,
    ground: GROUNDS[seed % GROUNDS.length]!,
    papers,
    tilt: isAslant ? [between(-16, 16), between(-10, 10)] : [0, 0],
    edgeShadow: {
      depth: between(0.1, 0.4),
      width: between(1, 4),
      direction: random() < 0.5 ? null : between(0, 360),
    },
    light: isAslant ? between(0, 0.35) : between(0, 0.08),
    castShadow: null,
    noise: between(1, 4),
    jpegQuality: Math.round(between(70, 92)),
  };
}

/** Largest corner error, millimetres at the middle of the scene. */
function cornerError(found: Quad, truth: Quad, { width, height }: Scene): number {
  const errors = [0, 1, 2, 3].map((turn) =>
    truth.map(({ x, y }, at) => {
      const corner = found[((at + turn) % 4) as 0 | 1 | 2 | 3];
      return Math.hypot((corner.x - x) * width, (corner.y - y) * height);
    }),
  );
  return Math.min(...errors.map((each) => Math.max(...each)));
}

const from = Number(process.argv[2] ?? 7_000);
const errors: number[] = [];
let whole = 0;
let miscounted = 0;
for (let seed = from; seed < from + SCENES; seed += 1) {
  const scene = randomScene(seed);
  const { picture, corners } = await composeScene(scene);
  const found = findSheets(await toRgb(sharp(picture)), DPI);
  if (found.length === 1 && isWholePicture(found[0]!.corners)) whole += 1;
  else if (found.length !== corners.length) miscounted += 1;
  else
    errors.push(
      ...corners.map((truth) => Math.min(...found.map((one) => cornerError(one.corners, truth, scene)))),
    );
}
errors.sort((a, b) => a - b);
const at = (share: number) => errors[Math.floor(errors.length * share)]?.toFixed(2);
process.stdout.write(
  `${SCENES} scenes: left whole ${whole}, miscounted ${miscounted}; ` +
    `${errors.length} papers, corner error median ${at(0.5)} mm, 95 % ${at(0.95)} mm, most ${errors.at(-1)?.toFixed(2)} mm\n`,
);
