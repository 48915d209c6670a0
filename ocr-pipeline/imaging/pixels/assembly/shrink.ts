/**
 * Mean of squares of `factor` × `factor` pixels of `channels` bytes, rounded; what is left over at the right and below
 * goes. `sums`: room for 16 bits a byte of a row, and 16 bytes. `factor` ≤ 16.
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
  const step = factor * channels;
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
    for (let column = 0; column < columns; column += 1, at += step << 1)
      for (let channel = 0; channel < channels; channel += 1, to += 1) {
        let sum: u32 = count >> 1;
        for (let x = channel; x < step; x += channels) sum += load<u16>(at + (x << 1));
        store<u8>(to, u8((u64(sum) * inverse) >> 32));
      }
  }
}
