/**
 * Mean of squares of `factor` × `factor` pixels of 1 or 3 `channels`, rounded; what is left over at the right and below
 * goes. `sums`: room for 16 bits a byte of a row, and 16 bytes. `factor` ≤ 256 (exact up to 64).
 */
export function shrink(
  from: usize,
  width: i32,
  height: i32,
  channels: i32,
  factor: i32,
  to: usize,
  sums: usize,
): void {
  const columns = width / factor;
  const rows = height / factor;
  const bytes = width * channels;
  const count: u32 = factor * factor;
  // ÷ count: exact for what 16 bits hold.
  const inverse = u64(0x100000000) / u64(count) + 1;
  for (let row = 0; row < rows; row += 1) {
    memory.fill(sums, 0, bytes << 1);
    for (let y = 0; y < factor; y += 1) {
      const line = from + (row * factor + y) * bytes;
      for (let x = 0; x < bytes; x += 8) {
        const sum = sums + (x << 1);
        v128.store(sum, i16x8.add(v128.load(sum), v128.load_ext<u8>(line + x)));
      }
    }
    let at = sums;
    if (channels === 1)
      for (let column = 0; column < columns; column += 1, to += 1) {
        let sum: u32 = count >> 1;
        for (let x = 0; x < factor; x += 1, at += 2) sum += load<u16>(at);
        store<u8>(to, u8((u64(sum) * inverse) >> 32));
      }
    else
      for (let column = 0; column < columns; column += 1, to += 3) {
        let r: u32 = count >> 1;
        let g = r;
        let b = r;
        for (let x = 0; x < factor; x += 1, at += 6) {
          r += load<u16>(at);
          g += load<u16>(at, 2);
          b += load<u16>(at, 4);
        }
        store<u8>(to, u8((u64(r) * inverse) >> 32));
        store<u8>(to, u8((u64(g) * inverse) >> 32), 1);
        store<u8>(to, u8((u64(b) * inverse) >> 32), 2);
      }
  }
}
