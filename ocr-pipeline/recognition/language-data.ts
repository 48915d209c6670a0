import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface LanguageData {
  /** Folder that holds `vie.traineddata`, or `vie.traineddata.gz` when `gzip`. */
  readonly folder: string;
  readonly gzip: boolean;
}

/** Debian's `tesseract-ocr-vie`: the fast model, Apache-2.0. */
const DISTRIBUTION_FOLDERS = ['/usr/share/tesseract-ocr/5/tessdata', '/usr/share/tessdata'];

/** The distribution's fast model where it is installed, else the one that came through npm (1.3 × slower). */
export function findLanguageData(folders: readonly string[] = DISTRIBUTION_FOLDERS): LanguageData {
  const folder = folders.find((candidate) => existsSync(join(candidate, 'vie.traineddata')));
  return folder === undefined ? npmLanguageData() : { folder, gzip: false };
}

export function npmLanguageData(): LanguageData {
  const manifest = createRequire(import.meta.url).resolve('@tesseract.js-data/vie/package.json');
  return { folder: join(dirname(manifest), '4.0.0_best_int'), gzip: true };
}
