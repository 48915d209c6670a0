import type { Line, Word } from '../../page.ts';
import { bare, confusionCost } from './confusion.ts';
import { type Lexicon, sharedLexicon } from './lexicon.ts';
import { findNames, type NamePlace, nameCandidates } from './names.ts';
import { isLegal, type Syllable, takeApart, tonePlaces } from './syllable.ts';
import { type Token, tokensOf, written } from './tokens.ts';

/** A legal syllable read with this confidence stays, whatever stands around it. */
const SURE = 92;
/** Candidates that cost more are another word, not a misread one. */
const MOST_COST = 6.5;
const MOST_CANDIDATES = 6;

/** Scores, added up along a page: higher is likelier. */
const PAIR = 4;
const FREQUENT = 2;
const UNKNOWN = -2.5;
const ILLEGAL = -9;
/** What speaks for leaving a word alone: capitals may be the name of anything. */
const STAY = { lower: 1.5, title: 3, upper: 2 } as const;
/** In the lexicon's pairs: anything with a digit. */
const NUMBER = '#';

interface Choice {
  /** In the lexicon's spelling. */
  readonly word: string;
  readonly score: number;
}

/**
 * Mends what recognition misread, by what Vietnamese has and what such papers say: of the syllables that look like a
 * doubtful one, the sequence that is likeliest over the page (Viterbi over pairs). Pure; words stay as many, with their
 * boxes; a changed one keeps in `read` what the engine had read.
 *
 * Never touched: words with digits, abbreviations, legal syllables that the engine was sure of, legal names of people
 * (two losses of marks excepted, see `nameCandidates`).
 */
export function correctLines(lines: readonly Line[], lexicon: Lexicon = sharedLexicon()): readonly Line[] {
  const tokens = tokensOf(lines);
  const chosen = likeliest(choicesOf(tokens, lexicon), tokens, lexicon);
  let at = -1;
  return lines.map((line) => {
    let changed = false;
    const words = line.words.map((word): Word => {
      at += 1;
      const token = tokens[at]!;
      const small = chosen[at]!;
      if (token.style === 'other' || (small === token.key && !isMisplaced(token))) return word;
      changed = true;
      const text = token.lead + written(small, token.style) + token.tail;
      return { ...word, text, read: word.read ?? word.text };
    });
    return changed ? { ...line, words } : line;
  });
}

function choicesOf(tokens: readonly Token[], lexicon: Lexicon): readonly (readonly Choice[])[] {
  const names = findNames(tokens, lexicon);
  return tokens.map((token, at) => {
    const asRead = { word: token.hasDigit ? NUMBER : token.key, score: 0 };
    if (token.style === 'other' || lexicon.foreign.has(token.small)) return [asRead];
    const place = names[at] ?? null;
    if (place === null)
      return besideForeign(tokens, at, lexicon) ? [asRead] : ordinaryChoices(token, lexicon);
    const [mended] = nameCandidates(token, place, lexicon);
    return [mended !== undefined && hasOtherTones(tokens, names, at) ? { word: mended, score: 0 } : asRead];
  });
}

/** A name printed without any mark (in English, in a machine's line) gets none. */
function hasOtherTones(tokens: readonly Token[], names: readonly NamePlace[], at: number): boolean {
  const hasMarks = (index: number) => tokens[index]!.small !== bare(tokens[index]!.small);
  for (let index = at - 1; index >= 0 && names[index]; index -= 1) if (hasMarks(index)) return true;
  for (let index = at + 1; index < tokens.length && names[index]; index += 1)
    if (hasMarks(index)) return true;
  return false;
}

/** In the second language of a card, a misread word stays: it would become some Vietnamese one. */
function besideForeign(tokens: readonly Token[], at: number, lexicon: Lexicon): boolean {
  return [tokens[at - 1], tokens[at + 1]].some(
    (other) =>
      other?.line === tokens[at]!.line && lexicon.foreign.has(other.small) && !lexicon.words.has(other.key),
  );
}

function ordinaryChoices(token: Token, lexicon: Lexicon): readonly Choice[] {
  const read = takeApart(token.small);
  const legal = isLegal(read);
  const asRead: Choice = {
    word: token.key,
    score:
      STAY[stayAs(token)] +
      (lexicon.frequent.has(token.key) ? FREQUENT : 0) +
      worth(token.key, read, token.confidence, lexicon),
  };
  if (legal && token.confidence >= SURE) return [asRead];
  if (isMisplaced(token)) return [asRead];
  if (isAbbreviation(token)) return [asRead];
  const doubt = 0.5 + token.confidence / 100;
  const candidates = lexicon
    .near(read.letters)
    .filter(({ word }) => word !== token.key)
    .map(({ word, syllable }) => ({
      word,
      score:
        worth(word, syllable, token.confidence, lexicon) - doubt * confusionCost(read, syllable, MOST_COST),
    }))
    .filter(({ score }) => score > -MOST_COST * doubt - 1)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST_CANDIDATES);
  return [asRead, ...candidates];
}

function stayAs(token: Token): keyof typeof STAY {
  if (token.style === 'upper') return 'upper';
  return token.style === 'title' && !token.begins ? 'title' : 'lower';
}

/** Tone on a letter that cannot carry it (tóan): the syllable is clear, only its writing is not. */
function isMisplaced(token: Token): boolean {
  const { letters, tone, at } = takeApart(token.small);
  if (at < 0 || token.style === 'other' || token.confidence >= SURE) return false;
  return isLegal({ letters, tone, at }) && !tonePlaces(letters).includes(at);
}

function worth(word: string, syllable: Syllable, confidence: number, lexicon: Lexicon): number {
  if (lexicon.words.has(word)) return 0;
  if (isLegal(syllable)) return UNKNOWN;
  // Foreign words are read with confidence; a doubtful illegal one is a misreading.
  return ILLEGAL * (1.15 - confidence / 100);
}

/** VT, UBND, TTr: capitals without a vowel, and lone letters. */
function isAbbreviation(token: Token): boolean {
  return (
    token.core.length < 2 ||
    !/[aeiouy]/.test(bare(token.small)) ||
    (token.style === 'upper' && token.core.length < 3 && token.small === bare(token.small))
  );
}

function likeliest(
  choices: readonly (readonly Choice[])[],
  tokens: readonly Token[],
  lexicon: Lexicon,
): readonly string[] {
  let totals: number[] = [];
  const back: number[][] = [];
  choices.forEach((here, at) => {
    const before = choices[at - 1] ?? [];
    const mayPair = at > 0 && goesOn(tokens[at - 1]!, tokens[at]!);
    const from: number[] = [];
    totals = here.map(({ word, score }) => {
      let best = 0;
      let bestTotal = before.length === 0 ? 0 : Number.NEGATIVE_INFINITY;
      before.forEach((earlier, index) => {
        const isPair = mayPair && lexicon.pairs.has(`${earlier.word} ${word}`);
        const total = totals[index]! + (isPair ? PAIR : 0);
        if (total > bestTotal) {
          best = index;
          bestTotal = total;
        }
      });
      from.push(best);
      return bestTotal + score;
    });
    back.push(from);
  });
  const chosen: string[] = [];
  let index = totals.indexOf(Math.max(...totals));
  for (let at = choices.length - 1; at >= 0; at -= 1) {
    chosen[at] = choices[at]![index]!.word;
    index = back[at]![index]!;
  }
  return chosen;
}

/**
 * A phrase may run over the end of a line only in running text; a number says nothing about a capitalised word, which
 * may be the name in the next cell of a table.
 */
function goesOn(before: Token, here: Token): boolean {
  if (before.line !== here.line) return here.style === 'lower' && here.lead === '';
  if (before.hasDigit) return stayAs(here) !== 'title';
  return !(here.hasDigit && stayAs(before) === 'title');
}
