/**
 * What a signature looks like on its page, ready for whoever appends the signature: the widget annotation gets `Rect`
 * = `rect`, `F` = 132 (Print, Locked) and `AP << /N form 0 R >>`, and the objects are written as they are.
 */
export interface SignatureAppearance {
  /** From 0. */
  readonly page: number;
  /** In points of the page's own coordinates: left, bottom, right, top. */
  readonly rect: readonly [number, number, number, number];
  /** Numbers the form XObject and everything it needs from `first` upwards, without a gap; generation 0. */
  write(first: number): { readonly form: number; readonly objects: readonly PdfObject[] };
}

export interface PdfObject {
  readonly number: number;
  /** `n 0 obj … endobj` and a line end. */
  readonly bytes: Uint8Array;
}

/** Print and Locked (ISO 32000-1, 12.5.3): what PDF/A asks of a visible annotation, and nobody moves it. */
export const ANNOTATION_FLAGS = 132;
