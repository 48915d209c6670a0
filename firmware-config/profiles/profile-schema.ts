import { z } from 'zod';

export const profileKinds = [
  'printers',
  'scanners',
  'code-readers',
  'cameras',
  'chip-readers',
  'reader-setups',
] as const;
export type ProfileKind = (typeof profileKinds)[number];

const model = {
  /** Maker and model, for the technician. */
  name: z.string().min(1).max(120),
  /** Where the values come from, and what of them nobody has seen on a real machine. */
  source: z.string().min(1).max(500),
};

/** `probe`: nobody has proved it for this model; the driver finds out at run time. */
const Ability = z.union([z.boolean(), z.literal('probe')]);

export const PrinterProfile = z.strictObject({
  ...model,
  /** Printable dots across the paper: 576 on 80 mm, 384 on 58 mm. */
  widthDots: z.int().min(200).max(1_200).multipleOf(8),
  dpi: z.int().min(150).max(600),
  /** Rows of one raster command: small enough for the receive buffer. */
  bandDots: z.int().min(8).max(2_400),
  raster: z.enum(['GS v 0', 'GS ( L']),
  cutter: z.strictObject({
    /** 65 and 66 feed to the knife by themselves, 0 and 1 cut where the paper stands. */
    command: z.enum(['GS V 65', 'GS V 66', 'GS V 0', 'GS V 1', 'none']),
    feedDots: z.int().min(0).max(1_000),
  }),
  /** Answers `GS ( H` when the paper is really printed; else only `GS r` says that the bytes were worked through. */
  confirmsPrinting: Ability,
  /** Answers `DLE DC4` fn 8 when its buffers are clear. */
  acknowledgesClear: Ability,
  /** `probe`: one that never answers anything is printed on all the same, blindly. */
  answersStatus: Ability.default(true),
  /**
   * Its own Vietnamese letters, once every one of them was seen on paper; without it all text is printed as a picture.
   * `codePage`: n of `ESC t n`. `columns`: letters of font A across the paper.
   */
  nativeText: z
    .strictObject({
      codePage: z.int().min(0).max(255),
      encoding: z.enum(['tcvn-3', 'viscii', 'windows-1258']),
      columns: z.int().min(16).max(100),
      /** When, where and with which firmware it was seen. */
      proved: z.string().min(10).max(300),
    })
    .optional(),
});
export type PrinterProfile = z.infer<typeof PrinterProfile>;

/** What one press of the button scans, in the terms of every scanner. */
const scanSettings = {
  resolutionDpi: z.int().min(75).max(1_200),
  colour: z.enum(['colour', 'grey']),
  /** `flatbed` takes one page, a feeder its whole pile, `feeder-duplex` both sides of it. */
  feed: z.enum(['flatbed', 'feeder', 'feeder-duplex']),
  /** Left out: all that the scanner can see. */
  size: z.enum(['a3', 'a4', 'a5', 'id-1']).optional(),
};
const ScanSettings = z.strictObject(scanSettings);
export type ScanSettings = z.infer<typeof ScanSettings>;

export const ScannerProfile = z.strictObject({
  ...model,
  ...scanSettings,
  /** What is scanned otherwise, by the kinds of paper that the catalogue expects: each in one preset at most. */
  presets: z
    .array(
      ScanSettings.partial().extend({
        kinds: z
          .array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/))
          .min(1)
          .max(200),
      }),
    )
    .max(20)
    .refine((presets) => {
      const kinds = presets.flatMap((preset) => preset.kinds);
      return new Set(kinds).size === kinds.length;
    }, 'each kind of paper in one preset at most')
    .default([]),
  /** No page for this long means that the scanner hangs. */
  pageTimeoutMs: z.int().min(1_000).max(600_000),
  /** Passed to `scanimage` as they are, before the options that the driver sets. */
  scanimageArguments: z.array(z.string().min(1).max(200)).max(40),
});
export type ScannerProfile = z.infer<typeof ScannerProfile>;

export const CodeReaderProfile = z.strictObject({
  ...model,
  /** Serial readers only; others ignore it. */
  baudRate: z.int().min(1_200).max(921_600).default(9_600),
  /** A code without a line end is whole after this silence. */
  idleGapMs: z.int().min(10).max(2_000),
  /** The same code again within this time is the same showing of the card. */
  repeatWindowMs: z.int().min(0).max(10_000),
  /** HID POS readers only: where in a report the AIM id and the data stand. */
  hidLayout: z.enum(['aim-first', 'data-first']).default('aim-first'),
});
export type CodeReaderProfile = z.infer<typeof CodeReaderProfile>;

/** A camera before which the card's code is held where there is no reader. */
export const CameraProfile = z.strictObject({
  ...model,
  /** Pictures to search and to show in a second: more cost more of the processor. */
  framesPerSecond: z.int().min(1).max(30),
  /** The same code again within this time is the same showing of the card. */
  repeatWindowMs: z.int().min(0).max(10_000),
});
export type CameraProfile = z.infer<typeof CameraProfile>;

export const ChipReaderProfile = z.strictObject({
  ...model,
  /** How long a reading waits for a card that was taken away in the middle. */
  cardWaitMs: z.int().min(1_000).max(120_000),
});
export type ChipReaderProfile = z.infer<typeof ChipReaderProfile>;

const hex = z.string().regex(/^([0-9a-f]{2})*$/i, 'bytes in hexadecimal');
const SetUpStep = z.strictObject({
  what: z.strictObject({ vi: z.string().min(1).max(100), en: z.string().min(1).max(100) }),
  /** Tag and data, as in the maker's guide. */
  command: z.string().regex(/^[\x21-\x7e]{1,30}$/, 'printable ASCII'),
});
const SerialFrame = z.strictObject({ prefix: hex, suffix: hex });

/** How a maker's readers are set up: by bar codes on paper, or by messages on a serial port. */
export const ReaderSetup = z.strictObject({
  ...model,
  serial: z.strictObject({ permanent: SerialFrame, temporary: SerialFrame }),
  barCode: z.strictObject({
    /** FNC3 first: the symbol is for the reader itself. */
    fnc3: z.boolean(),
    prefix: z.string().max(4),
    suffix: z.string().max(4),
    first: z.array(SetUpStep).max(2),
    last: z.array(SetUpStep).max(2),
  }),
  modes: z.strictObject({
    'usb-com': z.array(SetUpStep).min(1).max(3),
    'hid-pos': z.array(SetUpStep).min(1).max(3),
  }),
  afterwards: z.strictObject({ vi: z.string().min(1).max(300), en: z.string().min(1).max(300) }),
});
export type ReaderSetup = z.infer<typeof ReaderSetup>;
export type ReaderMode = keyof ReaderSetup['modes'];

export const profileSchemas = {
  printers: PrinterProfile,
  scanners: ScannerProfile,
  'code-readers': CodeReaderProfile,
  cameras: CameraProfile,
  'reader-setups': ReaderSetup,
  'chip-readers': ChipReaderProfile,
} as const;

export type ProfileOf<Kind extends ProfileKind> = z.infer<(typeof profileSchemas)[Kind]>;
