import { err, ok, type Result } from '@motcua/core';
import sharp from 'sharp';
import type { PageError } from '../page.ts';
import { type Blankness, findBlankness } from './blank.ts';
import { cutSheet, sheetSize } from './cut-sheet.ts';
import { findSheets, type Sheet } from './find-sheets.ts';
import { sourceOptions, toRgb } from './image.ts';
import { inspectPage } from './inspect-page.ts';
import { estimateDpi } from './resolution.ts';

/** Papers and their edges show well, and each look costs milliseconds. */
export const LOOK_DPI = 75;

export interface SheetLook extends Sheet {
  readonly blankness: Blankness;
}

/** What lies in a picture file: its papers in reading order, each with whether it is blank. */
export async function lookAtFile(file: string): Promise<Result<readonly SheetLook[], PageError>> {
  const facts = await inspectPage(file);
  if (!facts.ok) return facts;
  try {
    const meta = await sharp(file, sourceOptions).metadata();
    const { width, height } = meta.autoOrient;
    const scale = Math.min(1, LOOK_DPI / estimateDpi(width, height, meta.density));
    const small = await toRgb(
      sharp(file, sourceOptions)
        .autoOrient()
        .resize(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)), {
          fit: 'fill',
        }),
    );
    const looks = findSheets(small, LOOK_DPI).map(async (sheet) => {
      const size = sheetSize(sheet.corners, width, height, meta.density);
      const page = await cutSheet(small, sheet.corners, size.width * scale, size.height * scale);
      return { ...sheet, blankness: findBlankness(page, size.dpi * scale) };
    });
    return ok(await Promise.all(looks));
  } catch {
    return err({ code: 'page-truncated', file });
  }
}
