/**
 * Rec. 601 luma of `rgb` into `grey`; 48 bytes of room behind both. Counts the pixels of red and of blue ink in cells of
 * `cell` × `cell`: ink whose own colour is more than `red` (`blue`) stronger than either other. `redness`, `blueness`:
 * 16 bits a cell, zero at first; `columnOf`: room for 16 bits a column of pixels.
 */
export function countInk(
  rgb: usize,
  width: i32,
  height: i32,
  grey: usize,
  cell: i32,
  red: i32,
  blue: i32,
  redness: usize,
  blueness: usize,
  columnOf: usize,
): void {
  const columns = (width + cell - 1) / cell;
  for (let x = 0; x < width; x += 1) store<u16>(columnOf + (x << 1), u16(x / cell));
  const reds = i8x16.splat(i8(red));
  const blues = i8x16.splat(i8(blue));
  for (let y = 0; y < height; y += 1) {
    const cells = ((y / cell) * columns) << 1;
    let from = rgb + y * width * 3;
    let to = grey + y * width;
    for (let x = 0; x < width; x += 16, from += 48, to += 16) {
      const one = v128.load(from);
      const two = v128.load(from, 16);
      const three = v128.load(from, 32);
      // biome-ignore format: sixteen places in a row
      const r = v128.shuffle<u8>(
        v128.shuffle<u8>(one, two, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0),
        three, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29,
      );
      // biome-ignore format: sixteen places in a row
      const g = v128.shuffle<u8>(
        v128.shuffle<u8>(one, two, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0),
        three, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30,
      );
      // biome-ignore format: sixteen places in a row
      const b = v128.shuffle<u8>(
        v128.shuffle<u8>(one, two, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0),
        three, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31,
      );
      // Where a row's last sixteen reach into the next row, its luma is theirs as well.
      v128.store(to, luma(r, g, b));
      const inRow = width - x >= 16 ? 0xffff : (1 << (width - x)) - 1;
      const redMore = i8x16.min_u(i8x16.sub_sat_u(r, g), i8x16.sub_sat_u(r, b));
      let hits = i8x16.bitmask(i8x16.gt_u(redMore, reds)) & inRow;
      for (; hits !== 0; hits &= hits - 1) count(redness + cells, columnOf, x + ctz(hits));
      const blueMore = i8x16.min_u(i8x16.sub_sat_u(b, r), i8x16.sub_sat_u(b, g));
      hits = i8x16.bitmask(i8x16.gt_u(blueMore, blues)) & inRow;
      for (; hits !== 0; hits &= hits - 1) count(blueness + cells, columnOf, x + ctz(hits));
    }
  }
}

function luma(r: v128, g: v128, b: v128): v128 {
  const of77 = i8x16.splat(77);
  const of150 = i8x16.splat(i8(150));
  const of29 = i8x16.splat(29);
  const low = i16x8.add(
    i16x8.add(i16x8.extmul_low_i8x16_u(r, of77), i16x8.extmul_low_i8x16_u(g, of150)),
    i16x8.extmul_low_i8x16_u(b, of29),
  );
  const high = i16x8.add(
    i16x8.add(i16x8.extmul_high_i8x16_u(r, of77), i16x8.extmul_high_i8x16_u(g, of150)),
    i16x8.extmul_high_i8x16_u(b, of29),
  );
  return i8x16.narrow_i16x8_u(i16x8.shr_u(low, 8), i16x8.shr_u(high, 8));
}

function count(cells: usize, columnOf: usize, x: i32): void {
  const cell = cells + ((load<u16>(columnOf + (x << 1)) as usize) << 1);
  store<u16>(cell, load<u16>(cell) + 1);
}
