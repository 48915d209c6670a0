/**
 * What the letters of a Vietnamese text can be, for telling a text from its damage.
 * Latin letters only; ª and º are Latin by Unicode, but no name holds them and mojibake is full of them.
 */
export const LETTER = /^(?![ªº])[\p{Script=Latin}\p{M}]$/u;

const ALPHABET = /^[a-zA-ZăâđêôơưĂÂĐÊÔƠƯĕĭŏčñƀŭĔĬŎČÑɃŬ]$/;
const TONE = /[\u0300\u0301\u0303\u0309\u0323]/g;

/** A letter of the Vietnamese alphabet with at most one tone, or of the Central Highlands' languages (ĭ ŏ ĕ č ñ ƀ ê̆). */
export function isVietnameseLetter(letter: string): boolean {
  const base = letter.normalize('NFD').replace(TONE, '').normalize('NFC');
  return base === '' || base === '\u0306' || ALPHABET.test(base);
}

const words = (text: string) => text.split(/[^\p{L}\p{M}]+/u).filter((word) => word !== '');

/**
 * How un-Vietnamese a text looks: 0 for a sound one. Counts foreign letters, words with two tones, capitals inside a
 * word, a toned i or o after â ê ô ơ ư ă (no syllable has one), and combining marks that found no letter.
 */
export function badness(text: string): number {
  let bad = 0;
  for (const word of words(text.normalize('NFC'))) {
    for (const letter of word) if (!isVietnameseLetter(letter)) bad += 1;
    if ((word.normalize('NFD').match(TONE)?.length ?? 0) > 1) bad += 1;
    if (/\p{Ll}\p{Lu}/u.test(word)) bad += 1;
    if (/[âêôơưăÂÊÔƠƯĂ][ìòÌÒ]/u.test(word)) bad += 1;
    if (/[\u0300\u0301\u0303\u0309\u0323]/u.test(word)) bad += 1;
  }
  return bad;
}
