import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface LanguageData {
  /** Folder that holds `vie.traineddata`, or `vie.traineddata.gz` when `gzip`. */
  readonly folder: string;
  readonly gzip: boolean;
}

/** Debian's `tesseract-ocr-vie`: the fast model, Apache-2.0. */
const DISTRIBUTION_FOLDERS = ['/usr/share/tesseract-ocr/5/tessdata', '/usr/share/tessdata'];
const MODEL = 'vie.traineddata';

/** The distribution's fast model where it is installed, else the one that came through npm (1.3 × slower). */
export function findLanguageData(folders: readonly string[] = DISTRIBUTION_FOLDERS): LanguageData {
  const folder = folders.find((candidate) => existsSync(join(candidate, MODEL)));
  return folder === undefined ? npmLanguageData() : { folder, gzip: false };
}

export function npmLanguageData(): LanguageData {
  const manifest = createRequire(import.meta.url).resolve('@tesseract.js-data/vie/package.json');
  return { folder: join(dirname(manifest), '4.0.0_best_int'), gzip: true };
}

/** The same data for the native program, which reads no gzip: unpacked into `folder`. */
export async function unpackLanguageData(data: LanguageData, folder: string): Promise<LanguageData> {
  if (!data.gzip) return data;
  await writeFile(join(folder, MODEL), gunzipSync(await readFile(join(data.folder, `${MODEL}.gz`))));
  return { folder, gzip: false };
}
