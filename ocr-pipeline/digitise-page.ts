import { join } from 'node:path';
import { err, ok, type Result, writeFileDurable } from '@motcua/core';
import { cleanForReading } from './imaging/clean.ts';
import { fromRgb, type Grey, type Rgb, resizeRgb, turnRgb } from './imaging/image.ts';
import { inspectPage } from './imaging/inspect-page.ts';
import { PAGE_DPI, type StraightPage, straightenPage } from './imaging/straighten.ts';
import { thumbnailOf } from './imaging/thumbnail.ts';
import type { Box, DigitisedPage, Line, PageError } from './page.ts';
import { cleanLines } from './recognition/clean-up.ts';
import type { Reading, RecognitionEngine } from './recognition/engine.ts';
import { orderColumns } from './recognition/reading-order.ts';
import { rereadUncovered } from './recognition/reread.ts';
import type { Kinds } from './understanding/load-kinds.ts';
import { readPageCodes } from './understanding/page-codes.ts';
import { type MrzReader, rereadMrz } from './understanding/reread-mrz.ts';
import { understandPage } from './understanding/understand-page.ts';

/** A page job as it travels to the worker process. */
export interface PageOrder {
  readonly file: string;
  readonly workFolder: string;
  readonly name: string;
  readonly rotation?: 0 | 90 | 180 | 270;
}

/** What understanding a page needs besides the page. */
export interface Knowledge {
  readonly kinds: Kinds;
  readonly mrzReader: MrzReader;
  /** `YYYY-MM-DD` */
  readonly today: string;
}

/** Upright pages were never read below 84, upside-down ones never above 59. */
const SURELY_UPRIGHT = 70;
const JPEG_QUALITY = 78;

/** inspect → straighten → clean → read (other way up if unreadable) → understand; archive image and thumbnail on disk. */
export async function digitisePage(
  order: PageOrder,
  engine: RecognitionEngine,
  known: Knowledge,
  milliseconds: () => number,
): Promise<Result<DigitisedPage, PageError>> {
  const started = milliseconds();
  const facts = await inspectPage(order.file);
  if (!facts.ok) return facts;
  let page: StraightPage;
  try {
    page = await straightenPage(order.file, order.rotation);
  } catch (error) {
    return err({ code: decodeFailure(error), file: order.file });
  }
  const upright = await readUpright(page, engine, order.rotation === undefined);
  const read = cleanLines(
    await rereadUncovered(upright.clean, page.dpi, cleanLines(upright.reading.lines), engine),
  );
  const found = await rereadMrz(read, upright.clean, page.dpi, known.mrzReader, known.today);

  const archiveScale = Math.min(1, page.dpi > PAGE_DPI * 1.1 ? PAGE_DPI / page.dpi : 1);
  const archived = await resizeRgb(upright.page.image, archiveScale);
  const dpi = Math.round(page.dpi * archiveScale);
  const lines = scaleLines(orderColumns(found), archived.width / upright.page.image.width);
  const imageFile = join(order.workFolder, `${order.name}.jpg`);
  const thumbnailFile = join(order.workFolder, `${order.name}.thumbnail.jpg`);
  try {
    await writeFileDurable(imageFile, await archiveJpeg(archived, dpi));
    await writeFileDurable(thumbnailFile, await thumbnailOf(fromRgb(archived)));
  } catch (error) {
    if (isDiskFull(error)) return err({ code: 'page-disk-full', file: order.file });
    throw error;
  }
  const { width, height } = archived;
  const codes = (await readPageCodes({ ...upright.page, file: order.file })).map((code) => ({
    ...code,
    box: scaleBox(code.box, archived.width / upright.page.image.width),
  }));
  const text = lines.map((line) => line.words.map((word) => word.text).join(' ')).join('\n');
  return ok({
    imageFile,
    thumbnailFile,
    width,
    height,
    dpi,
    skew: page.skew,
    rotation: upright.page.rotation,
    lines,
    text,
    confidence: upright.reading.confidence,
    ...understandPage({ lines, codes, width, height }, known.kinds, known.today),
    codes,
    milliseconds: Math.round(milliseconds() - started),
  });
}

async function readUpright(page: StraightPage, engine: RecognitionEngine, mayTurn: boolean) {
  const clean = cleanForReading(page.image, page.dpi).image;
  const first = { page, clean, reading: await engine.read(clean) };
  if (!mayTurn || first.reading.confidence >= SURELY_UPRIGHT) return first;
  const image = await turnRgb(page.image, 180);
  const turned: StraightPage = {
    ...page,
    image,
    rotation: ((page.rotation + 180) % 360) as 0 | 90 | 180 | 270,
  };
  const turnedClean = turnGrey(clean);
  const second = { page: turned, clean: turnedClean, reading: await engine.read(turnedClean) };
  return amountRead(second.reading) > amountRead(first.reading) ? second : first;
}

function turnGrey(image: Grey): Grey {
  return { width: image.width, height: image.height, data: Uint8Array.from(image.data).reverse() };
}

/** Letters in words that were read with some confidence. */
function amountRead(reading: Reading): number {
  return reading.lines
    .flatMap((line) => line.words)
    .reduce((sum, word) => sum + (word.confidence >= 60 ? word.text.length * word.confidence : 0), 0);
}

function scaleLines(lines: readonly Line[], scale: number): readonly Line[] {
  if (scale === 1) return lines;
  return lines.map((line) => ({
    words: line.words.map((word) => ({ ...word, box: scaleBox(word.box, scale) })),
  }));
}

function scaleBox(box: Box, scale: number): Box {
  const x = Math.round(box.x * scale);
  const y = Math.round(box.y * scale);
  const right = Math.round((box.x + box.width) * scale);
  const bottom = Math.round((box.y + box.height) * scale);
  return { x, y, width: Math.max(1, right - x), height: Math.max(1, bottom - y) };
}

async function archiveJpeg(image: Rgb, dpi: number): Promise<Buffer> {
  return fromRgb(image)
    .withMetadata({ density: dpi })
    .jpeg({ quality: JPEG_QUALITY, progressive: false, optimiseCoding: true })
    .toBuffer();
}

/** The header was whole but the picture was not: cut or damaged on its way. */
function decodeFailure(error: unknown): PageError['code'] {
  const message = error instanceof Error ? error.message : '';
  return /pixel limit/i.test(message) ? 'page-too-large' : 'page-truncated';
}

function isDiskFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
