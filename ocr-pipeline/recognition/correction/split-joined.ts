import type { Line, Word } from '../../page.ts';
import { type Lexicon, sharedLexicon } from './lexicon.ts';
import { isLegal, takeApart } from './syllable.ts';

const JOINED = /^(\p{L}[\p{L}\p{M}]+)([^\p{L}\p{M}\p{N}]*)$/u;
const SHORTEST = 2;
const LONGEST = 13;

/** Two syllables between which the engine saw no gap (`cánhân:`) become two words where the lexicon has the pair. */
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
  for (let at = SHORTEST; at <= core.length - SHORTEST; at += 1) {
    if (!lexicon.pairs.has(`${small.slice(0, at)} ${small.slice(at)}`)) continue;
    // Letters are about as wide as one another: the box is divided by their number.
    const width = Math.max(1, Math.round((word.box.width * at) / word.text.length));
    return [
      { ...word, text: core.slice(0, at), box: { ...word.box, width } },
      {
        ...word,
        text: core.slice(at) + tail,
        box: { ...word.box, x: word.box.x + width, width: Math.max(1, word.box.width - width) },
      },
    ];
  }
  return [word];
}
