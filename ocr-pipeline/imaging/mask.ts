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

/** Grows the pixels of `value` by a square, one axis after the other. */
export function grow(mask: Mask, radius: number, value: 0 | 1): Mask {
  const { width, height, data } = mask;
  const across = data.slice();
  for (let row = 0; row < data.length; row += width) {
    // How far the last pixel of the value still reaches.
    let reach = 0;
    const visit = (at: number) => {
      if (data[at] === value) reach = radius;
      else if (reach > 0) {
        reach -= 1;
        across[at] = value;
      }
    };
    for (let at = row; at < row + width; at += 1) visit(at);
    reach = 0;
    for (let at = row + width - 1; at >= row; at -= 1) visit(at);
  }
  const down = across.slice();
  for (const first of [0, data.length - width]) {
    const step = first === 0 ? width : -width;
    const reaches = new Int32Array(width);
    for (let y = 0, row = first; y < height; y += 1, row += step)
      for (let x = 0; x < width; x += 1) {
        if (across[row + x] === value) reaches[x] = radius;
        else if (reaches[x]! > 0) {
          reaches[x]! -= 1;
          down[row + x] = value;
        }
      }
  }
  return { width, height, data: down };
}
