/** 3 × 3 mean of `from` into `to`, the border as it is; 16 bytes of room behind both. */
export function smooth(from: usize, width: i32, height: i32, to: usize): void {
  memory.copy(to, from, width * height);
  if (width < 3) return;
  for (let y = 1; y < height - 1; y += 1) {
    const row = y * width;
    const last = load<u8>(to + row + width - 1);
    for (let x = 1; x < width - 1; x += 16) {
      const above = from + row - width + x;
      const middle = above + width;
      const below = middle + width;
      const left = sumLow(above - 1, middle - 1, below - 1);
      const own = sumLow(above, middle, below);
      const right = sumLow(above + 1, middle + 1, below + 1);
      const low = ninth(i16x8.add(i16x8.add(left, own), right));
      const leftHigh = sumLow(above + 7, middle + 7, below + 7);
      const ownHigh = sumLow(above + 8, middle + 8, below + 8);
      const rightHigh = sumLow(above + 9, middle + 9, below + 9);
      const high = ninth(i16x8.add(i16x8.add(leftHigh, ownHigh), rightHigh));
      v128.store(to + row + x, i8x16.narrow_i16x8_u(low, high));
    }
    // What the last sixteen wrote over.
    store<u8>(to + row + width - 1, last);
    memory.copy(to + row + width, from + row + width, min(16, width));
  }
}

/** Of eight columns of three. */
function sumLow(above: usize, middle: usize, below: usize): v128 {
  return i16x8.add(i16x8.add(v128.load_ext<u8>(above), v128.load_ext<u8>(middle)), v128.load_ext<u8>(below));
}

/** ÷ 9, exact up to 9 × 255. */
function ninth(sum: v128): v128 {
  const factor = i16x8.splat(7282);
  const low = i32x4.shr_u(i32x4.extmul_low_i16x8_u(sum, factor), 16);
  const high = i32x4.shr_u(i32x4.extmul_high_i16x8_u(sum, factor), 16);
  return i16x8.narrow_i32x4_u(low, high);
}
