import sharp, { type Sharp } from 'sharp';
import { fromRgb, type Rgb, sourceOptions, toRgb, turnRgb } from './image.ts';
import { PROBE_DPI, type Probe, probePage } from './probe.ts';
import { estimateDpi } from './resolution.ts';

type Turn = 0 | 90 | 180 | 270;

export interface StraightPage {
  /** Colours untouched; turned and deskewed. */
  readonly image: Rgb;
  readonly dpi: number;
  /** Found and removed, degrees clockwise. */
  readonly skew: number;
  readonly rotation: Turn;
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
 * Decodes a page once at the resolution that its print needs, turns it upright as far as the picture alone tells
 * (a page that is upside down shows only when it is read) and takes the skew out. `rotation` is the person's own turn:
 * if given, sideways pages are left as the person wants them.
 */
export async function straightenPage(file: string, rotation: Turn | undefined): Promise<StraightPage> {
  const meta = await sharp(file, sourceOptions).metadata();
  const { width, height } = meta.autoOrient;
  const sourceDpi = estimateDpi(width, height, meta.density);

  const probeScale = Math.min(1, PROBE_DPI / sourceDpi);
  let small = await decode(file, width, height, probeScale);
  const probeDpi = sourceDpi * probeScale;
  small = await turnRgb(small, rotation ?? 0);
  let turn: Turn = rotation ?? 0;
  let probe = probePage(small, probeDpi);
  if (probe.sideways && rotation === undefined) {
    turn = 90;
    small = await turnRgb(small, 90);
    probe = probePage(small, probeDpi);
  }

  // One bit a pixel: reducing it would make greys that the paper's scan never had.
  const isBilevel = meta.bitsPerSample === 1 && meta.channels === 1;
  const smallPrint = probe.letterHeight !== undefined && probe.letterHeight < SMALL_PRINT;
  const wanted = smallPrint ? SMALL_PRINT_DPI : PAGE_DPI;
  const fits = Math.sqrt(MAX_WORKING_PIXELS / (width * height));
  // Up to a tenth above the wanted resolution is kept as it is: resampling costs sharpness.
  const native = sourceDpi <= wanted * 1.1 || (isBilevel && fits >= 1);
  const scale = Math.min(native ? 1 : wanted / sourceDpi, fits);
  const full = await turnRgb(await decode(file, width, height, scale), turn);
  const image = await deskew(full, probe, small);
  const bilevel = isBilevel && scale === 1;
  return { image, dpi: Math.round(sourceDpi * scale), skew: probe.skew, rotation: turn, bilevel };
}

async function decode(file: string, width: number, height: number, scale: number): Promise<Rgb> {
  let pipeline: Sharp = sharp(file, sourceOptions).autoOrient();
  if (scale < 1)
    pipeline = pipeline.resize(
      Math.max(1, Math.round(width * scale)),
      Math.max(1, Math.round(height * scale)),
      {
        fit: 'fill',
      },
    );
  return toRgb(pipeline);
}

/** Turns back by the skew; the sheet keeps its size unless print would be cut off. */
async function deskew(image: Rgb, probe: Probe, small: Rgb): Promise<Rgb> {
  if (probe.skew === 0) return image;
  const turned = await toRgb(fromRgb(image).rotate(-probe.skew, { background: paperColour(small) }));
  const scale = image.width / small.width;
  const ink = turnedBounds(probe, small, scale, turned);
  const margin = 8 * scale;
  const spareX = Math.max(0, (turned.width - image.width) / 2);
  const spareY = Math.max(0, (turned.height - image.height) / 2);
  const left = Math.floor(Math.min(spareX, Math.max(0, ink.left - margin)));
  const top = Math.floor(Math.min(spareY, Math.max(0, ink.top - margin)));
  const right = Math.floor(Math.min(spareX, Math.max(0, turned.width - ink.right - margin)));
  const bottom = Math.floor(Math.min(spareY, Math.max(0, turned.height - ink.bottom - margin)));
  return toRgb(
    fromRgb(turned).extract({
      left,
      top,
      width: turned.width - left - right,
      height: turned.height - top - bottom,
    }),
  );
}

function turnedBounds(probe: Probe, small: Rgb, scale: number, turned: Rgb) {
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

function paperColour(image: Rgb) {
  const channel = (offset: number) => {
    const values: number[] = [];
    for (let at = offset; at < image.data.length; at += 3 * 37) values.push(image.data[at]!);
    values.sort((a, b) => a - b);
    return values[Math.floor(values.length * 0.8)] ?? 255;
  };
  return { r: channel(0), g: channel(1), b: channel(2) };
}
