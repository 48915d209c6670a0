import type { Grey } from './image.ts';

const INK = 180;
const PALE_INK = 205;
/** Pixels. */
const MAX_BREAK = 1;
/** Millimetres. Shorter strokes may be letters (a 22-point H is 5 mm high, a dash 6 mm long). */
const MIN_ACROSS = 8;
const MIN_CELL = 3.2;
const MAX_THICKNESS = 0.7;

/**
 * Removes the printed rules of tables, underlines and digit boxes, which recognition reads as `|`, `[` and `1`. A
 * vertical stroke counts as a rule only between two horizontal ones: letters' stems never do. Expects a deskewed page
 * with evened light.
 */
export function removeRules(image: Grey, dpi: number): Grey {
  const mm = dpi / 25.4;
  // Whole words, so that `whiten` can pass over what is unmarked four pixels at a time.
  const rule = new Uint8Array((image.data.length + 3) & ~3);
  if (markAcross(image, rule, MIN_ACROSS * mm, MAX_THICKNESS * mm) === 0) return image;
  markDown(image, rule, MIN_CELL * mm, Math.ceil(MAX_THICKNESS * mm));
  return whiten(image, rule);
}

function continues(data: Uint8Array, row: number, x: number, width: number): boolean {
  for (let ahead = x + 1; ahead <= x + MAX_BREAK && ahead < width; ahead += 1)
    if (data[row + ahead]! < INK) return true;
  return false;
}

const ACROSS = 1;
const DOWN = 2;

const WHITE = 0xffffffff;

/** The same bytes, four in one number; nothing when they do not begin at a multiple of four. */
function wordsOf(data: Uint8Array): Uint32Array {
  return data.byteOffset % 4 === 0
    ? new Uint32Array(data.buffer, data.byteOffset, data.length >> 2)
    : new Uint32Array();
}

function markAcross(image: Grey, rule: Uint8Array, minLength: number, maxThickness: number): number {
  const { width, height, data } = image;
  const words = wordsOf(data);
  let marked = 0;
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    for (let x = 0; x < width; ) {
      if (data[row + x]! >= INK) {
        x += 1;
        // Most of a page is white: four pixels at a time.
        while (((row + x) & 3) === 0 && x < width && words[(row + x) >> 2] === WHITE) x += 4;
        continue;
      }
      // Thin rules come out of a scanner uneven: paler stretches do not end them.
      let start = x;
      while (start > 0 && data[row + start - 1]! < PALE_INK) start -= 1;
      while (x < width && (data[row + x]! < PALE_INK || continues(data, row, x, width))) x += 1;
      if (x - start < minLength || !isThin(image, start, x, y, maxThickness)) continue;
      rule.fill(ACROSS, row + start, row + x);
      marked += x - start;
    }
  }
  return marked;
}

/** Paper above or below within the greatest thickness, at most places: a black border or a photograph is no rule. */
function isThin(image: Grey, from: number, to: number, y: number, maxThickness: number): boolean {
  const { width, height, data } = image;
  let thin = 0;
  let looks = 0;
  for (let x = from; x < to; x += 3) {
    let up = y;
    while (up > 0 && y - up <= maxThickness + 1 && data[up * width + x]! < PALE_INK) up -= 1;
    let down = y;
    while (down < height - 1 && down - up <= maxThickness + 2 && data[down * width + x]! < PALE_INK)
      down += 1;
    looks += 1;
    // A gap is no rule either: rows through small print are full of them.
    const span = down - up - 1;
    if (span >= 1 && span <= maxThickness) thin += 1;
  }
  return thin >= looks * 0.85;
}

/** From every horizontal rule downwards, while there is ink, to the next one. */
function markDown(image: Grey, rule: Uint8Array, minLength: number, reach: number): void {
  const { width, height, data } = image;
  for (let y = 0; y < height - 1; y += 1) {
    if (!rule.subarray(y * width, (y + 1) * width).includes(ACROSS)) continue;
    for (let x = 0; x < width; x += 1) {
      if (rule[y * width + x] !== ACROSS || rule[(y + 1) * width + x] === ACROSS) continue;
      let end = y + 1;
      while (end < height && data[end * width + x]! < INK && rule[end * width + x] !== ACROSS) end += 1;
      if (end - y < minLength || end >= height) continue;
      if (!nearRule(rule, width, height, x, end, reach)) continue;
      for (let at = y + 1; at < end; at += 1) rule[at * width + x] = DOWN;
    }
  }
}

function nearRule(
  rule: Uint8Array,
  width: number,
  height: number,
  x: number,
  y: number,
  reach: number,
): boolean {
  for (let at = y - 1; at <= Math.min(height - 1, y + reach); at += 1)
    if (rule[at * width + x] === ACROSS) return true;
  return false;
}

function whiten(image: Grey, rule: Uint8Array): Grey {
  const { width, height, data } = image;
  const out = data.slice();
  const words = new Uint32Array(rule.buffer);
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      if ((at & 3) === 0 && words[at >> 2] === 0) {
        x += 3;
        continue;
      }
      const kind = rule[at]!;
      if (kind === 0) continue;
      out[at] = 255;
      // The soft edge beside the rule goes too; where a letter touches it, its ink is dark and stays.
      const step = kind === ACROSS ? width : 1;
      for (const beside of [at - step, at + step, at - 2 * step, at + 2 * step])
        if (rule[beside] === 0 && (data[beside]! > 90 || isFringe(data, rule, beside, step)))
          out[beside] = 255;
    }
  return { width, height, data: out };
}

/** Dark, but paper behind it: the rule's own edge, not the foot of a letter. */
function isFringe(data: Uint8Array, rule: Uint8Array, at: number, step: number): boolean {
  const before = at - step;
  const behind = at + step;
  return (
    (rule[before] !== 0 && (data[behind] ?? 255) >= INK) ||
    (rule[behind] !== 0 && (data[before] ?? 255) >= INK)
  );
}
