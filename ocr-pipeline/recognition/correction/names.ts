import { foldVietnamese } from '@motcua/core';
import { bare, confusionCost } from './confusion.ts';
import type { Lexicon } from './lexicon.ts';
import { isLegal, takeApart } from './syllable.ts';
import type { Token } from './tokens.ts';

/** Where in a name a word stands; null: in none. */
export type NamePlace = 'family' | 'middle' | 'given' | null;

/** What stands right before a name: the last words of its label. */
const LABEL_ENDS = new Set(
  'ten|ten la|ho ten|nguoi yeu cau|nguoi me|nguoi cha|nguoi chet|nguoi con|chu ho|ong|ba|vo|chong|khai sinh|full name|cho'.split(
    '|',
  ),
);
const MAX_NAME = 6;
const DOUBTFUL = 80;
/** A reading that cannot be spelt may still be right (Blơm, Kpă) when it was read as surely as this. */
const SURE_OF_FOREIGN = 85;
/** Of confusion: one mark and the tone; by how much another name must be less likely. */
const MARKS_ONLY = 3;
const CLEAR = 1;

/**
 * Finds the names of people: capitalised words behind a label's end or form of address, or beginning with a family
 * name. What is found is protected; when in doubt it is a name.
 */
export function findNames(tokens: readonly Token[], lexicon: Lexicon): readonly NamePlace[] {
  const families = new Set([...lexicon.familyNames].map(foldVietnamese));
  const places: NamePlace[] = tokens.map(() => null);
  for (let at = 0; at < tokens.length; at += 1) {
    const run = runFrom(tokens, at);
    if (run === 0) continue;
    const behindLabel = isBehindLabel(tokens, at);
    const hasFamily = families.has(foldVietnamese(tokens[at]!.core)) && run >= 2 && run <= MAX_NAME;
    const isPhrase = tokens
      .slice(at, at + run - 1)
      .some((token, index) => lexicon.pairs.has(`${token.key} ${tokens[at + index + 1]!.key}`));
    // Ka Thị Điểu: no family name that is known, but a middle name.
    const hasMiddle = tokens
      .slice(at + 1, at + run - 1)
      .some(({ small }) => small === 'thị' || small === 'văn');
    const isMinority = tokens[at]!.isMinorityName;
    if (
      behindLabel ||
      hasMiddle ||
      isMinority ||
      (hasFamily && !(isPhrase && tokens[at]!.style === 'upper'))
    ) {
      // Ông Nguyên, Nguyên quán: no family name, whatever it looks like.
      const isFull = run >= 2 && !lexicon.pairs.has(`${tokens[at]!.key} ${tokens[at + 1]!.key}`);
      for (let index = 0; index < Math.min(run, MAX_NAME); index += 1)
        places[at + index] = index === 0 && isFull ? 'family' : index === run - 1 ? 'given' : 'middle';
    }
    at += run - 1;
  }
  return places;
}

/** Number of capitalised words of one style from `at`, up to punctuation, a digit, a small letter. */
function runFrom(tokens: readonly Token[], at: number): number {
  const { line } = tokens[at]!;
  let style: Token['style'] | undefined;
  let end = at;
  for (; end < tokens.length; end += 1) {
    const token = tokens[end]!;
    const isCapital = token.style === 'upper' || token.style === 'title' || token.isMinorityName;
    if (!isCapital || token.line !== line || (end > at && token.lead !== '')) break;
    // One letter (Y Blơm, Ô Môn) and H'Nguôm are of either style.
    if (token.style !== 'other' && token.core.length > 1) {
      if (style !== undefined && token.style !== style) break;
      style = token.style;
    }
    if (token.tail !== '') return end + 1 - at;
  }
  return end - at;
}

function isBehindLabel(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  if (before === undefined || before.core === '') return false;
  const second = tokens[at - 2];
  const last = foldVietnamese(before.core);
  const lastTwo = `${foldVietnamese(second?.core ?? '')} ${last}`;
  return LABEL_ENDS.has(last) || LABEL_ENDS.has(lastTwo);
}

/**
 * What a word of a name must have been; empty: what was read. A legal name never turns into another, but for two that
 * the engine is known to lose marks in and that hardly exist without: the family name NGUYÊN and the middle name THI.
 */
export function nameCandidates(
  token: Token,
  place: Exclude<NamePlace, null>,
  lexicon: Lexicon,
): readonly string[] {
  const syllable = takeApart(token.small);
  if (isLegal(syllable)) {
    if (place === 'family' && token.key === 'nguyên' && token.confidence < DOUBTFUL) return ['nguyễn'];
    return place === 'middle' && token.key === 'thi' && token.confidence < DOUBTFUL ? ['thị'] : [];
  }
  if (token.confidence >= SURE_OF_FOREIGN) return [];
  const [best, second] = lexicon
    .near(syllable.letters)
    .filter(({ word }) => (place === 'family' ? lexicon.familyNames : lexicon.nameWords).has(word))
    .map(({ word, syllable: printed }) => ({ word, cost: confusionCost(syllable, printed, MARKS_ONLY) }))
    .filter(({ cost }) => cost <= MARKS_ONLY)
    .sort((a, b) => a.cost - b.cost);
  const isClear = best !== undefined && (second === undefined || second.cost >= best.cost + CLEAR);
  return isClear && bare(best.word) === bare(token.key) ? [best.word] : [];
}
