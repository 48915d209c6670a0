import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result, unreachable } from '@motcua/core';
import { cleanForReading } from './imaging/clean.ts';
import { coverMarks, findScannerMarks } from './imaging/edges.ts';
import { type Grey, resizeRgb, turnRgb } from './imaging/image.ts';
import { inspectPage, isComplete } from './imaging/inspect-page.ts';
import { type ImageProfile, writePageFiles } from './imaging/page-files.ts';
import { lumaOf } from './imaging/pixels/count-ink.ts';
import type { Quad } from './imaging/sheet.ts';
import { type FirstPaper, PAGE_DPI, type StraightPage, straightenPage } from './imaging/straighten.ts';
import type { Box, DigitisedPage, Line, PageError } from './page.ts';
import { cleanLines } from './recognition/clean-up.ts';
import type { EngineError, Reading, RecognitionEngine } from './recognition/engine.ts';
import { rereadUncovered } from './recognition/reread.ts';
import { settleLines } from './recognition/settle-lines.ts';
import { importPage } from './sources/import-page.ts';
import type { Kinds } from './understanding/load-kinds.ts';
import type { MrzReader } from './understanding/mrz-reader.ts';
import { readPageCodes } from './understanding/page-codes.ts';
import { rereadMrz } from './understanding/reread-mrz.ts';
import { understandPage } from './understanding/understand-page.ts';

/** A page job as it travels to the worker process. */
export interface PageOrder {
  readonly file: string;
  /** Which page of a TIFF or PDF, as `planSources` gave it. */
  readonly index?: number;
  readonly workFolder: string;
  readonly name: string;
  readonly rotation?: 0 | 90 | 180 | 270;
  readonly sheet?: Quad | FirstPaper;
  readonly cleanArchive?: boolean;
  /** Default `archive`. */
  readonly profile?: ImageProfile;
  /** `workFolder` need not outlive the caller. */
  readonly scratch?: boolean;
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

/** `digitisePicture` for one page of a TIFF or PDF, which becomes a picture of its own for as long as that takes. */
export async function digitisePage(
  order: PageOrder,
  engine: RecognitionEngine,
  known: Knowledge,
  milliseconds: () => number,
): Promise<Result<DigitisedPage, PageError>> {
  if (order.index === undefined) return digitisePicture(order, engine, known, milliseconds);
  const base = join(order.workFolder, `${order.name}.source`);
  try {
    const picture = await importPage(order.file, order.index, base);
    if (!picture.ok) return picture;
    const page = await digitisePicture({ ...order, file: picture.value }, engine, known, milliseconds);
    // What the person knows is the file that was given.
    return page.ok ? page : err({ ...page.error, file: order.file });
  } finally {
    for (const ending of ['png', 'tif']) await rm(`${base}.${ending}`, { force: true });
  }
}

/** inspect → straighten → clean → read (other way up if unreadable) → understand; archive image and thumbnail on disk. */
async function digitisePicture(
  order: PageOrder,
  engine: RecognitionEngine,
  known: Knowledge,
  milliseconds: () => number,
): Promise<Result<DigitisedPage, PageError>> {
  const started = milliseconds();
  const facts = await inspectPage(order.file);
  if (!facts.ok) return facts;
  if (!(await isComplete(order.file, facts.value))) return err({ code: 'page-truncated', file: order.file });
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

  const archiveScale = page.dpi > PAGE_DPI * 1.1 && !page.bilevel ? PAGE_DPI / page.dpi : 1;
  const scanned = await resizeRgb(upright.value.page.image, archiveScale);
  const dpi = Math.round(page.dpi * archiveScale);
  const archived = order.cleanArchive ? coverMarks(scanned, findScannerMarks(lumaOf(scanned), dpi)) : scanned;
  const lines = scaleLines(settleLines(found), archived.width / upright.value.page.image.width);
  const { workFolder: folder, name, profile = 'archive', scratch = false } = order;
  // Codes are looked for while the files are on their way to the disk.
  const looking = readPageCodes({ ...upright.value.page, file: order.file });
  let files: Awaited<ReturnType<typeof writePageFiles>>;
  try {
    files = await writePageFiles(archived, { folder, name, dpi, bilevel: page.bilevel, profile, scratch });
  } catch (error) {
    if (isDiskFull(error)) return err({ code: 'page-disk-full', file: order.file });
    throw error;
  }
  const { width, height } = archived;
  const codes = (await looking).map((code) => ({
    ...code,
    box: scaleBox(code.box, archived.width / upright.value.page.image.width),
  }));
  const text = lines.map((line) => line.words.map((word) => word.text).join(' ')).join('\n');
  return ok({
    ...files,
    width,
    height,
    dpi,
    skew: page.skew,
    rotation: upright.value.page.rotation,
    sheet: upright.value.page.sheet,
    others: upright.value.page.others,
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
