import sharp, { type Sharp } from 'sharp';
import { cutSheet, sheetSize } from './cut-sheet.ts';
import { findSheets } from './find-sheets.ts';
import { groundsOf, isPaperWhite } from './ground.ts';
import { type Rgb, sourceOptions, toRgb, turnRgb } from './image.ts';
import { shrinkRgb } from './pixels/neighbourhood.ts';
import { resample } from './pixels/resample.ts';
import { PROBE_DPI, type Probe, probePage } from './probe.ts';
import { estimateDpi } from './resolution.ts';
import { isWholePicture, type Quad, WHOLE_PICTURE } from './sheet.ts';

type Turn = 0 | 90 | 180 | 270;

export interface StraightPage {
  /** Colours untouched; turned and deskewed. */
  readonly image: Rgb;
  readonly dpi: number;
  /** Found and removed, degrees clockwise. */
  readonly skew: number;
  readonly rotation: Turn;
  /** The paper in the picture that was given; the whole picture when nothing was cut. */
  readonly sheet: Quad;
  /** Further papers in that picture, when only the first was wanted. */
  readonly others: readonly Quad[];
  /** The source had black and white only, and every pixel of it is here. */
  readonly bilevel: boolean;
}

/** The archive asks for true colour at 200 dpi or more; small print is read at 300. */
export const PAGE_DPI = 200;
export const SMALL_PRINT_DPI = 300;
/** Median letter of 5-point print, millimetres: larger print is read no better at 300 dpi, and slower. */
const SMALL_PRINT = 1.15;
const MAX_WORKING_PIXELS = 16_000_000;

/**
 * Decodes a page once at the resolution that its print needs, cuts the paper out of its surroundings, turns it upright
 * as far as the picture alone tells (with few marks on its letters, a page that is upside down shows only when it is read) and takes the skew out.
 * `rotation` is the person's own turn: if given, sideways pages are left as the person wants them. `sheet` is the
 * paper wanted; without it the picture's only paper is found. Of several papers none is preferred: the picture stays
 * whole, as none of them may be lost; or the first is taken and the others are answered (`FirstPaper`).
 */
export async function straightenPage(
  file: string,
  rotation: Turn | undefined,
  sheet?: Quad | FirstPaper,
): Promise<StraightPage> {
  const meta = await sharp(file, sourceOptions).metadata();
  const { width, height } = meta.autoOrient;
  const dpi = estimateDpi(width, height, meta.density);
  const bilevel = meta.bitsPerSample === 1 && meta.channels === 1;
  const source: Source = { file, width, height, dpi, stated: meta.density, bilevel };

  const picture = await decode(source, workingScale(source, dpi));
  const pictureDpi = dpi * (picture.width / width);
  const factor = Math.max(1, Math.floor(pictureDpi / LEAST_PROBE_DPI));
  const small = shrinkRgb(picture, factor);
  const [corners, ...others] = papersIn(small, pictureDpi / factor, sheet);
  const page = isWholePicture(corners)
    ? await straightenWhole(source, picture, small, rotation)
    : await straightenSheet(source, picture, small, corners, rotation);
  return { ...page, others };
}

/** `first-unless-copy`: several cards on paper-white ground may be copied on one sheet, which then stays whole. */
export type FirstPaper = 'first' | 'first-unless-copy';

type OnePage = Omit<StraightPage, 'others'>;

interface Source {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly dpi: number;
  readonly stated: number | undefined;
  /** One bit a pixel. */
  readonly bilevel: boolean;
}

/** The paper to take, then those that are left. */
function papersIn(
  small: Rgb,
  dpi: number,
  wanted: Quad | FirstPaper | undefined,
): readonly [Quad, ...(readonly Quad[])] {
  if (typeof wanted === 'object') return [wanted];
  const [first = WHOLE_PICTURE, ...others] = findSheets(small, dpi).map(({ corners }) => corners);
  if (others.length === 0) return [first];
  const areApart =
    wanted === 'first' || (wanted === 'first-unless-copy' && !isPaperWhite(groundsOf(small)[0]!));
  return areApart ? [first, ...others] : [WHOLE_PICTURE];
}

/** Decodes again only where the picture that is there already has another scale (small print, a card in a camera's picture). */
async function pictureAt(scale: number, source: Source, picture: Rgb): Promise<Rgb> {
  return Math.round(source.width * scale) === picture.width ? picture : decode(source, scale);
}

async function straightenWhole(
  source: Source,
  picture: Rgb,
  uprightSmall: Rgb,
  rotation: Turn | undefined,
): Promise<OnePage> {
  const probeDpi = source.dpi * (uprightSmall.width / source.width);
  const { small, turn, probe } = await turnUpright(uprightSmall, probeDpi, rotation);
  const scale = workingScale(source, source.dpi, probe);
  const full = await turnRgb(await pictureAt(scale, source, picture), turn);
  const image = deskew(full, probe, small);
  return {
    image,
    dpi: Math.round(source.dpi * scale),
    skew: probe.skew,
    rotation: turn,
    bilevel: source.bilevel && scale === 1,
    sheet: WHOLE_PICTURE,
  };
}

/** The small picture as its print stands upright, or as the person wants it. */
async function turnUpright(small: Rgb, dpi: number, rotation: Turn | undefined) {
  const turned = async (turn: Turn) => {
    const picture = await turnRgb(small, turn);
    return { small: picture, turn, probe: probePage(picture, dpi) };
  };
  const asIs = await turned(rotation ?? 0);
  if (rotation !== undefined) return asIs;
  const level = asIs.probe.sideways ? await turned(90) : asIs;
  return level.probe.upsideDown ? turned(level.turn === 90 ? 270 : 180) : level;
}

/** Below this the small picture shows the paper too coarsely (a card in a camera's picture): it is decoded again. */
const LEAST_PROBE_DPI = 0.8 * PROBE_DPI;

const MOST_PRINT_SKEW = 1;
const FULL_OF_LETTERS = 150;

async function straightenSheet(
  source: Source,
  picture: Rgb,
  seen: Rgb,
  sheet: Quad,
  rotation: Turn | undefined,
): Promise<OnePage> {
  const { width, height } = source;
  const size = sheetSize(sheet, width, height, source.stated);
  const seenDpi = size.dpi * (seen.width / width);
  const probeScale = Math.min(1, PROBE_DPI / size.dpi);
  const isCoarse = seenDpi < LEAST_PROBE_DPI && probeScale > (seen.width / width) * 1.1;
  const small = isCoarse ? await decode(source, probeScale) : seen;
  const probeDpi = size.dpi * probeScale;
  const cutSmall = cutSheet(small, sheet, size.width * probeScale, size.height * probeScale);
  const { small: upright, turn, probe } = await turnUpright(cutSmall, probeDpi, rotation);
  const scale = workingScale(source, size.dpi, probe);
  const full = await pictureAt(scale, source, picture);
  const isAcross = turn % 180 === 0;
  // The paper's edges have told most. Print that stands much askewer on it than that may reach its edges: `deskew`
  // widens the sheet then; a few letters of a card tell nothing.
  const isCrooked = Math.abs(probe.skew) > MOST_PRINT_SKEW;
  const skew = isCrooked ? 0 : probe.skew;
  const cut = cutSheet(
    full,
    turned(sheet, turn),
    (isAcross ? size.width : size.height) * scale,
    (isAcross ? size.height : size.width) * scale,
    skew,
    paperColour(cutSmall),
  );
  const dpi = Math.round(size.dpi * scale);
  if (!isCrooked || probe.letters.length < FULL_OF_LETTERS)
    return { image: cut, dpi, skew, rotation: turn, bilevel: false, sheet };
  const image = deskew(cut, probe, upright);
  return { image, dpi, skew: probe.skew, rotation: turn, bilevel: false, sheet };
}

/** The corner that is top left after a clockwise turn comes first. */
function turned(quad: Quad, turn: Turn): Quad {
  const corner = (at: number) => quad[(at + 4 - turn / 90) % 4]!;
  return [corner(0), corner(1), corner(2), corner(3)];
}

/** Without `probe`: the scale that nearly all pages turn out to need. */
function workingScale(source: Source, dpi: number, probe?: Probe): number {
  const smallPrint = probe?.letterHeight !== undefined && probe.letterHeight < SMALL_PRINT;
  const wanted = smallPrint ? SMALL_PRINT_DPI : PAGE_DPI;
  const fits = Math.sqrt(MAX_WORKING_PIXELS / (source.width * source.height));
  // Up to a tenth above the wanted resolution is kept as it is: resampling costs sharpness. One bit a pixel is never
  // reduced: that would make greys that the paper's scan never had.
  const isKept = dpi <= wanted * 1.1 || (source.bilevel && fits >= 1);
  return Math.min(isKept ? 1 : wanted / dpi, fits);
}

async function decode({ file, width, height }: Source, scale: number): Promise<Rgb> {
  let pipeline: Sharp = sharp(file, sourceOptions).autoOrient();
  if (scale < 1)
    pipeline = pipeline.resize(
      Math.max(1, Math.round(width * scale)),
      Math.max(1, Math.round(height * scale)),
      // Sharper kernels are read no better, and leave a twentieth more bytes of grain and ringing to keep.
      { fit: 'fill', kernel: 'linear' },
    );
  return toRgb(pipeline);
}

/** Turns back by the skew; the sheet keeps its size unless print would be cut off. */
function deskew(image: Rgb, probe: Probe, small: Rgb): Rgb {
  if (probe.skew === 0) return image;
  const angle = (probe.skew * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const turned = {
    width: Math.round(image.width * cos + image.height * Math.abs(sin)),
    height: Math.round(image.height * cos + image.width * Math.abs(sin)),
  };
  const scale = image.width / small.width;
  const ink = turnedBounds(probe, small, scale, turned);
  const margin = 8 * scale;
  const spareX = Math.max(0, (turned.width - image.width) / 2);
  const spareY = Math.max(0, (turned.height - image.height) / 2);
  const left = Math.floor(Math.min(spareX, Math.max(0, ink.left - margin)));
  const top = Math.floor(Math.min(spareY, Math.max(0, ink.top - margin)));
  const right = Math.floor(Math.min(spareX, Math.max(0, turned.width - ink.right - margin)));
  const bottom = Math.floor(Math.min(spareY, Math.max(0, turned.height - ink.bottom - margin)));
  const width = turned.width - left - right;
  const height = turned.height - top - bottom;
  // Of the first pixel of what is kept, from the middle of the page as it is when it has been turned back.
  const x = left - turned.width / 2;
  const y = top - turned.height / 2;
  const map = {
    ...{ a: width * cos, b: -height * sin, c: x * cos - y * sin + image.width / 2 },
    ...{ d: width * sin, e: height * cos, f: x * sin + y * cos + image.height / 2 },
    ...{ g: 0, h: 0 },
  };
  // A sharper kernel reads no better and costs a twentieth more bytes.
  return resample(image, map, width, height, 0, paperColour(small), 'linear');
}

function turnedBounds(
  probe: Probe,
  small: Rgb,
  scale: number,
  turned: { readonly width: number; readonly height: number },
) {
  const angle = (-probe.skew * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = 0;
  let bottom = 0;
  for (const letter of probe.letters)
    for (const [px, py] of [
      [letter.x, letter.y],
      [letter.x + letter.width, letter.y + letter.height],
    ] as const) {
      const x = px - small.width / 2;
      const y = py - small.height / 2;
      const atX = (x * cos - y * sin) * scale + turned.width / 2;
      const atY = (x * sin + y * cos) * scale + turned.height / 2;
      left = Math.min(left, atX);
      right = Math.max(right, atX);
      top = Math.min(top, atY);
      bottom = Math.max(bottom, atY);
    }
  return { left, top, right, bottom };
}

/** Of each channel the level that a fifth of the picture is lighter than; every fourth pixel tells. */
function paperColour({ data }: Rgb): readonly [number, number, number] {
  const channel = (offset: number) => {
    const histogram = new Uint32Array(256);
    for (let at = offset; at < data.length; at += 12) histogram[data[at]!]! += 1;
    let left = data.length / 60;
    let level = 255;
    while (level > 0 && left > histogram[level]!) {
      left -= histogram[level]!;
      level -= 1;
    }
    return level;
  };
  return [channel(0), channel(1), channel(2)];
}
