import { grow } from './pixels/neighbourhood.ts';

/** One byte a pixel: 1 belongs, 0 does not. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Everything that `free` pixels connected to the picture's border do not reach: holes are filled. */
export function enclosed(width: number, height: number, free: Uint8Array): Mask {
  const reached = new Uint8Array(width * height);
  const stack = new Int32Array(width * height);
  let depth = 0;
  const visit = (at: number) => {
    if (reached[at] === 1 || free[at] === 0) return;
    reached[at] = 1;
    stack[depth] = at;
    depth += 1;
  };
  for (let x = 0; x < width; x += 1) {
    visit(x);
    visit((height - 1) * width + x);
  }
  for (let y = 0; y < height; y += 1) {
    visit(y * width);
    visit(y * width + width - 1);
  }
  while (depth > 0) {
    depth -= 1;
    const at = stack[depth]!;
    const x = at % width;
    if (x > 0) visit(at - 1);
    if (x < width - 1) visit(at + 1);
    if (at >= width) visit(at - width);
    if (at < width * (height - 1)) visit(at + width);
  }
  for (let at = 0; at < reached.length; at += 1) reached[at] = 1 - reached[at]!;
  return { width, height, data: reached };
}

/** Drops what is narrower than 2 × radius + 1; the picture's border does not count as an edge. */
export function open(mask: Mask, radius: number): Mask {
  return radius === 0 ? mask : grow(grow(mask, radius, 0), radius, 1);
}
