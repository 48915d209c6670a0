import type { Line, Word } from '../page.ts';

/** Frames, folds and dust come out as these; a lone one is not part of any Vietnamese text. */
const DRAWING = /^[|¦_~=—–\-‐.,:;·…'"`^*°<>\\[\](){}«»“”‘’!/+]+$/u;
/** What is left of tables' and forms' rules. */
const RULES = /^[|¦_~]+$/;
/** Squares to tick, empty or ticked: `[]`, `L]`, `[_]`, `[V]`, `[VI`. */
const TICK_BOX = /^(?:[[(|]?[LlIJUDVvXx_ ]?\]|\[[VvXx][I|\]]?)$/;
/** Signatures, textures: signs that no word has, capitals behind small letters. */
const SCRIBBLE = /[\^~*`\\|¬=#£¦_]|\p{Ll}\p{Lu}/u;
/**
 * A line of a machine-readable zone, which the Vietnamese model spells out with hardly any confidence. Its check digits
 * tell more than that.
 */
const MACHINE_READABLE = /^(?=.*\d)(?=.*<).{25,35}$/u;
const SURE_OF_SCRIBBLE = 35;
const MAX_WORD = 200;

/**
 * Takes out what is certainly not text: drawing read as punctuation with little confidence, letterless specks.
 * Never changes a letter or a tone. Text becomes NFC.
 */
export function cleanLines(lines: readonly Line[]): Line[] {
  return lines
    .map((line): Line => ({ words: line.words.map(plainWord).filter(isPrint).filter(isText) }))
    .filter((line) => line.words.length > 0 && !isNoise(line.words));
}

function plainWord(word: Word): Word {
  return { ...word, text: word.text.normalize('NFC').slice(0, MAX_WORD) };
}

function isPrint(word: Word): boolean {
  return word.text !== '' && !TICK_BOX.test(word.text) && !RULES.test(word.text);
}

function isText(word: Word, at: number, all: readonly Word[]): boolean {
  if (MACHINE_READABLE.test(word.text)) return true;
  if (!DRAWING.test(word.text)) return word.confidence >= 10 && !isScribble(word);
  // A dash or bullet that was read clearly, or that stands between words, stays.
  const stands = at > 0 && at < all.length - 1 && word.confidence >= 40;
  return stands || word.confidence >= 75;
}

function isScribble({ text, confidence }: Word): boolean {
  return confidence < SURE_OF_SCRIBBLE && SCRIBBLE.test(text) && !/\p{N}/u.test(text);
}

/** A line of nothing but short, doubtful scraps: texture of a stamp, a photograph, a signature. */
function isNoise(words: readonly Word[]): boolean {
  const letters = words.reduce((sum, word) => sum + word.text.replace(/[^\p{L}\p{N}]/gu, '').length, 0);
  if (letters === 0) return true;
  const mean = words.reduce((sum, word) => sum + word.confidence, 0) / words.length;
  return letters <= 3 && mean < 40;
}
