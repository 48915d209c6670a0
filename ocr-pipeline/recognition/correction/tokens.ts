import type { Line, Word } from '../../page.ts';

/** How a word is written: `other` is what no correction touches (digits, abbreviations with dots, lone marks). */
export type Style = 'lower' | 'title' | 'upper' | 'other';

/** A word taken apart into punctuation, letters, punctuation. */
export interface Token {
  readonly lead: string;
  readonly core: string;
  readonly tail: string;
  /** `core` in small letters, NFC. */
  readonly small: string;
  readonly style: Style;
  readonly hasDigit: boolean;
  readonly confidence: number;
  /** Index of its line. */
  readonly line: number;
  /** First of its line, or behind the end of a sentence or a colon: capitals mean nothing there. */
  readonly begins: boolean;
}

const PARTS = /^([^\p{L}\p{M}\p{N}]*)(\p{L}[\p{L}\p{M}]*)([^\p{L}\p{M}\p{N}]*)$/u;
/** The longest syllable, nghiêng, with a letter to spare. */
const MAX_CORE = 8;

export function tokensOf(lines: readonly Line[]): readonly Token[] {
  const tokens: Token[] = [];
  lines.forEach(({ words }, line) => {
    words.forEach((word, at) => {
      const before = words[at - 1]?.text;
      tokens.push(tokenOf(word, line, before === undefined || /(?:[.:;]|^[-+•*]|\d[.)])$/.test(before)));
    });
  });
  return tokens;
}

function tokenOf(word: Word, line: number, begins: boolean): Token {
  const [, lead = '', core = '', tail = ''] = PARTS.exec(word.text.normalize('NFC')) ?? [];
  const style = core === '' || [...core].length > MAX_CORE ? 'other' : styleOf(core);
  const hasDigit = /\p{N}/u.test(word.text);
  return {
    lead,
    core,
    tail,
    small: core.toLowerCase(),
    style,
    hasDigit,
    confidence: word.confidence,
    line,
    begins,
  };
}

function styleOf(core: string): Style {
  const small = core.toLowerCase();
  if (core === small) return 'lower';
  if (core === core.toUpperCase()) return [...core].length === 1 ? 'title' : 'upper';
  const capitals = [...core].filter((letter) => letter !== letter.toLowerCase()).length;
  if (capitals === 1 && core[0] !== small[0]) return 'title';
  // iPhone, TTr: nobody knows how these are meant.
  return 'other';
}

/** The word in small letters written as `style` has it. */
export function written(small: string, style: Style): string {
  if (style === 'upper') return small.toUpperCase();
  return style === 'title' ? small[0]!.toUpperCase() + small.slice(1) : small;
}
