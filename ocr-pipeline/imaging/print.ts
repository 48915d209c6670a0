import { type Component, findComponents } from './components.ts';
import type { Grey } from './image.ts';
import { flattenLight } from './light.ts';
import { lumaOf } from './pixels/count-ink.ts';
import type { SheetPicture } from './sheet-picture.ts';

const INK = 170;
const LIGHT_BLOCK_MM = 5;

/** What looks like letters on a paper, in pixels of the picture given. Best at about 75 dpi: one pass costs milliseconds. */
export interface Print {
  readonly letters: readonly Component[];
  /** Median height in millimetres; `undefined` when there is hardly any print. */
  readonly letterHeight: number | undefined;
}

export function findPrint(sheet: SheetPicture): Print {
  const mm = sheet.dpi / 25.4;
  const luma = lumaOf(sheet.image);
  const flat = flattenLight(luma, Math.max(6, Math.round(LIGHT_BLOCK_MM * mm)));
  const clean = whiteGround(flat, sheet.mask);
  const { components } = findComponents(clean, INK);
  const letters = components.filter(
    (part) =>
      part.height >= 0.9 * mm &&
      part.height <= 9 * mm &&
      part.width >= 0.4 * mm &&
      part.width <= 12 * mm &&
      part.area >= 0.12 * part.width * part.height,
  );
  const heights = letters.map((part) => part.height).sort((a, b) => a - b);
  return { letters, letterHeight: letters.length < 30 ? undefined : heights[heights.length >> 1]! / mm };
}

function whiteGround(image: Grey, mask: Uint8Array | undefined): Grey {
  if (mask === undefined) return image;
  return { ...image, data: image.data.map((value, at) => (mask[at] === 0 ? 255 : value)) };
}
