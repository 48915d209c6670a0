import type { SlipFonts, SlipWeight } from './slip-fonts.ts';

/** No single text of a slip is longer; names and titles come from outside. */
export const MAX_TEXT_LENGTH = 600;

const NOT_PRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu;
/** Shown for a letter that the typeface lacks. */
const REPLACEMENT = '?';

/**
 * Makes any string printable: composed (NFC), without control and invisible characters, at most
 * `MAX_TEXT_LENGTH` letters; line feeds stay; letters without a glyph become `?`.
 */
export function printableText(text: string, fonts: Pick<SlipFonts, 'hasGlyph'>): string {
  const lines = text
    // Composing can only shorten; the margin keeps a text of nothing but marks from costing time.
    .slice(0, MAX_TEXT_LENGTH * 4)
    .normalize('NFC')
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/\t/g, ' ').replace(NOT_PRINTABLE, ''));
  const letters = [...lines.join('\n')];
  const capped = letters.length > MAX_TEXT_LENGTH ? [...letters.slice(0, MAX_TEXT_LENGTH - 1), '…'] : letters;
  return capped
    .map((letter) => (letter === '\n' || fonts.hasGlyph(letter.codePointAt(0)!) ? letter : REPLACEMENT))
    .join('');
}

export interface TextLine {
  readonly text: string;
  /** In em. */
  readonly width: number;
}

/**
 * Breaks a text into lines of at most `maxWidth` em. Breaks at spaces (not at no-break spaces); a word wider than a
 * line is broken between letters. Never drops a letter.
 */
export function wrapText(
  text: string,
  maxWidth: number,
  weight: SlipWeight,
  width: (text: string, weight: SlipWeight) => number,
): TextLine[] {
  const space = width(' ', weight);
  const lines: TextLine[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    let used = 0;
    const flush = () => {
      lines.push({ text: line, width: used });
      line = '';
      used = 0;
    };
    for (const word of paragraph.split(' ').filter((part) => part !== '')) {
      for (const part of partsOf(word, maxWidth, weight, width)) {
        const partWidth = width(part, weight);
        if (line !== '' && used + space + partWidth > maxWidth) flush();
        used += (line === '' ? 0 : space) + partWidth;
        line += (line === '' ? '' : ' ') + part;
      }
    }
    flush();
  }
  return lines;
}

function partsOf(
  word: string,
  maxWidth: number,
  weight: SlipWeight,
  width: (text: string, weight: SlipWeight) => number,
): string[] {
  if (width(word, weight) <= maxWidth) return [word];
  const parts: string[] = [];
  let part = '';
  for (const letter of word) {
    if (part !== '' && width(part + letter, weight) > maxWidth) {
      parts.push(part);
      part = '';
    }
    part += letter;
  }
  return [...parts, part];
}
