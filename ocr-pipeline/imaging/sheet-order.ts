import type { Quad } from './sheet.ts';

/** Top to bottom; papers that lie about side by side, left to right. */
export function inReadingOrder<T extends { readonly corners: Quad }>(sheets: readonly T[]): readonly T[] {
  const placed = sheets.map((sheet) => {
    const ys = sheet.corners.map(({ y }) => y);
    const middle = ys.reduce((sum, y) => sum + y, 0) / 4;
    return {
      sheet,
      middle,
      top: Math.min(...ys),
      bottom: Math.max(...ys),
      left: Math.min(...sheet.corners.map(({ x }) => x)),
    };
  });
  placed.sort((a, b) => a.middle - b.middle);
  const ordered: T[] = [];
  while (placed.length > 0) {
    const first = placed[0]!;
    const row = placed.filter(({ middle }) => middle <= first.bottom && middle >= first.top);
    row.sort((a, b) => a.left - b.left);
    for (const each of row) {
      ordered.push(each.sheet);
      placed.splice(placed.indexOf(each), 1);
    }
  }
  return ordered;
}
