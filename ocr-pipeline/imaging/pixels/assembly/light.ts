/** 85th percentile and the like: of each block of pixels the level that `share` of them (every second row) are lighter than, not below `darkest`. Floats into `to`. `histogram`: room for 256 × 4 bytes. */
export function paperLevels(
  grey: usize,
  width: i32,
  height: i32,
  block: i32,
  share: f64,
  darkest: i32,
  to: usize,
  histogram: usize,
): void {
  for (let top = 0; top < height; top += block)
    for (let left = 0; left < width; left += block, to += 4) {
      memory.fill(histogram, 0, 1024);
      const bottom = min(height, top + block);
      const right = min(width, left + block);
      let count = 0;
      for (let y = top; y < bottom; y += 2) {
        const row = grey + y * width;
        for (let x = left; x < right; x += 1) {
          const level = histogram + ((load<u8>(row + x) as usize) << 2);
          store<u32>(level, load<u32>(level) + 1);
        }
        count += right - left;
      }
      let lighter = f64(count) * share;
      let level = 255;
      while (level > darkest && lighter > f64(load<u32>(histogram + (level << 2)))) {
        lighter -= f64(load<u32>(histogram + (level << 2)));
        level -= 1;
      }
      store<f32>(to, f32(level));
    }
}

/**
 * Each pixel of every `step`th row of `grey` times its gain, at most 255, into `to` (the rows one after another). The
 * gain is 255 · `stretch` over the paper's level: `paper` holds those of the middles of blocks, between which it runs
 * straight. `gains`: room for 4 bytes a column of blocks and one more, and 2 bytes a column of pixels, 32 bytes behind each.
 */
export function brighten(
  grey: usize,
  width: i32,
  height: i32,
  step: i32,
  to: usize,
  paper: usize,
  columns: i32,
  rows: i32,
  block: i32,
  stretch: f32,
  gains: usize,
  gainRow: usize,
): void {
  for (let y = 0; y < height; y += step, to += width) {
    blockGains(paper, columns, rows, f32(y) / f32(block), stretch, gains);
    pixelGains(gains, columns, width, block, gainRow);
    const from = grey + y * width;
    for (let x = 0; x < width; x += 16) {
      const pixels = v128.load(from + x);
      const low = times(i16x8.extend_low_i8x16_u(pixels), gainRow + (x << 1));
      const high = times(i16x8.extend_high_i8x16_u(pixels), gainRow + (x << 1) + 16);
      v128.store(to + x, i8x16.narrow_i16x8_u(low, high));
    }
  }
}

/** Gains are whole numbers of 1/4096. */
const SHIFT = 12;

function times(levels: v128, gains: usize): v128 {
  const factors = v128.load(gains);
  return i16x8.narrow_i32x4_s(
    i32x4.shr_u(i32x4.extmul_low_i16x8_u(levels, factors), SHIFT),
    i32x4.shr_u(i32x4.extmul_high_i16x8_u(levels, factors), SHIFT),
  );
}

/** Of a row of pixels at `at` rows of blocks, one a column of blocks, the last one twice. */
function blockGains(paper: usize, columns: i32, rows: i32, at: f32, stretch: f32, gains: usize): void {
  const place = min(max(at - 0.5, 0), f32(rows - 1));
  const upper = i32(place);
  const lower = min(rows - 1, upper + 1);
  const down = place - f32(upper);
  const one = paper + ((upper * columns) << 2);
  const other = paper + ((lower * columns) << 2);
  for (let column = 0; column < columns; column += 1) {
    const level = load<f32>(one + (column << 2)) * (1 - down) + load<f32>(other + (column << 2)) * down;
    store<f32>(gains + (column << 2), (255 * stretch) / level);
  }
  store<f32>(gains + (columns << 2), load<f32>(gains + ((columns - 1) << 2)));
}

/** Straight from the middle of one block to the middle of the next; before the first and behind the last it stays. */
function pixelGains(gains: usize, columns: i32, width: i32, block: i32, to: usize): void {
  const half = (block + 1) >> 1;
  fillGains(to, 0, min(width, half), load<f32>(gains), 0);
  for (let column = 0; column < columns; column += 1) {
    const middle = (f32(column) + 0.5) * f32(block);
    const start = half + column * block;
    if (start >= width) return;
    const gain = load<f32>(gains + (column << 2));
    const slope = (load<f32>(gains + (column << 2) + 4) - gain) / f32(block);
    fillGains(to, start, min(width, start + block), gain + slope * (f32(start) - middle), slope);
  }
}

/** Whole numbers of 1/4096, reckoned with eight more bits: thirty steps of a slope stay true. */
function fillGains(to: usize, from: i32, end: i32, first: f32, slope: f32): void {
  const scale: f32 = 1048576;
  const start = i32(min(first, 15.99) * scale);
  const step = i32(nearest(slope * scale));
  let gain = i32x4.add(i32x4.splat(start), i32x4.mul(i32x4.splat(step), i32x4(0, 1, 2, 3)));
  const steps = i32x4.splat(step * 4);
  for (let x = from; x < end; x += 4) {
    const whole = i32x4.shr_s(gain, 8);
    v128.store64_lane(to + (x << 1), i16x8.narrow_i32x4_u(whole, whole), 0);
    gain = i32x4.add(gain, steps);
  }
}
