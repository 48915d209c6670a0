import { foldVietnamese } from '@motcua/core';
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
      .some((token, index) => lexicon.pairs.has(`${token.small} ${tokens[at + index + 1]!.small}`));
    // Ka Thị Điểu: no family name that is known, but a middle name.
    const hasMiddle = tokens
      .slice(at + 1, at + run - 1)
      .some(({ small }) => small === 'thị' || small === 'văn');
    if (behindLabel || hasMiddle || (hasFamily && !(isPhrase && tokens[at]!.style === 'upper'))) {
      for (let index = 0; index < Math.min(run, MAX_NAME); index += 1)
        places[at + index] = index === 0 ? 'family' : index === run - 1 ? 'given' : 'middle';
    }
    at += run - 1;
  }
  return places;
}

/** Number of capitalised words of one style from `at`, up to punctuation, a digit, a small letter. */
function runFrom(tokens: readonly Token[], at: number): number {
  const first = tokens[at]!;
  let end = at;
  while (end < tokens.length) {
    const token = tokens[end]!;
    if (token.style !== 'upper' && token.style !== 'title') break;
    if (end > at && (token.style !== first.style || token.lead !== '' || token.line !== first.line)) break;
    end += 1;
    if (token.tail !== '') break;
  }
  return end - at;
}

function isBehindLabel(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  if (before === undefined || before.style === 'other') return false;
  const second = tokens[at - 2];
  const last = foldVietnamese(before.core);
  const lastTwo = `${foldVietnamese(second?.core ?? '')} ${last}`;
  return LABEL_ENDS.has(last) || LABEL_ENDS.has(lastTwo);
}

/**
 * What a word of a name may have been misread from. A legal name never turns into another, but for two that the
 * engine is known to lose marks in and that hardly exist without: the family name NGUYÊN and the middle name THI.
 */
export function nameCandidates(
  token: Token,
  place: Exclude<NamePlace, null>,
  hasTones: boolean,
  lexicon: Lexicon,
): readonly string[] {
  const syllable = takeApart(token.small);
  if (isLegal(syllable)) {
    if (
      place === 'family' &&
      /^nguy[êe]n$/.test(syllable.letters) &&
      syllable.tone === '' &&
      token.confidence < 80
    )
      return ['nguyễn'];
    return place === 'middle' && token.small === 'thi' && hasTones && token.confidence < 85 ? ['thị'] : [];
  }
  const fits = lexicon
    .near(syllable.letters)
    .filter(({ word }) => (place === 'family' ? lexicon.familyNames : lexicon.nameWords).has(word))
    .filter(({ word }) => foldVietnamese(word) === foldVietnamese(token.small));
  return fits.length === 1 ? [fits[0]!.word] : [];
}
