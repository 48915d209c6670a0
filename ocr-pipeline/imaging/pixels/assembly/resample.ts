const PHASES = 64;

// The row at work. Its pixel x shows the place (first + x · step) ÷ (firstW + x · stepW), and is square + x · squareStep
// of the unit square.
let first = f64x2.splat(0);
let step = f64x2.splat(0);
let firstW: f64 = 1;
let stepW: f64 = 0;
let square = f64x2.splat(0);
let squareStep = f64x2.splat(0);
/** The picture's last column and row. */
let last = f64x2.splat(0);

/**
 * Each pixel of `out` (RGB, `width` × `height`, 4 bytes of room behind it) from the four by four around its place in
 * `from` (RGB, 16 bytes of room behind it). Place: the map (x, y) → (a·u + b·v + c, d·u + e·v + f) ÷ (g·u + h·v + 1) of
 * the unit square, turned about its middle by the angle of `cos` and `sin`. `weights`: of 64 phases the four of a
 * column, 16 bits each, 256 in all; `isNear`: only the middle two of them count. What lies outside the square or the
 * picture becomes `beyond` (0xBBGGRR).
 */
export function resample(
  from: usize,
  fromWidth: i32,
  fromHeight: i32,
  out: usize,
  width: i32,
  height: i32,
  a: f64,
  b: f64,
  c: f64,
  d: f64,
  e: f64,
  f: f64,
  g: f64,
  h: f64,
  cos: f64,
  sin: f64,
  weights: usize,
  isNear: bool,
  beyond: u32,
): void {
  last = f64x2(fromWidth - 1, fromHeight - 1);
  const stride = fromWidth * 3;
  // Along a row everything but the quotient grows by the same step.
  const stepU = cos / f64(width);
  const stepV = sin / f64(height);
  squareStep = f64x2(stepU, stepV);
  step = f64x2(a * stepU + b * stepV, d * stepU + e * stepV);
  stepW = g * stepU + h * stepV;
  const dx = 0.5 - f64(width) / 2;
  for (let y = 0; y < height; y += 1) {
    const dy = f64(y) + 0.5 - f64(height) / 2;
    const u = (dx * cos - dy * sin) / f64(width) + 0.5;
    const v = (dx * sin + dy * cos) / f64(height) + 0.5;
    square = f64x2(u, v);
    first = f64x2(a * u + b * v + c, d * u + e * v + f);
    firstW = g * u + h * v + 1;
    let left = width;
    let right = width;
    // Where the divisor keeps its sign a row's places all lie between those of its ends: what is inner at both ends is
    // inner between them.
    if (firstW > 0 && firstW + stepW * f64(width) > 0) {
      left = 0;
      while (left < right && !isInner(left)) left += 1;
      while (right > left && !isInner(right - 1)) right -= 1;
    }
    const row = out + y * width * 3;
    for (let x = 0; x < left; x += 1) store<u32>(row + x * 3, outer(from, stride, x, weights, beyond));
    const corner = from - stride - 3;
    for (let x = left; x < right; x += 1) {
      const place = f64x2.mul(placeOf(x), f64x2.splat(PHASES));
      const whole = i32x4.relaxed_trunc_f64x2_s_zero(place);
      const px = i32x4.extract_lane(whole, 0);
      const py = i32x4.extract_lane(whole, 1);
      const across = weights + ((px & (PHASES - 1)) << 3);
      const down = weights + ((py & (PHASES - 1)) << 3);
      const start = corner + (py >> 6) * stride + (px >> 6) * 3;
      store<u32>(
        row + x * 3,
        isNear ? near(start, stride, across, down) : inner(start, stride, across, down),
      );
    }
    for (let x = right; x < width; x += 1) store<u32>(row + x * 3, outer(from, stride, x, weights, beyond));
  }
}

/** Seen from the middles of the picture's pixels, and half a phase more: what is cut off rounds to the nearest phase. */
function placeOf(x: i32): v128 {
  const place = f64x2.add(first, f64x2.mul(step, f64x2.splat(x)));
  return f64x2.sub(
    f64x2.div(place, f64x2.splat(firstW + f64(x) * stepW)),
    f64x2.splat(0.5 - 0.5 / f64(PHASES)),
  );
}

function isInSquare(x: i32): bool {
  const at = f64x2.add(square, f64x2.mul(squareStep, f64x2.splat(x)));
  return isWithin(at, f64x2.splat(0), f64x2.splat(1));
}

/** All sixteen neighbours are in the picture. */
function isInner(x: i32): bool {
  return isInSquare(x) && isWithin(placeOf(x), f64x2.splat(1), f64x2.sub(last, f64x2.splat(2)));
}

function isSeen(x: i32): bool {
  return isInSquare(x) && isWithin(placeOf(x), f64x2.splat(-1), f64x2.add(last, f64x2.splat(1)));
}

function isWithin(value: v128, from: v128, to: v128): bool {
  return i64x2.all_true(v128.and(f64x2.ge(value, from), f64x2.le(value, to)));
}

/** `corner`: the upper left of the sixteen. Each row across, two columns in one multiplication, then down. */
function inner(corner: usize, stride: i32, across: usize, down: usize): u32 {
  const left = v128.load32_splat(across);
  const right = v128.load32_splat(across, 4);
  const sum = i32x4.add(
    i32x4.add(rowAt(corner, left, right, down), rowAt(corner + stride, left, right, down + 2)),
    i32x4.add(
      rowAt(corner + stride * 2, left, right, down + 4),
      rowAt(corner + stride * 3, left, right, down + 6),
    ),
  );
  return toBytes(sum);
}

/** The same of the middle four. */
function near(corner: usize, stride: i32, across: usize, down: usize): u32 {
  const columns = v128.load32_splat(across + 2);
  const first = corner + stride + 3;
  return toBytes(i32x4.add(pairAt(first, columns, down + 2), pairAt(first + stride, columns, down + 4)));
}

function pairAt(start: usize, columns: v128, down: usize): v128 {
  const row = v128.load64_zero(start);
  const pairs = v128.shuffle<u8>(row, row, 0, 3, 1, 4, 2, 5, 2, 5, 0, 0, 0, 0, 0, 0, 0, 0);
  return i32x4.mul(i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(pairs), columns), i32x4.splat(load<i16>(down)));
}

/** Of sums of 1/65536. */
function toBytes(sum: v128): u32 {
  const levels = i32x4.shr_s(i32x4.add(sum, i32x4.splat(32768)), 16);
  const narrow = i16x8.narrow_i32x4_s(levels, levels);
  return i32x4.extract_lane(i8x16.narrow_i16x8_u(narrow, narrow), 0);
}

function rowAt(start: usize, left: v128, right: v128, down: usize): v128 {
  const row = v128.load(start);
  const pairs = v128.shuffle<u8>(row, row, 0, 3, 1, 4, 2, 5, 2, 5, 6, 9, 7, 10, 8, 11, 8, 11);
  return i32x4.mul(
    i32x4.add(
      i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(pairs), left),
      i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(pairs), right),
    ),
    i32x4.splat(load<i16>(down)),
  );
}

/** The picture's outermost pixels stand for what would lie just beyond them. */
function outer(from: usize, stride: i32, x: i32, weights: usize, beyond: u32): u32 {
  if (!isSeen(x)) return beyond;
  const place = placeOf(x);
  const corner = f64x2.floor(place);
  const phases = f64x2.mul(f64x2.sub(place, corner), f64x2.splat(PHASES));
  const left = i32(f64x2.extract_lane(corner, 0)) - 1;
  const top = i32(f64x2.extract_lane(corner, 1)) - 1;
  const across = weights + (i32(f64x2.extract_lane(phases, 0)) << 3);
  const down = weights + (i32(f64x2.extract_lane(phases, 1)) << 3);
  const lastX = i32(f64x2.extract_lane(last, 0));
  const lastY = i32(f64x2.extract_lane(last, 1));
  let r = 32768;
  let g = 32768;
  let b = 32768;
  for (let row = 0; row < 4; row += 1) {
    const start = from + clamp(top + row, lastY) * stride;
    for (let column = 0; column < 4; column += 1) {
      const at = start + clamp(left + column, lastX) * 3;
      const weight = i32(load<i16>(down + (row << 1))) * load<i16>(across + (column << 1));
      r += weight * load<u8>(at);
      g += weight * load<u8>(at, 1);
      b += weight * load<u8>(at, 2);
    }
  }
  return clamp(r >> 16, 255) | (clamp(g >> 16, 255) << 8) | (clamp(b >> 16, 255) << 16);
}

function clamp(value: i32, last: i32): i32 {
  return value < 0 ? 0 : value > last ? last : value;
}
