import { fromGrey, type Grey, type Rgb, toGrey } from './image.ts';
import { flattenLight } from './light.ts';

/** One byte a pixel, row by row: 1 is ink, 0 is paper. */
export interface Bilevel {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface InkLayer {
  readonly colour: readonly [red: number, green: number, blue: number];
  readonly shape: Bilevel;
}

export interface SeparatedPage {
  /** One per colour of ink, at `INK_DPI`; no pixel is in two of them. */
  readonly inks: readonly InkLayer[];
  /** Paper, photographs and whatever else is no ink, at `BACKGROUND_DPI`; where ink was, the paper around it. */
  readonly background: Rgb;
}

export const INK_DPI = 300;
export const BACKGROUND_DPI = 100;

/** Of evened light, paper 255: darker is ink. */
const INK = 150;
/** Darker is not bare paper. */
const TINTED = 215;
const BLACK = 50;
const LIGHT_BLOCK_MM = 4;
/** Strokes are narrower than this; what is wider and neither black nor paper is a photograph or a tinted area. */
const SOLID_MM = 1.1;
const PICTURE_CELL_MM = 4;
const PICTURE_SHARE = 0.1;
/** Specks of fewer pixels stay in the background. */
const SMALLEST_INK = 5;

/**
 * Takes a page apart into the shapes of its inks and the rest (mixed raster content). Shapes are found in the grey
 * picture enlarged to 300 dpi: its grey edges say where between two pixels the edge runs.
 */
export async function separateInks(image: Rgb, dpi: number): Promise<SeparatedPage> {
  const block = Math.max(8, Math.round((LIGHT_BLOCK_MM / 25.4) * dpi));
  const even = sharpened(flattenLight(darkestChannel(image), block));
  const pictures = pictureAreas(even, dpi);
  const scale = Math.max(1, INK_DPI / dpi);
  const fine =
    scale === 1
      ? even
      : await toGrey(
          fromGrey(even).resize(Math.round(even.width * scale), Math.round(even.height * scale), {
            fit: 'fill',
            kernel: 'cubic',
          }),
        );
  const toCoarseX = coarseIndex(fine.width, image.width);
  const toCoarseY = coarseIndex(fine.height, image.height);
  const shape = new Uint8Array(fine.data.length);
  for (let y = 0, at = 0; y < fine.height; y += 1) {
    const row = toCoarseY[y]! * image.width;
    for (let x = 0; x < fine.width; x += 1, at += 1)
      if (fine.data[at]! < INK && pictures[row + toCoarseX[x]!] === 0) shape[at] = 1;
  }
  removeSpecks({ width: fine.width, height: fine.height, data: shape });

  const covered = new Uint8Array(image.width * image.height);
  for (let y = 0, at = 0; y < fine.height; y += 1)
    for (let x = 0; x < fine.width; x += 1, at += 1)
      if (shape[at] === 1) covered[toCoarseY[y]! * image.width + toCoarseX[x]!] = 1;
  const { inkOf, colours } = inkColours(image, covered);
  const inks = colours.map((colour, ink) => {
    const data = new Uint8Array(shape.length);
    for (let y = 0, at = 0; y < fine.height; y += 1) {
      const row = toCoarseY[y]! * image.width;
      for (let x = 0; x < fine.width; x += 1, at += 1)
        if (shape[at] === 1 && inkOf[row + toCoarseX[x]!] === ink) data[at] = 1;
    }
    return { colour, shape: { width: fine.width, height: fine.height, data } };
  });
  return { inks, background: backgroundOf(image, dpi, covered) };
}

/** Ink of any colour is dark in one of them. */
function darkestChannel({ width, height, data }: Rgb): Grey {
  const out = new Uint8Array(width * height);
  for (let at = 0; at < out.length; at += 1)
    out[at] = Math.min(data[at * 3]!, data[at * 3 + 1]!, data[at * 3 + 2]!);
  return { width, height, data: out };
}

const SHARPENING = 1.5;

/** Lifts dots and tone marks that blur has made grey; the middle of a straight edge stays where it is. */
function sharpened({ width, height, data }: Grey): Grey {
  const out = Uint8Array.from(data);
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1, at = y * width + 1; x < width - 1; x += 1, at += 1) {
      const value = data[at]!;
      const mean =
        (data[at - width - 1]! +
          data[at - width]! +
          data[at - width + 1]! +
          data[at - 1]! +
          data[at + 1]! +
          data[at + width - 1]! +
          data[at + width]! +
          data[at + width + 1]!) /
        8;
      out[at] = Math.max(0, Math.min(255, value + SHARPENING * (value - mean)));
    }
  return { width, height, data: out };
}

function coarseIndex(fine: number, coarse: number): Int32Array {
  return Int32Array.from({ length: fine }, (_, at) =>
    Math.min(coarse - 1, Math.floor(((at + 0.5) * coarse) / fine)),
  );
}

/** 1 where the page shows a photograph or a tinted area: wide, neither black nor paper. Per pixel. */
function pictureAreas({ width, height, data }: Grey, dpi: number): Uint8Array {
  const radius = Math.max(2, Math.round((SOLID_MM / 25.4 / 2) * dpi));
  const cell = Math.max(4, Math.round((PICTURE_CELL_MM / 25.4) * dpi));
  const columns = Math.ceil(width / cell);
  const rows = Math.ceil(height / cell);
  const cellOf = (at: number) =>
    Math.floor(Math.floor(at / width) / cell) * columns + Math.floor((at % width) / cell);
  const solid = new Uint8Array(width * height);
  const counts = new Uint32Array(columns * rows);
  const side = 2 * radius + 1;
  // How many tinted pixels follow each other down each column, then along the row: an erosion by a square.
  const down = new Uint16Array(width);
  for (let y = 0; y < height; y += 1) {
    let along = 0;
    for (let x = 0, at = y * width; x < width; x += 1, at += 1) {
      down[x] = data[at]! < TINTED ? Math.min(side, down[x]! + 1) : 0;
      along = down[x] === side ? along + 1 : 0;
      const centre = at - radius * width - radius;
      if (along < side || data[centre]! <= BLACK) continue;
      solid[centre] = 1;
      counts[cellOf(centre)]! += 1;
    }
  }
  const picture = growCells(counts, columns, rows, PICTURE_SHARE * cell * cell);
  // Back to the size that they had before the erosion, and over their soft edges.
  const out = new Uint8Array(width * height);
  const reach = radius + 2;
  for (let at = 0; at < solid.length; at += 1) {
    if (solid[at] === 0 || picture[cellOf(at)] === 0) continue;
    const x = at % width;
    const y = Math.floor(at / width);
    const inside =
      solid[at - 1] === 1 && solid[at + 1] === 1 && solid[at - width] === 1 && solid[at + width] === 1;
    if (inside) {
      out[at] = 1;
      continue;
    }
    const left = Math.max(0, x - reach);
    const right = Math.min(width, x + reach + 1);
    for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row += 1)
      out.fill(1, row * width + left, row * width + right);
  }
  return out;
}

/** Cells with `enough`, and all with any that hang together with one of them. */
function growCells(counts: Uint32Array, columns: number, rows: number, enough: number): Uint8Array {
  const taken = new Uint8Array(counts.length);
  const open: number[] = [];
  for (let at = 0; at < counts.length; at += 1)
    if (counts[at]! > enough) {
      taken[at] = 1;
      open.push(at);
    }
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const neighbour of around(next, columns, rows))
      if (counts[neighbour]! > 0 && taken[neighbour] === 0) {
        taken[neighbour] = 1;
        open.push(neighbour);
      }
  return taken;
}

/** Removes what is smaller than a dot of the smallest print, looking only as far as needed. */
function removeSpecks({ width, height, data }: Bilevel): void {
  const found: number[] = [];
  for (let at = 0; at < data.length; at += 1) {
    if (data[at] !== 1 || data[at - 1] === 1 || data[at - width] === 1) continue;
    found.length = 0;
    found.push(at);
    for (let next = 0; next < found.length && found.length < SMALLEST_INK; next += 1)
      for (const neighbour of around(found[next]!, width, height))
        if (data[neighbour] === 1 && !found.includes(neighbour)) found.push(neighbour);
    if (found.length < SMALLEST_INK) for (const speck of found) data[speck] = 0;
  }
}

function around(at: number, width: number, height: number): readonly number[] {
  const x = at % width;
  const y = (at - x) / width;
  const out: number[] = [];
  for (let dy = -1; dy <= 1; dy += 1)
    for (let dx = -1; dx <= 1; dx += 1)
      if (x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height) out.push(at + dy * width + dx);
  return out;
}

/** Below this difference between its channels an ink is black or grey. */
const NEUTRAL_CHROMA = 48;
const CORE = 2;
const MAX_COLOURS = 6;
/** Colours closer than this (Euclidean, sRGB) are one ink. */
const SAME_INK = 70;
/** A colour with less ink than this joins the ink that is nearest to it. */
const MIN_INK_PIXELS = 120;

type Colour = readonly [red: number, green: number, blue: number];

/** Each covered pixel's ink is the colour in the middle of its stroke, where no paper shines through. */
function inkColours(image: Rgb, covered: Uint8Array) {
  // 4 bits a channel: index, sum and number of the covered pixels whose stroke has that colour.
  const binOf = new Uint16Array(covered.length);
  const counts = new Uint32Array(1 << 12);
  const sums = new Float64Array(3 << 12);
  for (let at = 0; at < covered.length; at += 1) {
    if (covered[at] === 0) continue;
    const core = coreOf(image, at) * 3;
    const [red, green, blue] = [image.data[core]!, image.data[core + 1]!, image.data[core + 2]!];
    const bin = ((red >> 4) << 8) | ((green >> 4) << 4) | (blue >> 4);
    binOf[at] = bin;
    counts[bin]! += 1;
    sums[bin * 3]! += red;
    sums[bin * 3 + 1]! += green;
    sums[bin * 3 + 2]! += blue;
  }
  const bins = Array.from(counts.keys())
    .filter((bin) => counts[bin]! > 0)
    .sort((a, b) => counts[b]! - counts[a]!);
  const meanOf = (some: readonly number[]): Colour => {
    const count = Math.max(
      1,
      some.reduce((sum, bin) => sum + counts[bin]!, 0),
    );
    const mean = (channel: number) =>
      Math.round(some.reduce((sum, bin) => sum + sums[bin * 3 + channel]!, 0) / count);
    return [mean(0), mean(1), mean(2)];
  };
  const inkPixels = (some: readonly number[]) => some.reduce((sum, bin) => sum + counts[bin]!, 0);

  const isNeutral = (bin: number) => {
    const colour = meanOf([bin]);
    return Math.max(...colour) - Math.min(...colour) < NEUTRAL_CHROMA;
  };
  const colours: Colour[] = [];
  const neutral = bins.filter(isNeutral);
  let rest = bins.filter((bin) => !isNeutral(bin));
  if (inkPixels(neutral) >= MIN_INK_PIXELS || rest.length === 0) colours.push(meanOf(neutral));
  // The commonest colour takes those around it, then the commonest of what is left.
  while (rest.length > 0 && colours.length < MAX_COLOURS) {
    const seed = meanOf([rest[0]!]);
    const own = rest.filter((bin) => distance(meanOf([bin]), seed) < SAME_INK);
    rest = rest.filter((bin) => !own.includes(bin));
    if (inkPixels(own) >= MIN_INK_PIXELS || colours.length === 0) colours.push(meanOf(own));
  }
  const inkOfBin = new Uint8Array(1 << 12);
  for (const bin of bins) {
    const colour = meanOf([bin]);
    inkOfBin[bin] = colours.reduce(
      (best, other, ink) => (distance(colour, other) < distance(colour, colours[best]!) ? ink : best),
      0,
    );
  }
  if (inkPixels(neutral) >= MIN_INK_PIXELS) for (const bin of neutral) inkOfBin[bin] = 0;
  return { colours, inkOf: Uint8Array.from(binOf, (bin) => inkOfBin[bin]!) };
}

function distance(one: Colour, other: Colour): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

/** The darkest pixel near by. */
function coreOf({ width, height, data }: Rgb, at: number): number {
  const x = at % width;
  const y = Math.floor(at / width);
  let darkest = 766;
  let core = at;
  for (let row = Math.max(0, y - CORE); row <= Math.min(height - 1, y + CORE); row += 1)
    for (
      let other = row * width + Math.max(0, x - CORE);
      other <= row * width + Math.min(width - 1, x + CORE);
      other += 1
    ) {
      const light = data[other * 3]! + data[other * 3 + 1]! + data[other * 3 + 2]!;
      if (light >= darkest) continue;
      darkest = light;
      core = other;
    }
  return core;
}

const MAX_FILL_PASSES = 64;

function backgroundOf(image: Rgb, dpi: number, covered: Uint8Array): Rgb {
  const scale = Math.min(1, BACKGROUND_DPI / dpi);
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const sums = new Float64Array(width * height * 3);
  const counts = new Uint32Array(width * height);
  const toX = coarseIndex(image.width, width);
  const toY = coarseIndex(image.height, height);
  for (let y = 0, at = 0; y < image.height; y += 1)
    for (let x = 0; x < image.width; x += 1, at += 1) {
      // The soft edge of a stroke is no paper either.
      if (covered[at] === 1 || covered[at - 1] === 1 || covered[at + 1] === 1) continue;
      if (covered[at - image.width] === 1 || covered[at + image.width] === 1) continue;
      const to = toY[y]! * width + toX[x]!;
      for (let channel = 0; channel < 3; channel += 1)
        sums[to * 3 + channel]! += image.data[at * 3 + channel]!;
      counts[to]! += 1;
    }
  const data = new Uint8Array(width * height * 3).fill(255);
  for (let at = 0; at < counts.length; at += 1)
    if (counts[at]! > 0)
      for (let channel = 0; channel < 3; channel += 1)
        data[at * 3 + channel] = Math.round(sums[at * 3 + channel]! / counts[at]!);
  fillHoles(
    { width, height, data },
    Uint8Array.from(counts, (count) => (count > 0 ? 1 : 0)),
  );
  return { width, height, data };
}

/** From their rims inwards: each pass gives the empty pixels beside known ones their mean. */
function fillHoles({ width, height, data }: Rgb, known: Uint8Array): void {
  let holes = Array.from(known.keys()).filter((at) => known[at] === 0);
  for (let pass = 0; pass < MAX_FILL_PASSES && holes.length > 0; pass += 1) {
    const filled: number[] = [];
    for (const at of holes) {
      const neighbours = around(at, width, height).filter((other) => known[other] === 1);
      if (neighbours.length === 0) continue;
      for (let channel = 0; channel < 3; channel += 1)
        data[at * 3 + channel] = Math.round(
          neighbours.reduce((sum, other) => sum + data[other * 3 + channel]!, 0) / neighbours.length,
        );
      filled.push(at);
    }
    if (filled.length === 0) return;
    for (const at of filled) known[at] = 1;
    holes = holes.filter((at) => known[at] === 0);
  }
}
