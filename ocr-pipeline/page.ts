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

/** In Vietnamese and English, for the screen. */
export interface Sentence {
  readonly vi: string;
  readonly en: string;
}

/** What was verified about a value, such as `date` or `card-code`; `none`: nothing could be. */
export interface FieldCheck {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'none';
}

export const NO_CHECK: FieldCheck = { name: 'none', outcome: 'none' };

/**
 * A value read from a page. Fields of a known kind are named `role.property` or `property` by its data file
 * (`mother.fullName`, `registerNumber`) and carry a label; besides them every page has its plain candidates for
 * `personNumber`, `fullName` and `birthDate`, best first, with a label only where the page has no other fields.
 */
export interface PageField {
  readonly name: string;
  /** NFC. Numbers are digits, dates `YYYY-MM-DD`, the rest stands as printed. */
  readonly value: string;
  readonly box: Box;
  /** 0–100 */
  readonly confidence: number;
  readonly check: FieldCheck;
  readonly label?: Sentence;
  /** Whose the value is, where the kind of paper tells. */
  readonly person?: {
    readonly role: string;
    readonly name: Sentence;
    /** Whoever brings the paper is the one in this role: what differs from the card is then different, whosever it is. */
    readonly submits: boolean;
  };
}

/** A bar code or QR code on the page. */
export interface PageCode {
  /** As zxing names it: `QRCode`, `Code128`, … */
  readonly format: string;
  /** At most 2,000 characters. */
  readonly text: string;
  readonly box: Box;
}

export interface PageKind {
  readonly code: string;
  readonly name: Sentence;
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
  /** The paper's corners in the picture that was given, before any turn. */
  readonly sheet: Quad;
  /** Further papers in that picture, which are not in this page; only when the first was asked for. */
  readonly others?: readonly Quad[];
  readonly lines: readonly Line[];
  /** Reading order, one line per line. */
  readonly text: string;
  readonly confidence: number;
  readonly kind: PageKind;
  /** Fields of the kind, then every candidate found, best first per name. */
  readonly fields: readonly PageField[];
  /** What read it. */
  readonly engine: EngineFacts;
  readonly codes: readonly PageCode[];
  readonly milliseconds: number;
}

export type PageError = {
  readonly code:
    | 'page-missing'
    | 'page-not-a-file'
    | 'page-not-readable'
    | 'page-empty'
    | 'page-not-an-image'
    | 'page-unsupported'
    | 'page-animated'
    | 'page-several'
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
