export const A4_LONG_INCHES = 11.693;
export const CARD_LONG_INCHES = 3.37;

/** Long side over short side: ISO A series 1.414, ID-1 cards 1.586. */
const A_SERIES = { from: 1.33, to: 1.5 };
const ID_1 = { from: 1.53, to: 1.64 };

/** Nothing that a kiosk is given is smaller than half a card or larger than A3, in inches. */
const SANE_LONG = { from: 2.5, to: 17.5 };

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
  const inches = Math.max(width, height) / stated;
  return inches >= SANE_LONG.from && inches <= SANE_LONG.to ? Math.round(stated) : undefined;
}
