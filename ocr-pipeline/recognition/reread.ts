import { type Component, findComponents } from '../imaging/components.ts';
import type { Grey } from '../imaging/image.ts';
import type { Box, Line, Word } from '../page.ts';
import type { RecognitionEngine } from './engine.ts';

const INK = 150;
const MIN_LETTERS = 3;
const MAX_REGIONS = 10;
const SURE = 65;

/**
 * Layout analysis now and then drops a word or a whole block. Letters outside every recognised box are cut out line by
 * line and read again; what comes out surely joins the line that it stands in, or becomes a line of its own.
 */
export async function rereadUncovered(
  image: Grey,
  dpi: number,
  lines: readonly Line[],
  engine: RecognitionEngine,
): Promise<readonly Line[]> {
  let all = lines;
  for (const region of uncoveredRegions(image, dpi, lines).slice(0, MAX_REGIONS)) {
    const reading = await engine.read(crop(image, region), { singleBlock: true });
    // The page was read; what this second look would have added is not worth losing it.
    if (!reading.ok) continue;
    for (const line of reading.value.lines) {
      const words = line.words
        .filter((word) => word.confidence >= SURE && /[\p{L}\p{N}]/u.test(word.text))
        .map((word) => ({
          ...word,
          box: { ...word.box, x: word.box.x + region.x, y: word.box.y + region.y },
        }))
        .filter((word) => !all.some((known) => known.words.some((other) => overlaps(other.box, word.box))));
      if (words.reduce((sum, word) => sum + word.text.length, 0) >= 2) all = insert(all, words);
    }
  }
  return all;
}

function uncoveredRegions(image: Grey, dpi: number, lines: readonly Line[]): readonly Box[] {
  const mm = dpi / 25.4;
  const covered = new Uint8Array(image.width * image.height);
  for (const line of lines)
    for (const { box } of line.words)
      for (let y = Math.max(0, box.y - 2); y < Math.min(image.height, box.y + box.height + 2); y += 1)
        covered.fill(
          1,
          y * image.width + Math.max(0, box.x - 2),
          y * image.width + Math.min(image.width, box.x + box.width + 2),
        );
  const letters = findComponents(image, INK).components.filter(
    (part) =>
      part.height >= 1.1 * mm &&
      part.height <= 7 * mm &&
      part.width >= 0.4 * mm &&
      part.width <= 12 * mm &&
      part.area >= 0.15 * part.width * part.height &&
      covered[Math.floor(part.y + part.height / 2) * image.width + Math.floor(part.x + part.width / 2)] === 0,
  );
  const pad = Math.round(0.9 * mm);
  return rowsOf(letters)
    .filter((row) => row.length >= MIN_LETTERS)
    .map((row) => {
      const x = Math.max(0, Math.min(...row.map((part) => part.x)) - pad);
      const y = Math.max(0, Math.min(...row.map((part) => part.y)) - pad);
      const right = Math.min(image.width, Math.max(...row.map((part) => part.x + part.width)) + pad);
      const bottom = Math.min(image.height, Math.max(...row.map((part) => part.y + part.height)) + pad);
      return { x, y, width: right - x, height: bottom - y };
    });
}

/** Letters side by side, at most one and a half heights apart. */
function rowsOf(letters: readonly Component[]): readonly (readonly Component[])[] {
  const rows: Component[][] = [];
  for (const letter of [...letters].sort((a, b) => a.x - b.x)) {
    const row = rows.find((candidate) => {
      const last = candidate.at(-1)!;
      const gap = letter.x - last.x - last.width;
      const overlap = Math.min(letter.y + letter.height, last.y + last.height) - Math.max(letter.y, last.y);
      const lower = Math.min(letter.height, last.height);
      return gap < 1.5 * Math.max(letter.height, last.height) && overlap > 0.4 * lower;
    });
    if (row === undefined) rows.push([letter]);
    else row.push(letter);
  }
  // Most letters first: a dropped line matters more than a scrap.
  return rows.sort((a, b) => b.length - a.length);
}

function crop(image: Grey, box: Box): Grey {
  const data = new Uint8Array(box.width * box.height);
  for (let y = 0; y < box.height; y += 1) {
    const from = (box.y + y) * image.width + box.x;
    data.set(image.data.subarray(from, from + box.width), y * box.width);
  }
  return { width: box.width, height: box.height, data };
}

function overlaps(one: Box, other: Box): boolean {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return width > 0.3 * Math.min(one.width, other.width) && height > 0.3 * Math.min(one.height, other.height);
}

function insert(lines: readonly Line[], words: readonly Word[]): readonly Line[] {
  const span = spanOf(words);
  const home = lines.findIndex((line) => {
    const other = spanOf(line.words);
    const level = Math.abs(span.middle - other.middle) < 0.4 * Math.max(span.height, other.height);
    const gap = Math.max(span.left - other.right, other.left - span.right);
    return level && gap < 3 * other.height;
  });
  if (home >= 0)
    return lines.map((line, at) =>
      at === home ? { words: [...line.words, ...words].sort((a, b) => a.box.x - b.box.x) } : line,
    );
  const below = lines.findIndex((line) => {
    const other = spanOf(line.words);
    return other.middle > span.middle && other.left < span.right && other.right > span.left;
  });
  const at = below < 0 ? lines.length : below;
  return [...lines.slice(0, at), { words }, ...lines.slice(at)];
}

function spanOf(words: readonly Word[]) {
  const top = Math.min(...words.map((word) => word.box.y));
  const bottom = Math.max(...words.map((word) => word.box.y + word.box.height));
  return {
    left: Math.min(...words.map((word) => word.box.x)),
    right: Math.max(...words.map((word) => word.box.x + word.box.width)),
    middle: (top + bottom) / 2,
    height: bottom - top,
  };
}
