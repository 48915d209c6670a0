const MARKS = /\p{M}+/gu;

/** Lower case without tones and marks, single spaces: `Chứng  thực` → `chung thuc`, `Đăng ký` → `dang ky`. */
export function foldVietnamese(text: string): string {
  return text
    .normalize('NFD')
    .replace(MARKS, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * The same syllables with the same letters and tones, wherever the tone mark stands: `Hòa` = `Hoà`, any case, with or
 * without apostrophes. Both spellings are in use on papers and cards, and NFC keeps them apart.
 */
export function sameVietnameseName(one: string, other: string): boolean {
  return toneLast(one) === toneLast(other);
}

/** In names such as K'Brếp and H'Ninh: written in several ways, or left out. */
const APOSTROPHES = /['’‘ʼ`]/gu;
/** No Vietnamese syllable is a consonant alone: it belongs to the next one (`K Brếp`). */
const LONE_CONSONANT = /(?<![\p{L}\p{M}])([bcdghklmnpqrstvx])\s+(?=\p{L})/gu;
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/gu;

function toneLast(text: string): string {
  return text
    .normalize('NFD')
    .replace(APOSTROPHES, '')
    .toLowerCase()
    .replace(LONE_CONSONANT, '$1')
    .trim()
    .split(/\s+/)
    .map((syllable) => syllable.replace(TONES, '') + (syllable.match(TONES)?.join('') ?? ''))
    .join(' ');
}
