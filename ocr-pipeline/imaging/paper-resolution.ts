const A4_LONG_MM = 297;
/** Long and short side in millimetres of papers that people bring: ISO A and B, letter, ID-1, old book sizes come near. */
const KNOWN = [
  [420, 297],
  [297, 210],
  [279, 216],
  [356, 216],
  [250, 176],
  [210, 148],
  [176, 125],
  [148, 105],
  [125, 88],
  [105, 74],
  [85.6, 54],
] as const;
const SAME_SIZE = 0.04;
const A_SERIES = { from: 1.37, to: 1.46 };
/** Median letter, millimetres: smaller print on a whole page is larger print with a wrong size. */
const SMALLEST_PRINT = 1.1;

/**
 * Pixels per inch of the paper itself. `dpi`, as stated by the file or taken from the picture's shape, counts as long as
 * the paper then has a size that papers have and its print a size that print has; otherwise the paper is taken for A4.
 * `width` and `height` are the paper's in pixels, `letterHeight` its print's in millimetres at `dpi`.
 */
export function paperDpi(
  width: number,
  height: number,
  dpi: number,
  letterHeight: number | undefined,
): { readonly dpi: number; readonly surely: boolean } {
  const long = Math.max(width, height);
  const short = Math.max(1, Math.min(width, height));
  const ratio = long / short;
  if (ratio < A_SERIES.from || ratio > A_SERIES.to) return { dpi, surely: true };
  const asA4 = (long * 25.4) / A4_LONG_MM;
  const millimetres = (long * 25.4) / dpi;
  const known = KNOWN.some(
    ([size, other]) =>
      Math.abs(millimetres - size) <= SAME_SIZE * size &&
      Math.abs((short * 25.4) / dpi - other) <= 1.5 * SAME_SIZE * other,
  );
  const tooSmall = letterHeight !== undefined && letterHeight < SMALLEST_PRINT;
  if ((known && !tooSmall) || asA4 >= dpi) return { dpi, surely: true };
  return { dpi: Math.round(asA4), surely: false };
}
