import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import sharp from 'sharp';
import { prepareZXingModule, type ReadResult, readBarcodes } from 'zxing-wasm/reader';
import { fromRgb, type Grey, type Rgb, sourceOptions, toGrey, toPgm } from '../imaging/image.ts';
import { isInside } from '../imaging/quad.ts';
import { estimateDpi } from '../imaging/resolution.ts';
import type { Quad } from '../imaging/sheet.ts';
import type { Box, PageCode } from '../page.ts';
import { findCodeRegions } from './code-regions.ts';

/** Longest text of a code that is kept; the longest QR there can be holds 4,296 characters. */
const MAX_TEXT = 2_000;
const MAX_CODES = 10;
/** The QR of a citizen card is read at 300 dpi; at 200 its modules are 1.6 pixels wide. */
const SOURCE_DPI = 300;
const MAX_SOURCE_PIXELS = 16_000_000;

let ready: Promise<unknown> | undefined;

/** The reader's wasm comes from its package: by itself the library would fetch it from the network. */
async function prepareReader(): Promise<void> {
  ready ??= (async () => {
    const file = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
    const wasmBinary = new Uint8Array(await readFile(file)).buffer;
    await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  })();
  await ready;
}

/** The page as digitising has it: straight and upright, and the file that it came from, for its full resolution. */
export interface CodePage {
  readonly image: Rgb;
  readonly dpi: number;
  readonly file: string;
  /** The paper in that file's picture: codes of the papers beside it are not this page's. */
  readonly sheet: Quad;
}

/**
 * Bar codes and QR codes of a page. Only regions that look like a code are read, first as they are, then, if nothing
 * came of it, in the source at up to 300 dpi. Boxes in pixels of `image`.
 */
export async function readPageCodes(page: CodePage): Promise<readonly PageCode[]> {
  const regions = findCodeRegions(page.image, page.dpi);
  if (regions.length === 0) return [];
  await prepareReader();
  const codes: PageCode[] = [];
  const unread: Box[] = [];
  for (const region of regions) {
    const found = await readRegion(page, region);
    codes.push(...found);
    if (found.length === 0) unread.push(region);
  }
  if (unread.length > 0) {
    const known = new Set(codes.map((code) => code.text));
    const found = (await readSource(page)).filter((code) => !known.has(code.text));
    // Which of the regions it was is not known when there are several: the largest comes first.
    found.forEach(({ format, text }, at) => {
      codes.push({ format, text: text.slice(0, MAX_TEXT), box: unread[Math.min(at, unread.length - 1)]! });
    });
  }
  return codes.slice(0, MAX_CODES);
}

async function readRegion(page: CodePage, region: Box): Promise<readonly PageCode[]> {
  // A quiet zone belongs to a code; the tiles may have missed its edge.
  const margin = Math.round((page.dpi / 25.4) * 4);
  const left = Math.max(0, region.x - margin);
  const top = Math.max(0, region.y - margin);
  const width = Math.min(page.image.width, region.x + region.width + margin) - left;
  const height = Math.min(page.image.height, region.y + region.height + margin) - top;
  const grey = await toGrey(fromRgb(page.image).extract({ left, top, width, height }));
  return (await read(grey)).map(({ format, text, position }): PageCode => {
    const corners = [position.topLeft, position.topRight, position.bottomLeft, position.bottomRight];
    const x = Math.min(...corners.map((corner) => corner.x));
    const y = Math.min(...corners.map((corner) => corner.y));
    return {
      format,
      text: text.slice(0, MAX_TEXT),
      box: {
        x: Math.max(0, left + x),
        y: Math.max(0, top + y),
        width: Math.max(1, Math.max(...corners.map((corner) => corner.x)) - x),
        height: Math.max(1, Math.max(...corners.map((corner) => corner.y)) - y),
      },
    };
  });
}

async function readSource(page: CodePage): Promise<readonly ReadResult[]> {
  const source = sharp(page.file, sourceOptions).autoOrient();
  const { autoOrient, density } = await source.metadata();
  const { width, height } = autoOrient;
  const dpi = estimateDpi(width, height, density);
  if (dpi <= page.dpi * 1.1) return [];
  const scale = Math.min(1, SOURCE_DPI / dpi, Math.sqrt(MAX_SOURCE_PIXELS / (width * height)));
  const grey = await toGrey(scale < 1 ? source.resize(Math.max(1, Math.round(width * scale))) : source);
  const paper = page.sheet.map(({ x, y }) => ({ x: x * grey.width, y: y * grey.height }));
  return (await read(grey)).filter(({ position: { topLeft, bottomRight } }) =>
    isInside(paper, { x: (topLeft.x + bottomRight.x) / 2, y: (topLeft.y + bottomRight.y) / 2 }, 0),
  );
}

async function read(grey: Grey): Promise<readonly ReadResult[]> {
  const results = await readBarcodes(toPgm(grey), {
    tryHarder: true,
    tryRotate: true,
    tryInvert: false,
    maxNumberOfSymbols: MAX_CODES,
  });
  return results.filter((result) => result.isValid && result.text !== '');
}
