import sharp from 'sharp';
import { gaussian, seededRandom } from './random.ts';

/** What happens to a clean page between the printer and the file of a scanner, in the order it is applied. */
export interface Degradation {
  readonly seed: number;
  /** Resolution of the result; also written into the file. */
  readonly dpi: number;
  /** Colour of the paper, RGB 0–255; white becomes this. */
  readonly paper: readonly [number, number, number];
  /** Sigma in pixels of the result, 0 = none. */
  readonly blur: number;
  /** Dark specks on the page. */
  readonly dust: number;
  /** Degrees clockwise that the paper lies askew. */
  readonly skew: number;
  /** Quarter turns clockwise that the paper was laid in. */
  readonly turn: 0 | 90 | 180 | 270;
  /** Colour of the scanner's lid, seen where the paper is not. */
  readonly lid: readonly [number, number, number];
  /** Where the paper lies on a bed larger than itself, in millimetres; null: the bed is the paper's size. */
  readonly bed: {
    readonly width: number;
    readonly height: number;
    readonly left: number;
    readonly top: number;
  } | null;
  /** Depth of uneven light: the darkest region keeps 1 − light. */
  readonly light: number;
  readonly shadow: {
    readonly edge: 'left' | 'right' | 'top' | 'bottom';
    /** 0–1: how dark at the very edge. */
    readonly depth: number;
    /** Share of the page that it reaches over. */
    readonly reach: number;
  } | null;
  /** Standard deviation in levels of 0–255. */
  readonly noise: number;
  readonly jpegQuality: number;
}

/** A plain, good scan; tests override what they are about. */
export const cleanScan: Degradation = {
  seed: 1,
  dpi: 300,
  paper: [250, 249, 246],
  blur: 0,
  dust: 0,
  skew: 0,
  turn: 0,
  lid: [246, 246, 246],
  bed: null,
  light: 0,
  shadow: null,
  noise: 0,
  jpegQuality: 85,
};

interface RawImage {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/**
 * Makes a JPEG as a scanner would have made it from a clean picture of a page (PNG or JPEG bytes at `sourceDpi`).
 * Deterministic: the same input and degradation give the same bytes with the same version of sharp.
 */
export async function degradePage(page: Uint8Array, sourceDpi: number, how: Degradation): Promise<Buffer> {
  const random = seededRandom(how.seed);
  const laid = await layOnBed(await printOnPaper(page, sourceDpi, how, random), how);
  const { width, height, data } = laid;
  applyLight(data, width, height, how, random);
  addNoise(data, how.noise, random);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .withMetadata({ density: how.dpi })
    .jpeg({ quality: how.jpegQuality, chromaSubsampling: '4:2:0' })
    .toBuffer();
}

async function printOnPaper(
  page: Uint8Array,
  sourceDpi: number,
  how: Degradation,
  random: () => number,
): Promise<RawImage> {
  const source = sharp(page).flatten({ background: '#fff' });
  const { width = 0 } = await source.metadata();
  let image = source.resize({ width: Math.round((width * how.dpi) / sourceDpi), kernel: 'lanczos3' });
  if (how.blur >= 0.3) image = image.blur(how.blur);
  const { data, info } = await image.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  addDust(data, info.width, info.height, how, random);
  for (let at = 0; at < data.length; at += 3)
    for (let channel = 0; channel < 3; channel++)
      data[at + channel] = (data[at + channel]! * how.paper[channel]!) / 255;
  return { data, width: info.width, height: info.height };
}

function addDust(data: Buffer, width: number, height: number, how: Degradation, random: () => number): void {
  for (let speck = 0; speck < how.dust; speck++) {
    const x = Math.floor(random() * (width - 4));
    const y = Math.floor(random() * (height - 4));
    const size = 1 + Math.floor(random() * 3);
    const shade = 60 + random() * 110;
    for (let dy = 0; dy < size; dy++)
      for (let dx = 0; dx < size; dx++)
        data.fill(shade, ((y + dy) * width + x + dx) * 3, ((y + dy) * width + x + dx) * 3 + 3);
  }
}

async function layOnBed(paper: RawImage, how: Degradation): Promise<RawImage> {
  const lid = { r: how.lid[0], g: how.lid[1], b: how.lid[2] };
  const raw = { width: paper.width, height: paper.height, channels: 3 as const };
  const turned = await sharp(paper.data, { raw })
    .rotate(how.turn)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const upright = { width: turned.info.width, height: turned.info.height, channels: 3 as const };
  const askew = await sharp(turned.data, { raw: upright })
    .rotate(how.skew, { background: lid })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixels = (millimetres: number) => Math.round((millimetres * how.dpi) / 25.4);
  const bed = how.bed
    ? {
        width: pixels(how.bed.width),
        height: pixels(how.bed.height),
        left: pixels(how.bed.left),
        top: pixels(how.bed.top),
      }
    : {
        width: upright.width,
        height: upright.height,
        left: Math.round((upright.width - askew.info.width) / 2),
        top: Math.round((upright.height - askew.info.height) / 2),
      };
  return place({ data: askew.data, width: askew.info.width, height: askew.info.height }, bed, how.lid);
}

/** Paper onto bed at an offset that may be negative: what hangs over is lost, as on the glass. */
function place(
  paper: RawImage,
  bed: { readonly width: number; readonly height: number; readonly left: number; readonly top: number },
  lid: Degradation['lid'],
): RawImage {
  const data = Buffer.alloc(bed.width * bed.height * 3, Buffer.from(lid));
  const fromX = Math.max(0, -bed.left);
  const toX = Math.min(paper.width, bed.width - bed.left);
  for (let y = Math.max(0, -bed.top); y < Math.min(paper.height, bed.height - bed.top); y++)
    paper.data.copy(
      data,
      ((y + bed.top) * bed.width + fromX + bed.left) * 3,
      (y * paper.width + fromX) * 3,
      (y * paper.width + toX) * 3,
    );
  return { data, width: bed.width, height: bed.height };
}

/** Lamp and shadow as a grid of factors, bilinear in between: smooth, and cheap for eight megapixels. */
function applyLight(
  data: Buffer,
  width: number,
  height: number,
  how: Degradation,
  random: () => number,
): void {
  if (how.light === 0 && !how.shadow) return;
  const columns = 32;
  const rows = 32;
  const angle = random() * 2 * Math.PI;
  const bump = random() * 2 * Math.PI;
  const factor = (u: number, v: number) => {
    const slope = 0.5 + 0.5 * ((u - 0.5) * Math.cos(angle) + (v - 0.5) * Math.sin(angle)) * 1.4;
    const wave = 0.5 + 0.5 * Math.sin(3 * u + 2 * v + bump);
    return (1 - how.light * (0.7 * slope + 0.3 * wave)) * (1 - shadowAt(how.shadow, u, v));
  };
  const grid = Float32Array.from({ length: (columns + 1) * (rows + 1) }, (_, at) =>
    factor((at % (columns + 1)) / columns, Math.floor(at / (columns + 1)) / rows),
  );
  for (let y = 0; y < height; y++) {
    const v = (y / height) * rows;
    const row = Math.floor(v);
    for (let x = 0; x < width; x++) {
      const u = (x / width) * columns;
      const column = Math.floor(u);
      const corner = row * (columns + 1) + column;
      const upper = grid[corner]! + (grid[corner + 1]! - grid[corner]!) * (u - column);
      const below = corner + columns + 1;
      const lower = grid[below]! + (grid[below + 1]! - grid[below]!) * (u - column);
      const light = upper + (lower - upper) * (v - row);
      const at = (y * width + x) * 3;
      data[at] = data[at]! * light;
      data[at + 1] = data[at + 1]! * light;
      data[at + 2] = data[at + 2]! * light;
    }
  }
}

function shadowAt(shadow: Degradation['shadow'], u: number, v: number): number {
  if (!shadow) return 0;
  const distance = { left: u, right: 1 - u, top: v, bottom: 1 - v }[shadow.edge];
  return distance >= shadow.reach ? 0 : shadow.depth * (1 - distance / shadow.reach) ** 2;
}

/** Grey noise with a little of its own in each channel, drawn from a table: 26 million normal numbers would be slow. */
function addNoise(data: Buffer, sigma: number, random: () => number): void {
  if (sigma === 0) return;
  const table = Float32Array.from({ length: 65_536 }, () => gaussian(random) * sigma);
  let next = Math.floor(random() * 0x7fffffff);
  for (let at = 0; at < data.length; at += 3) {
    next = (Math.imul(next, 1_664_525) + 1_013_904_223) >>> 0;
    const grey = table[next >>> 16]!;
    for (let channel = 0; channel < 3; channel++) {
      const own = table[(next >>> (4 + 3 * channel)) & 0xffff]! * 0.3;
      const level = data[at + channel]! + grey + own;
      data[at + channel] = Math.min(255, Math.max(0, level));
    }
  }
}
