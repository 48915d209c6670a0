import type { CodePageName } from './native/code-pages.ts';

/** What one printer model can do, as data: a model nobody has tried is one more object, not one more class. */
export interface PrinterProfile {
  readonly name: string;
  /** Dots across the printable width: 576 on 80 mm paper at 203 dpi, 384 on 58 mm. A multiple of 8. */
  readonly widthDots: number;
  readonly dpi: number;
  /** Rows of one raster command. Small enough for the receive buffers of cheap models. */
  readonly bandDots: number;
  /** `GS v 0` is marked obsolete and universal; `GS ( L` is its successor. */
  readonly raster: 'GS v 0' | 'GS ( L';
  readonly cutter: {
    /** `GS V 65`/`66` (full/partial) feed to the knife by themselves; `0`/`1` cut where the paper stands. */
    readonly command: 'GS V 65' | 'GS V 66' | 'GS V 0' | 'GS V 1' | 'none';
    /** Paper fed after the last row, so that the cut or the tear bar clears the text. */
    readonly feedDots: number;
  };
  /** Knows `GS ( H` (Epson TM-T20II and later, T82II, T88IV and later, m30). `probe`: found out at run time. */
  readonly confirmsPrinting: Ability;
  /** Acknowledges `DLE DC4` fn 8 (clear buffers). Without it the driver pads an open band and resets with `ESC @`. */
  readonly acknowledgesClear: Ability;
  /** Answers questions about its status at all. `probe`: one that never says a word is printed on blindly. */
  readonly answersStatus?: Ability;
  /** Its own letters, proved on the model; see `native/`. Without it all text is printed as a picture. */
  readonly nativeText?: NativeText | undefined;
}

export interface NativeText {
  /** n of `ESC t n`. */
  readonly codePage: number;
  readonly encoding: CodePageName;
  /** Letters of font A across the paper. */
  readonly columns: number;
}

/** `true` and `false` are proven on the model. */
export type Ability = boolean | 'probe';

/** 80 mm, 203 dpi, Epson's command set. */
export const defaultPrinterProfile: PrinterProfile = {
  name: 'ESC/POS 80 mm',
  widthDots: 576,
  dpi: 203,
  bandDots: 200,
  raster: 'GS v 0',
  cutter: { command: 'GS V 66', feedDots: 24 },
  confirmsPrinting: true,
  acknowledgesClear: true,
};
