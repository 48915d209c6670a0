import type { Line, Word } from '../../page.ts';
import { type Lexicon, sharedLexicon } from './lexicon.ts';
import { canonical, isLegal, takeApart } from './syllable.ts';

const JOINED = /^(\p{L}[\p{L}\p{M}]+)([^\p{L}\p{M}\p{N}]*)$/u;
const SHORTEST = 2;
const LONGEST = 24;
const MOST_PIECES = 4;

/**
 * Syllables between which the engine saw no gap (`cánhân:`, `củachủhộ:`) become words of their own where the lexicon has
 * them, and at least every other two of them side by side.
 */
export function splitJoined(lines: readonly Line[], lexicon: Lexicon = sharedLexicon()): readonly Line[] {
  return lines.map((line) => {
    const words = line.words.flatMap((word) => split(word, lexicon));
    return words.length === line.words.length ? line : { ...line, words };
  });
}

function split(word: Word, lexicon: Lexicon): readonly Word[] {
  const [, core = '', tail = ''] = JOINED.exec(word.text) ?? [];
  const small = core.toLowerCase();
  if (core.length < 2 * SHORTEST || core.length > LONGEST || isLegal(takeApart(small))) return [word];
  const pieces = piecesOf(small, lexicon);
  if (pieces === undefined || lexicon.foreign.has(small)) return [word];
  let from = 0;
  return pieces.map((piece, index) => {
    // Letters are about as wide as one another: the box is divided by their number.
    const at = (letters: number) => Math.round((word.box.width * letters) / word.text.length);
    const isLast = index === pieces.length - 1;
    const text = core.slice(from, from + piece.length) + (isLast ? tail : '');
    const x = word.box.x + at(from);
    const width = Math.max(1, (isLast ? word.box.width : at(from + piece.length)) - at(from));
    from += piece.length;
    return { ...word, text, box: { ...word.box, x, width } };
  });
}

/** The fewest words that spell `text`; undefined if none do, or none that belong together. */
function piecesOf(text: string, lexicon: Lexicon): readonly string[] | undefined {
  let ways: (readonly string[])[] = [[]];
  for (let count = 1; count <= MOST_PIECES; count += 1) {
    ways = ways.flatMap((pieces) => {
      const rest = text.slice(pieces.join('').length);
      return Array.from({ length: Math.max(0, rest.length - SHORTEST + 1) }, (_, at) =>
        rest.slice(0, at + SHORTEST),
      )
        .filter((piece) => piece.length <= 7 && lexicon.words.has(canonical(takeApart(piece))))
        .map((piece) => [...pieces, piece]);
    });
    const whole = ways.find((pieces) => pieces.join('') === text && belong(pieces, lexicon));
    if (whole !== undefined && count > 1) return whole;
  }
  return undefined;
}

function belong(pieces: readonly string[], lexicon: Lexicon): boolean {
  const keys = pieces.map((piece) => canonical(takeApart(piece)));
  const pairs = keys.slice(1).filter((key, at) => lexicon.pairs.has(`${keys[at]} ${key}`)).length;
  return pairs >= (pieces.length - 1) / 2;
}
