/** Tones as combining marks, in Unicode's decomposition. */
const TONE_MARKS = '\u0300\u0301\u0303\u0309\u0323';
const TONE = new RegExp(`[${TONE_MARKS}]`, 'g');

/** A syllable taken apart: letters with their quality (`â`, `ơ`, `đ`) but without tone, and the tone's mark, '' for none. */
export interface Syllable {
  readonly letters: string;
  readonly tone: string;
  /** Index into `letters` of what carries the tone, -1 for none. */
  readonly at: number;
}

/** Small letters in, NFC or NFD. Two tones (a misreading) keep the last. */
export function takeApart(word: string): Syllable {
  let letters = '';
  let tone = '';
  let at = -1;
  for (const letter of word.normalize('NFC')) {
    const decomposed = letter.normalize('NFD');
    const mark = decomposed.match(TONE)?.[0];
    if (mark !== undefined) {
      tone = mark;
      at = letters.length;
    }
    letters += decomposed.replace(TONE, '').normalize('NFC');
  }
  return { letters, tone, at };
}

export function putTogether({ letters, tone, at }: Syllable): string {
  return at < 0 ? letters : `${letters.slice(0, at + 1)}${tone}${letters.slice(at + 1)}`.normalize('NFC');
}

const ONSETS = 'ngh ng nh gh gi g kh k ch c th tr t ph p qu b d đ h l m n r s v x'.split(' ');
const RHYMES = new Set(
  (
    'a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây ' +
    'e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu ' +
    'o oc oi om on ong op ot oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet ooc oong ' +
    'ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uc ui um un ung up ut uân uâng uât uây uê uêch uênh uơ uy uya uych uyn uynh ' +
    'uyp uyt uyu uyên uyêt uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu'
  ).split(' '),
);
const AFTER_QU = new Set(
  'a ac ach ai an ang anh ao at ay au ăc ăm ăn ăng ăp ăt ân âng ât âu ây e en eo et ê ên ênh êt êch i it ơ ơi ôc y yên yêt ynh yt ych yp'.split(
    ' ',
  ),
);
const Y_ALONE = new Set(['', 'h', 'k', 'l', 'm', 's', 't', 'th', 'v', 'n']);
const FRONT = /^[eêiy]/;

/** Whether the orthography has such a syllable: onset, rhyme, and a tone that a stopped rhyme may have. Small letters. */
export function isLegal({ letters, tone }: Syllable): boolean {
  if (letters === 'gi' || letters === 'gin' || letters === 'giêng' || letters === 'giêt') return true;
  return ['', ...ONSETS.filter((onset) => letters.startsWith(onset))].some((onset) => {
    const rhyme = letters.slice(onset.length);
    if (onset === 'qu' ? !AFTER_QU.has(rhyme) : !RHYMES.has(rhyme)) return false;
    if (rhyme === 'y' && onset !== 'qu' && !Y_ALONE.has(onset)) return false;
    if (/^y./.test(rhyme) && onset !== 'qu' && onset !== '') return false;
    if ((onset === 'k' || onset === 'gh' || onset === 'ngh') && !FRONT.test(rhyme)) return false;
    if ((onset === 'c' || onset === 'g' || onset === 'ng') && FRONT.test(rhyme)) return false;
    return !/(?:c|ch|p|t)$/.test(rhyme) || tone === '\u0301' || tone === '\u0323';
  });
}

/**
 * Where the tone of a legal syllable may stand: on the vowel with a quality mark (the last of `ươ`), else before a
 * final consonant on the last vowel, else on the first of two; `oa`, `oe`, `uy` have two styles (hòa, hoà), both right.
 */
export function tonePlaces(letters: string): readonly number[] {
  const onset = /^(?:gi(?=[aăâeêioôơuưy])|qu)/.exec(letters)?.[0].length ?? 0;
  const vowels: number[] = [];
  for (let at = onset; at < letters.length; at += 1) if (/[aăâeêioôơuưy]/.test(letters[at]!)) vowels.push(at);
  const marked = vowels.filter((at) => /[ăâêôơư]/.test(letters[at]!)).at(-1);
  const last = vowels.at(-1);
  if (marked !== undefined) return /ưa$|ưu$|ưi$/.test(letters) ? [letters.indexOf('ư')] : [marked];
  if (last === undefined) return [];
  if (vowels.length === 1 || last < letters.length - 1) return [last];
  if (vowels.length === 3) return [vowels[1]!];
  return /(?:oa|oe|uy)$/.test(letters) ? [vowels[0]!, last] : [vowels[0]!];
}

/** One spelling for both styles of placing a tone (hoà, hòa), to look words up by. */
export function canonical(syllable: Syllable): string {
  const [place] = tonePlaces(syllable.letters);
  return putTogether(syllable.at < 0 || place === undefined ? syllable : { ...syllable, at: place });
}
