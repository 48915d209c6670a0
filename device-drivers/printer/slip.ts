/** A ticket or receipt, laid out once, then rendered to the bitmap that is both printed and shown on the screen. */
export interface Slip {
  readonly blocks: readonly SlipBlock[];
}

/** Sizes are capital heights in millimetres on the paper. */
export type SlipBlock =
  | {
      readonly type: 'text';
      readonly text: string;
      readonly size?: number;
      readonly weight?: 'regular' | 'bold';
      readonly align?: 'left' | 'centre' | 'right';
    }
  /** Label left, value right; a value too long goes to its own lines. */
  | {
      readonly type: 'pair';
      readonly label: string;
      readonly value: string;
      readonly weight?: 'regular' | 'bold';
    }
  /** `columns`: relative widths. A thin line parts the rows. */
  | {
      readonly type: 'table';
      readonly columns: readonly number[];
      readonly align?: readonly ('left' | 'right')[];
      readonly header?: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  /** A line across the paper, or a short centred one, as under the national motto. */
  | { readonly type: 'rule'; readonly millimetres?: number }
  | { readonly type: 'space'; readonly millimetres: number }
  | { readonly type: 'qr'; readonly text: string; readonly millimetres: number }
  /** Code 128 of printable ASCII, its text below; `millimetres`: height of the bars. What does not fit stays text. */
  | { readonly type: 'bar-code'; readonly text: string; readonly millimetres?: number }
  /** A logo, one dot to one dot, centred; see `bitmapFromImage`. */
  | { readonly type: 'picture'; readonly bitmap: Bitmap };

/** 1 bit per dot, rows padded to bytes, 1 = black, most significant bit left. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
