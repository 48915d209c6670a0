import type { Quad } from './imaging/sheet.ts';
import type { EngineFacts } from './recognition/engine-facts.ts';

/** What one page becomes. Boxes are in pixels of `imageFile`, origin top left. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Word {
  readonly text: string;
  /** What the engine had read, where correction changed it. */
  readonly read?: string;
  readonly box: Box;
  /** 0–100 */
  readonly confidence: number;
}

export interface Line {
  readonly words: readonly Word[];
}

export type FieldName = 'personNumber' | 'fullName' | 'birthDate';

export interface PageField {
  readonly name: FieldName;
  /** 12 digits; NFC name; `YYYY-MM-DD`. */
  readonly value: string;
  readonly box: Box;
  readonly confidence: number;
}

export interface PageKind {
  readonly code: string;
  readonly name: { readonly vi: string; readonly en: string };
  /** 0–1 */
  readonly score: number;
}

export interface DigitisedPage {
  /** The straightened colour page, JPEG: what the archive keeps. */
  readonly imageFile: string;
  readonly thumbnailFile: string;
  readonly width: number;
  readonly height: number;
  readonly dpi: number;
  /** Found and removed, degrees clockwise. */
  readonly skew: number;
  /** Quarter turns applied, the person's and our own. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** The paper's corners in the picture that was given, before any turn. */
  readonly sheet: Quad;
  readonly lines: readonly Line[];
  /** Reading order, one line per line. */
  readonly text: string;
  readonly confidence: number;
  readonly kind: PageKind;
  /** Every candidate found, best first per name. */
  readonly fields: readonly PageField[];
  /** What read it. */
  readonly engine: EngineFacts;
  readonly milliseconds: number;
}

export type PageError = {
  readonly code:
    | 'page-missing'
    | 'page-empty'
    | 'page-not-an-image'
    | 'page-is-pdf'
    | 'page-truncated'
    | 'page-too-large'
    | 'page-too-small'
    | 'page-disk-full'
    | 'page-engine-missing'
    | 'page-timeout'
    | 'page-worker-died'
    | 'page-cancelled';
  readonly file: string;
};
