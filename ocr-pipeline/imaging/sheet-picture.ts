import type { Grey, Rgb } from './image.ts';
import { shrinkRgb } from './pixels/neighbourhood.ts';
import type { Point, Quad } from './sheet.ts';

export type Side = 'left' | 'top' | 'right' | 'bottom';
export const SIDES: readonly Side[] = ['left', 'top', 'right', 'bottom'];

/** One paper as it lies in a picture: the pixels of its bounding box, nothing turned or resampled. */
export interface SheetPicture {
  readonly image: Rgb;
  /** 0 where the bounding box shows what is beside the paper; `undefined`: paper everywhere. */
  readonly mask: Uint8Array | undefined;
  readonly dpi: number;
  /** Sides on which the paper ends where the picture ends. */
  readonly atBorder: Readonly<Record<Side, boolean>>;
}

/** A corner that is nearer than this to the picture's edge lies on it (share of the picture). */
const BORDER = 0.006;

export function sheetPicture(image: Rgb, dpi: number, corners: Quad): SheetPicture {
  const xs = corners.map((corner) => Math.min(1, Math.max(0, corner.x)));
  const ys = corners.map((corner) => Math.min(1, Math.max(0, corner.y)));
  const left = Math.floor(Math.min(...xs) * image.width);
  const top = Math.floor(Math.min(...ys) * image.height);
  const right = Math.max(left + 1, Math.ceil(Math.max(...xs) * image.width));
  const bottom = Math.max(top + 1, Math.ceil(Math.max(...ys) * image.height));
  const [tl, tr, br, bl] = corners;
  const atBorder = {
    left: tl.x <= BORDER && bl.x <= BORDER,
    top: tl.y <= BORDER && tr.y <= BORDER,
    right: tr.x >= 1 - BORDER && br.x >= 1 - BORDER,
    bottom: bl.y >= 1 - BORDER && br.y >= 1 - BORDER,
  };
  if (SIDES.every((side) => atBorder[side])) return { image, mask: undefined, dpi, atBorder };
  const width = right - left;
  const height = bottom - top;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    const from = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + width * 3), y * width * 3);
  }
  const pixels = corners.map((corner) => ({
    x: corner.x * image.width - left,
    y: corner.y * image.height - top,
  }));
  return { image: { width, height, data }, mask: insideOf(pixels, width, height), dpi, atBorder };
}

/** 1 inside the convex polygon whose corners are given clockwise. */
function insideOf(corners: readonly Point[], width: number, height: number): Uint8Array {
  const mask = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    let from = 0;
    let to = width;
    corners.forEach((a, at) => {
      const b = corners[(at + 1) % corners.length]!;
      const dx = b.x - a.x;
      const dy = b.y - a.y;
      // Clockwise with y downwards: a point is inside where dx·(y − a.y) − dy·(x − a.x) ≥ 0.
      if (Math.abs(dy) < 1e-9) {
        if (dx * (y + 0.5 - a.y) < 0) to = 0;
        return;
      }
      const x = a.x + (dx * (y + 0.5 - a.y)) / dy;
      if (dy > 0) to = Math.min(to, Math.floor(x));
      else from = Math.max(from, Math.ceil(x));
    });
    if (to > from) mask.fill(1, y * width + from, y * width + to);
  }
  return mask;
}

/** The same paper at a `factor`-th of the resolution; a pixel is paper only if all its pixels were. */
export function shrinkSheet(sheet: SheetPicture, factor: number): SheetPicture {
  if (factor <= 1) return sheet;
  const image = shrinkRgb(sheet.image, factor);
  const { mask } = sheet;
  const small = mask && new Uint8Array(image.width * image.height);
  if (mask && small)
    for (let y = 0, to = 0; y < image.height; y += 1)
      for (let x = 0; x < image.width; x += 1, to += 1) {
        let paper = 1;
        for (let dy = 0; dy < factor; dy += 1)
          for (let dx = 0; dx < factor; dx += 1)
            paper &= mask[(y * factor + dy) * sheet.image.width + x * factor + dx] ?? 0;
        small[to] = paper;
      }
  return { ...sheet, image, mask: small, dpi: sheet.dpi / factor };
}

/** The picture with what lies beside the paper in the paper's own colour. */
export function withoutGround({ image, mask }: SheetPicture): Rgb {
  if (mask === undefined) return image;
  const paper = [0, 1, 2].map((channel) => {
    const values: number[] = [];
    for (let at = 0; at < mask.length; at += 7)
      if (mask[at] !== 0) values.push(image.data[at * 3 + channel]!);
    return values.sort((a, b) => a - b)[Math.floor(values.length * 0.7)] ?? 255;
  });
  const data = image.data.map((value, at) => (mask[Math.floor(at / 3)] === 0 ? paper[at % 3]! : value));
  return { ...image, data };
}

/** The value below which `share` of the paper's pixels lie. */
export function percentileOf(image: Grey, mask: Uint8Array | undefined, share: number): number {
  const histogram = new Uint32Array(256);
  let count = 0;
  for (let at = 0; at < image.data.length; at += 1)
    if (mask === undefined || mask[at] !== 0) {
      histogram[image.data[at]!]! += 1;
      count += 1;
    }
  let left = count * share;
  for (let level = 0; level < 256; level += 1) {
    left -= histogram[level]!;
    if (left <= 0) return level;
  }
  return 255;
}
