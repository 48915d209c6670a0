/**
 * Grows the pixels of `value` (0 or 1) in a mask of zeros and ones by a square of `radius` ≤ 16, one axis after the
 * other; what lies beyond the border is not of the value. `across`, `to`: as large as the mask, 16 bytes of room behind
 * them; `line`: room for a row and 64 bytes.
 */
export function grow(
  mask: usize,
  width: i32,
  height: i32,
  radius: i32,
  value: i32,
  across: usize,
  to: usize,
  line: usize,
): void {
  memory.fill(line, u8(1 - value), width + 64);
  const start = line + 16;
  for (let y = 0; y < height; y += 1) {
    memory.copy(start, mask + y * width, width);
    for (let x = 0; x < width; x += 16) {
      let near = v128.load(start + x);
      for (let away = 1; away <= radius; away += 1) {
        near = either(near, v128.load(start + x - away), value);
        near = either(near, v128.load(start + x + away), value);
      }
      v128.store(across + y * width + x, near);
    }
  }
  for (let y = 0; y < height; y += 1) {
    const first = max(0, y - radius);
    const last = min(height - 1, y + radius);
    for (let x = 0; x < width; x += 16) {
      let near = v128.load(across + first * width + x);
      for (let row = first + 1; row <= last; row += 1)
        near = either(near, v128.load(across + row * width + x), value);
      v128.store(to + y * width + x, near);
    }
  }
}

function either(a: v128, b: v128, value: i32): v128 {
  return value === 1 ? i8x16.max_u(a, b) : i8x16.min_u(a, b);
}
