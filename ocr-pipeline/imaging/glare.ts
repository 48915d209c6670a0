import { type Component, findComponents } from './components.ts';
import type { Print } from './print.ts';
import { percentileOf, type SheetPicture } from './sheet-picture.ts';

/** All three colours at least this: the sensor can tell no more. */
const BLOWN_OUT = 249;
/** Smaller spots eat no word. */
const MIN_AREA_MM2 = 10;
const MIN_FILL = 0.4;
/** Light of a lamp fades over millimetres, the edge of a white label does not. */
const HALO_MM = { near: 1, far: 3.5 };
const HALO_LEVELS = 3;
/** Print is looked for this far around a spot. */
const AROUND_MM = 7;
/** Paper is blown out before the ink on it is: only in this middle part (of the radius, squared) must print be gone. */
const MIDDLE = 0.3;

/** Where a lamp is mirrored in the paper so that print is lost: soft white spots with print around but none in them. */
export function findGlare(sheet: SheetPicture, print: Print, printDpi: number): readonly Component[] {
  const { image, mask } = sheet;
  const { width, height } = image;
  const mm = sheet.dpi / 25.4;
  const least = new Uint8Array(width * height);
  for (let at = 0, from = 0; at < least.length; at += 1, from += 3)
    least[at] = Math.min(image.data[from]!, image.data[from + 1]!, image.data[from + 2]!);
  // On paper that is itself as white as white goes, a lamp adds nothing that could be seen.
  if (percentileOf({ width, height, data: least }, mask, 0.7) >= BLOWN_OUT - 3) return [];
  const spots = new Uint8Array(least.length).fill(255);
  for (let at = 0; at < spots.length; at += 1)
    if (least[at]! >= BLOWN_OUT && (mask === undefined || mask[at] !== 0)) spots[at] = 0;
  const { components } = findComponents({ width, height, data: spots }, 128);
  const scale = printDpi / sheet.dpi;
  return components.filter(
    (spot) =>
      spot.area >= MIN_AREA_MM2 * mm * mm &&
      spot.area >= MIN_FILL * spot.width * spot.height &&
      spot.area < 0.3 * width * height &&
      hasHalo(least, width, height, spot, mm) &&
      eatsPrint(spot, print, scale, mm),
  );
}

/** Whether the brightness falls off slowly, measured on the crosses through the spot's middle. */
function hasHalo(least: Uint8Array, width: number, height: number, spot: Component, mm: number): boolean {
  const near = Math.max(1, Math.round(HALO_MM.near * mm));
  const far = Math.max(near + 2, Math.round(HALO_MM.far * mm));
  let soft = 0;
  let sides = 0;
  for (const [dx, dy] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const) {
    const level = (distance: number) => {
      // The brightest of some rows across: print between must not look like a hard edge.
      let best = 0;
      const spread = Math.round((dx === 0 ? spot.width : spot.height) * 0.3);
      for (let side = -spread; side <= spread; side += 1) {
        const x = Math.round(
          spot.x + spot.width / 2 + dx * (spot.width / 2 + distance) + (dx === 0 ? side : 0),
        );
        const y = Math.round(
          spot.y + spot.height / 2 + dy * (spot.height / 2 + distance) + (dy === 0 ? side : 0),
        );
        if (x < 0 || y < 0 || x >= width || y >= height) continue;
        best = Math.max(best, least[y * width + x]!);
      }
      return best;
    };
    const close = level(near);
    const away = level(far);
    if (away === 0) continue;
    sides += 1;
    if (close >= away + HALO_LEVELS && away < BLOWN_OUT) soft += 1;
  }
  return sides >= 2 && soft >= Math.max(2, sides - 1);
}

function eatsPrint(spot: Component, print: Print, scale: number, mm: number): boolean {
  const around = AROUND_MM * mm;
  let inside = 0;
  let outside = 0;
  const quarters = new Set<number>();
  for (const letter of print.letters) {
    const x = (letter.x + letter.width / 2) / scale - (spot.x + spot.width / 2);
    const y = (letter.y + letter.height / 2) / scale - (spot.y + spot.height / 2);
    if (Math.abs(x) > spot.width / 2 + around || Math.abs(y) > spot.height / 2 + around) continue;
    if ((x / (spot.width / 2)) ** 2 + (y / (spot.height / 2)) ** 2 < MIDDLE) inside += 1;
    else {
      outside += 1;
      quarters.add((x > 0 ? 1 : 0) + (y > 0 ? 2 : 0));
    }
  }
  const insideArea = Math.PI * 0.25 * MIDDLE * spot.width * spot.height;
  const outsideArea = (spot.width + 2 * around) * (spot.height + 2 * around) - insideArea;
  return quarters.size >= 2 && outside >= 8 && inside / insideArea < (0.3 * outside) / outsideArea;
}
