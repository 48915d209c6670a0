import { join } from 'node:path';
import { err, ok, type Result, unreachable, writeFileDurable } from '@motcua/core';
import { cleanForReading } from './imaging/clean.ts';
import { coverMarks, findScannerMarks } from './imaging/edges.ts';
import { fromRgb, type Grey, lumaOf, type Rgb, resizeRgb, turnRgb } from './imaging/image.ts';
import { inspectPage } from './imaging/inspect-page.ts';
import type { Quad } from './imaging/sheet.ts';
import { PAGE_DPI, type StraightPage, straightenPage } from './imaging/straighten.ts';
import { thumbnailOf } from './imaging/thumbnail.ts';
import type { Box, DigitisedPage, Line, PageError } from './page.ts';
import { cleanLines } from './recognition/clean-up.ts';
import type { EngineError, Reading, RecognitionEngine } from './recognition/engine.ts';
import { rereadUncovered } from './recognition/reread.ts';
import { settleLines } from './recognition/settle-lines.ts';
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
  readonly sheet?: Quad;
  readonly cleanArchive?: boolean;
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
    page = await straightenPage(order.file, order.rotation, order.sheet);
  } catch (error) {
    return err({ code: decodeFailure(error), file: order.file });
  }
  const upright = await readUpright(page, engine, order.rotation === undefined);
  if (!upright.ok) return err({ code: engineFailure(upright.error), file: order.file });
  const { clean, reading } = upright.value;
  const read = cleanLines(await rereadUncovered(clean, page.dpi, cleanLines(reading.lines), engine));
  const found = await rereadMrz(read, clean, page.dpi, known.mrzReader, known.today);

  const archiveScale = Math.min(1, page.dpi > PAGE_DPI * 1.1 ? PAGE_DPI / page.dpi : 1);
  const scanned = await resizeRgb(upright.value.page.image, archiveScale);
  const dpi = Math.round(page.dpi * archiveScale);
  const archived = order.cleanArchive ? coverMarks(scanned, findScannerMarks(lumaOf(scanned), dpi)) : scanned;
  const lines = scaleLines(settleLines(found), archived.width / upright.value.page.image.width);
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
  const codes = (await readPageCodes({ ...upright.value.page, file: order.file })).map((code) => ({
    ...code,
    box: scaleBox(code.box, archived.width / upright.value.page.image.width),
  }));
  const text = lines.map((line) => line.words.map((word) => word.text).join(' ')).join('\n');
  return ok({
    imageFile,
    thumbnailFile,
    width,
    height,
    dpi,
    skew: page.skew,
    rotation: upright.value.page.rotation,
    sheet: upright.value.page.sheet,
    lines,
    text,
    confidence: reading.confidence,
    ...understandPage({ lines, codes, width, height }, known.kinds, known.today),
    codes,
    engine: reading.engine,
    milliseconds: Math.round(milliseconds() - started),
  });
}

interface Upright {
  readonly page: StraightPage;
  readonly clean: Grey;
  readonly reading: Reading;
}

async function readUpright(
  page: StraightPage,
  engine: RecognitionEngine,
  mayTurn: boolean,
): Promise<Result<Upright, EngineError>> {
  const clean = cleanForReading(page.image, page.dpi).image;
  const first = await engine.read(clean);
  if (!first.ok) return first;
  const asIs = ok({ page, clean, reading: first.value });
  if (!mayTurn || first.value.confidence >= SURELY_UPRIGHT) return asIs;
  const turned = turnGrey(clean);
  const second = await engine.read(turned);
  if (!second.ok) return second;
  if (amountRead(second.value) <= amountRead(first.value)) return asIs;
  const rotation = ((page.rotation + 180) % 360) as 0 | 90 | 180 | 270;
  const image = await turnRgb(page.image, 180);
  return ok({ page: { ...page, image, rotation }, clean: turned, reading: second.value });
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

/** The engine has had its second try already. */
function engineFailure(error: EngineError): PageError['code'] {
  switch (error.code) {
    case 'engine-missing':
    case 'engine-model-missing':
      return 'page-engine-missing';
    case 'engine-timeout':
      return 'page-timeout';
    case 'engine-cancelled':
      return 'page-cancelled';
    case 'engine-crashed':
    case 'engine-killed':
    case 'engine-output-too-long':
    case 'engine-output-invalid':
      return 'page-worker-died';
    default:
      return unreachable(error.code);
  }
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
