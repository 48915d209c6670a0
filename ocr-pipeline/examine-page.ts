import { join } from 'node:path';
import { err, ok, type Result, writeFileDurable } from '@motcua/core';
import sharp from 'sharp';
import { sheetSize } from './imaging/cut-sheet.ts';
import { findSheets } from './imaging/find-sheets.ts';
import { type Rgb, sourceOptions, toRgb } from './imaging/image.ts';
import { inspectPage, isComplete, type PageFacts } from './imaging/inspect-page.ts';
import { shrinkRgb } from './imaging/pixels/neighbourhood.ts';
import { judgeQuality, type PageQuality } from './imaging/quality.ts';
import { believableDpi, estimateDpi } from './imaging/resolution.ts';
import { isWholePicture, type Quad, WHOLE_PICTURE } from './imaging/sheet.ts';
import { sheetPicture } from './imaging/sheet-picture.ts';
import { cutSmall, thumbnailOf } from './imaging/thumbnail.ts';
import type { PageError } from './page.ts';
import { readTiffFile } from './sources/tiff-directory.ts';

/** A picture that has just arrived, as it travels to the examining process. */
export interface ExamineOrder {
  readonly file: string;
  /** Thumbnails go here, named after `name`. */
  readonly workFolder: string;
  readonly name: string;
  /** Default true: several papers are answered apart. False where a picture is one sheet, whatever is printed on it. */
  readonly separate?: boolean;
}

/** A paper in the picture. */
export interface ExaminedSheet {
  readonly corners: Quad;
  readonly quality: PageQuality;
  /** Upright as the picture is; JPEG. */
  readonly thumbnailFile: string;
}

/** What can be said of a picture before anything on it is read. */
export interface Examination {
  readonly facts: PageFacts;
  /** At least one, in reading order. */
  readonly sheets: readonly ExaminedSheet[];
  readonly milliseconds: number;
}

/** Half of the 300 dpi that scanners give: JPEG is decoded at a quarter of its pixels for nothing. */
const EXAMINE_DPI = 150;
const SHEETS_DPI = 75;

/** inspect → decode once, small → find the papers → judge each → a thumbnail of each. */
export async function examinePage(
  order: ExamineOrder,
  milliseconds: () => number,
): Promise<Result<Examination, PageError>> {
  const started = milliseconds();
  const facts = await inspectPage(order.file);
  if (!facts.ok) return facts;
  // Only its first page would be seen, and the others lost without a word.
  if (facts.value.format === 'tiff' && (await readTiffFile(order.file)).pages.length > 1)
    return err({ code: 'page-several', file: order.file });
  if (!(await isComplete(order.file, facts.value))) return err({ code: 'page-truncated', file: order.file });
  let picture: Decoded;
  try {
    picture = await decodeSmall(order.file);
  } catch {
    return err({ code: 'page-truncated', file: order.file });
  }
  const sheets: ExaminedSheet[] = [];
  const found = findSheets(shrinkRgb(picture.image, Math.round(picture.dpi / SHEETS_DPI)), SHEETS_DPI);
  const isOne = order.separate === false && found.length > 1;
  const wanted = isOne ? [WHOLE_PICTURE] : found.map((sheet) => sheet.corners);
  for (const [index, corners] of wanted.entries()) {
    const quality = judgeSheet(picture, corners);
    const thumbnailFile = join(order.workFolder, `${order.name}-${index + 1}.jpg`);
    const thumbnail = await thumbnailOf(await cutSmall(picture.image, corners));
    try {
      await writeFileDurable(thumbnailFile, thumbnail);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOSPC' || code === 'EDQUOT') return err({ code: 'page-disk-full', file: order.file });
      throw error;
    }
    sheets.push({ corners, quality, thumbnailFile });
  }
  return ok({ facts: facts.value, sheets, milliseconds: Math.round(milliseconds() - started) });
}

function judgeSheet({ image, source, statedDpi }: Decoded, corners: Quad): PageQuality {
  const size = sheetSize(corners, source.width, source.height, statedDpi);
  // A scanner knows its resolution; what a camera says is found out by the size of paper and print.
  const dpi =
    believableDpi(source.width, source.height, statedDpi) ??
    (isWholePicture(corners) ? estimateDpi(source.width, source.height, statedDpi) : size.dpi);
  const scale = image.width / source.width;
  return judgeQuality(sheetPicture(image, dpi * scale, corners), { ...size, dpi });
}

interface Decoded {
  readonly image: Rgb;
  readonly dpi: number;
  /** Of the upright source. */
  readonly source: { readonly width: number; readonly height: number };
  readonly statedDpi: number | undefined;
}

async function decodeSmall(file: string): Promise<Decoded> {
  const { autoOrient: source, density } = await sharp(file, sourceOptions).metadata();
  const sourceDpi = estimateDpi(source.width, source.height, density);
  // A resolution that is only a little higher is kept: resampling costs more than the pixels.
  const scale = sourceDpi <= EXAMINE_DPI * 1.2 ? 1 : EXAMINE_DPI / sourceDpi;
  const pipeline = sharp(file, sourceOptions).autoOrient();
  const image = await toRgb(
    scale === 1
      ? pipeline
      : pipeline.resize(
          Math.max(1, Math.round(source.width * scale)),
          Math.max(1, Math.round(source.height * scale)),
          { fit: 'fill', kernel: 'linear' },
        ),
  );
  return { image, dpi: sourceDpi * scale, source, statedDpi: density };
}
