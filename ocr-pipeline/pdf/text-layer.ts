import type { Box, Line } from '../page.ts';
import { type SetLine, settingHeights } from './column-runs.ts';
import { GLYPH_ADVANCE } from './glyphless-font.ts';
import { cleanText, type TextEncoding } from './text-encoding.ts';

/** Part of the font size that lies below the base line; the font's own descent. */
const DESCENT = 0.2;
/** Narrowest space between two words, as part of the font size. */
const MIN_GAP = 0.2;
/**
 * Wider spaces than this, as part of the font size, are bridged by the last letter of the word before: readers that
 * guess columns from gaps (pdftotext) would otherwise tear a form's label from its value, and a table's row apart.
 */
const WIDE_GAP = 0.7;

export interface TextLayerPage {
  readonly lines: readonly Line[];
  /** Pixels. */
  readonly height: number;
  readonly dpi: number;
}

/**
 * Operators of the invisible text: every word stretched over its box, a space over the gap that follows it. All
 * words of a line share base line and size, so that readers put them together again as one line.
 */
export function textLayer(page: TextLayerPage, fontName: string, encoding: TextEncoding): string {
  const shown = page.lines
    .map((line) =>
      line.words.map(({ text, box }) => ({ text: cleanText(text), box })).filter(({ text }) => text !== ''),
    )
    .filter((words) => words.length > 0);
  if (shown.length === 0) return '';
  const heights = settingHeights(shown.map((words) => boundsOf(words.map(({ box }) => box))));
  const lines = shown.map((words, at) => lineOperators(words, heights[at]!, page, fontName, encoding));
  return `BT\n3 Tr\n${lines.join('\n')}\nET\n`;
}

function lineOperators(
  words: readonly { readonly text: string; readonly box: Box }[],
  height: number,
  page: TextLayerPage,
  fontName: string,
  encoding: TextEncoding,
): string {
  const points = 72 / page.dpi;
  const pixels = Math.max(1 / points, height);
  const size = pixels * points;
  const bottom = median(words.map(({ box }) => box.y + box.height));
  const baseLine = (page.height - bottom) * points + size * DESCENT;
  // Evenly spaced single letters are read as one spaced-out word: these keep the gaps that they have.
  const loose = words.every(({ text }) => encoding.length(text) === 1);
  const operators = words.map(({ text, box }, index) => {
    const next = words[index + 1]?.box;
    // Boxes of recognised words may overlap; text that runs backwards would be read as a new line.
    const room = next === undefined ? box.width : Math.max(box.width / 4, next.x - box.x - MIN_GAP * pixels);
    const width = Math.max(0.1, Math.min(box.width, room) * points);
    const gap = next === undefined ? 0 : Math.max(MIN_GAP * size, (next.x - box.x) * points - width);
    const bridge = !loose && gap > WIDE_GAP * size ? gap - MIN_GAP * size : 0;
    const show = (shown: string, wide: number) =>
      shown === '' ? '' : ` ${stretch(wide, encoding.length(shown), size)} Tz <${encoding.encode(shown)}> Tj`;
    const letters = [...text];
    const last = width / letters.length;
    return [
      `1 0 0 1 ${decimal(box.x * points)} ${decimal(baseLine)} Tm`,
      bridge === 0
        ? show(text, width)
        : show(letters.slice(0, -1).join(''), width - last) + show(letters.at(-1)!, last + bridge),
      next === undefined ? '' : show(' ', gap - bridge),
    ].join('');
  });
  return `/${fontName} ${decimal(size)} Tf ${operators.join('\n')}`;
}

/** Horizontal scaling, in percent, that makes `count` glyphs as wide as `width` points. */
function stretch(width: number, count: number, size: number): string {
  return decimal(Math.max(0.1, (width * 100_000) / (count * GLYPH_ADVANCE * size)));
}

/** Left to right, as high as most of its words. */
function boundsOf(words: readonly Box[]): SetLine {
  const x = Math.min(...words.map((box) => box.x));
  const right = Math.max(...words.map((box) => box.x + box.width));
  const height = median(words.map((box) => box.height));
  const y = median(words.map((box) => box.y + box.height)) - height;
  const narrowest = Math.min(...words.slice(1).map((box, at) => box.x - words[at]!.x));
  return { x, y, width: right - x, height, narrowest };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** PDF knows no exponents. */
function decimal(value: number): string {
  return String(Number(value.toFixed(3)));
}
