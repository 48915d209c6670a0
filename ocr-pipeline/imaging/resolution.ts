export const A4_LONG_INCHES = 11.693;
export const CARD_LONG_INCHES = 3.37;

/** Long side over short side: ISO A series 1.414, ID-1 cards 1.586. */
const A_SERIES = { from: 1.33, to: 1.5 };
const ID_1 = { from: 1.53, to: 1.64 };

/** Papers are hardly smaller than half a card; of what is larger than A3 the kinds are known. Inches. */
const SANE_LONG = { from: 2.5, to: 17.5 };
/** A2, A1 and A0: plans and maps. */
const LARGE_PAPERS = [
  [16.54, 23.39],
  [23.39, 33.11],
  [33.11, 46.81],
] as const;
const SAME_SIZE = 0.03;
/** Receipts from a roll, however long. */
const WIDEST_ROLL = 4.5;

/**
 * Pixels per inch of a page. The file's own statement counts if it gives paper of a believable size (cameras write 72
 * into photographs of 4,000 pixels); otherwise the shape of the picture is taken for A4 or a card.
 */
export function estimateDpi(width: number, height: number, stated: number | undefined): number {
  const believable = believableDpi(width, height, stated);
  if (believable !== undefined) return believable;
  const long = Math.max(width, height);
  const ratio = long / Math.max(1, Math.min(width, height));
  const isCard = ratio >= ID_1.from && ratio <= ID_1.to && long <= 1_400;
  if (isCard) return Math.round(long / CARD_LONG_INCHES);
  if (ratio >= A_SERIES.from && ratio <= A_SERIES.to) return Math.round(long / A4_LONG_INCHES);
  // Neither: the picture lies within an A4 sheet, whichever side limits it.
  return Math.round(Math.max(long / A4_LONG_INCHES, Math.min(width, height) / 8.268));
}

/** The file's own statement, if it gives paper of a believable size. */
export function believableDpi(width: number, height: number, stated: number | undefined): number | undefined {
  if (stated === undefined || stated < 90 || stated > 1_300) return undefined;
  const long = Math.max(width, height) / stated;
  const short = Math.min(width, height) / stated;
  return isPaper(short, long) ? Math.round(stated) : undefined;
}

function isPaper(short: number, long: number): boolean {
  if (long < SANE_LONG.from) return false;
  if (long <= SANE_LONG.to || short <= WIDEST_ROLL) return true;
  const near = (inches: number, paper: number) => Math.abs(inches / paper - 1) <= SAME_SIZE;
  return LARGE_PAPERS.some(([width, height]) => near(short, width) && near(long, height));
}
