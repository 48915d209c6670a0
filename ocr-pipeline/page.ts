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

/** Part of the picture that a PDF shows of a page; every layer covers the whole page. */
export type PictureLayer =
  | { readonly kind: 'jpeg'; readonly file: string; readonly width: number; readonly height: number }
  /** JBIG2 stream as `encodeJbig2` writes it: black on white. */
  | { readonly kind: 'bilevel'; readonly file: string; readonly width: number; readonly height: number }
  /** JBIG2 stream of what is painted in one sRGB colour; the rest is transparent. */
  | {
      readonly kind: 'ink';
      readonly file: string;
      readonly width: number;
      readonly height: number;
      readonly colour: readonly [red: number, green: number, blue: number];
    };

export interface DigitisedPage {
  /** The straightened page as the archive keeps it: JPEG, or 1-bit PNG when the source had no greys. */
  readonly imageFile: string;
  /** What a PDF shows, first layer lowest. Absent: `imageFile`, a JPEG, as it is. */
  readonly picture?: readonly PictureLayer[];
  readonly thumbnailFile: string;
  readonly width: number;
  readonly height: number;
  readonly dpi: number;
  /** Found and removed, degrees clockwise. */
  readonly skew: number;
  /** Quarter turns applied, the person's and our own. */
  readonly rotation: 0 | 90 | 180 | 270;
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
    | 'page-not-a-file'
    | 'page-not-readable'
    | 'page-empty'
    | 'page-not-an-image'
    | 'page-animated'
    | 'page-heic'
    | 'page-is-pdf'
    | 'page-pdf-signed'
    | 'page-pdf-has-text'
    | 'page-pdf-locked'
    | 'page-pdf-damaged'
    | 'page-pdf-tools-missing'
    | 'page-too-many'
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
