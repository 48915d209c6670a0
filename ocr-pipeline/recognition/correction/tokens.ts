import type { Line, Word } from '../../page.ts';
import { canonical, takeApart } from './syllable.ts';

/** How a word is written: `other` is what no correction touches (digits, abbreviations with dots, lone marks). */
export type Style = 'lower' | 'title' | 'upper' | 'other';

/** H'Nguôm, K’Brếp: part of a name though not taken apart. */
const MINORITY_NAME = /^\p{Lu}['’]\p{L}[\p{L}\p{M}]*[,;.]?$/u;

/** A word, as the engine read it, taken apart into punctuation, letters, punctuation. */
export interface Token {
  readonly lead: string;
  readonly core: string;
  readonly tail: string;
  /** `core` in small letters, NFC. */
  readonly small: string;
  /** `small` in the lexicon's spelling. */
  readonly key: string;
  readonly style: Style;
  readonly hasDigit: boolean;
  /** `other`, but a name of its own. */
  readonly isMinorityName: boolean;
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
      const before = words[at - 1] && readingOf(words[at - 1]!);
      tokens.push(tokenOf(word, line, before === undefined || /(?:[.:;]|^[-+•*]|\d[.)])$/.test(before)));
    });
  });
  return tokens;
}

function tokenOf(word: Word, line: number, begins: boolean): Token {
  const [, lead = '', core = '', tail = ''] = PARTS.exec(readingOf(word).normalize('NFC')) ?? [];
  const style = core === '' || [...core].length > MAX_CORE ? 'other' : styleOf(core);
  const hasDigit = /\p{N}/u.test(readingOf(word));
  return {
    lead,
    core,
    tail,
    small: core.toLowerCase(),
    key: canonical(takeApart(core.toLowerCase())),
    style,
    hasDigit,
    isMinorityName: MINORITY_NAME.test(readingOf(word)),
    confidence: word.confidence,
    line,
    begins,
  };
}

/** What was corrected once starts from its reading again: correcting twice changes nothing. */
function readingOf({ read, text }: Word): string {
  return read ?? text;
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
