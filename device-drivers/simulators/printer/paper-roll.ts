import type { Bitmap } from '../../printer/slip.ts';

export interface PrintedPaper {
  readonly bitmap: Bitmap;
  readonly at: Date;
  /** `torn`: it left without a cut, by hand or with the old roll. */
  readonly end: 'cut' | 'torn';
}

export interface PaperRoll {
  /** Moves the paper by one row; `dots` black where set, cut off at the print width. */
  advance(dots?: Uint8Array): void;
  cut(): void;
  /** Takes away everything that hangs out; what is not cut is torn. */
  take(): void;
  papers(): readonly PrintedPaper[];
  /** What a person sees in the slot: the paper being printed, else the last one not yet taken. */
  inSlot(): Bitmap | undefined;
  uncutRows(): number;
}

/** Longest piece of paper: an endless feed must not fill the memory. */
const MAX_ROWS = 40_000;
const MAX_PAPERS = 1_000;

export function createPaperRoll(widthDots: number, now: () => Date): PaperRoll {
  const stride = Math.ceil(widthDots / 8);
  let rows: Uint8Array[] = [];
  let printed: PrintedPaper[] = [];
  let taken = true;

  const picture = (): Bitmap => ({
    width: widthDots,
    height: rows.length,
    data: Uint8Array.from(Buffer.concat(rows)),
  });

  const end = (how: PrintedPaper['end']) => {
    if (rows.length === 0) return;
    printed = [...printed.slice(-MAX_PAPERS + 1), { bitmap: picture(), at: now(), end: how }];
    rows = [];
    taken = false;
  };

  return {
    advance: (dots) => {
      const row = new Uint8Array(stride);
      if (dots) row.set(dots.subarray(0, stride));
      rows.push(row);
      if (rows.length >= MAX_ROWS) end('torn');
    },
    cut: () => end('cut'),
    take: () => {
      end('torn');
      taken = true;
    },
    papers: () => printed,
    inSlot: () => (rows.length > 0 ? picture() : taken ? undefined : printed.at(-1)?.bitmap),
    uncutRows: () => rows.length,
  };
}
