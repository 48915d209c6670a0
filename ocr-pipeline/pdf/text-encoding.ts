import { hexCode, toUnicodeMap } from './to-unicode.ts';

const REPLACEMENT = 0xfffd;
/** The codes that no character of the basic plane uses: the numbers of the surrogates. */
const FIRST_SPARE = 0xd800;
const LAST_SPARE = 0xdfff;

/** What has no place in a text to be copied: controls, invisible formatting, private and unassigned characters. */
const unusable = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu;

/** NFC, without controls and invisible formatting; runs of white space become one space; a lone surrogate becomes U+FFFD. */
export function cleanText(text: string): string {
  return text.toWellFormed().normalize('NFC').replace(/\s+/gu, ' ').replace(unusable, '').trim();
}

/**
 * Character codes of the invisible text of one document: two bytes each, equal to the character's number. Characters
 * beyond the basic plane take the numbers of the surrogates, in order of appearance.
 */
export interface TextEncoding {
  /** Hexadecimal string operand, without the brackets. */
  encode(text: string): string;
  /** Number of glyphs that `encode` shows. */
  length(text: string): number;
  /** ToUnicode CMap of exactly what was encoded so far. */
  toUnicode(): string;
}

export function createTextEncoding(): TextEncoding {
  const characterOf = new Map<number, number>();
  const spareOf = new Map<number, number>();
  const codeOf = (character: number): number => {
    if (character <= 0xffff) return character;
    const known = spareOf.get(character);
    if (known !== undefined) return known;
    const next = FIRST_SPARE + spareOf.size;
    if (next > LAST_SPARE) return REPLACEMENT;
    spareOf.set(character, next);
    return next;
  };
  return {
    length: (text) => [...text].length,
    encode(text) {
      const codes = Array.from(text, (each) => {
        const character = each.codePointAt(0)!;
        const code = codeOf(character);
        characterOf.set(code, code === REPLACEMENT ? REPLACEMENT : character);
        return hexCode(code);
      });
      return codes.join('');
    },
    toUnicode: () => toUnicodeMap([...characterOf].sort(([a], [b]) => a - b)),
  };
}
