import { err, ok, type Result } from '../result.ts';
import { isVietnameseLetter, LETTER } from './vietnamese-letters.ts';

const MAX_NAME_LENGTH = 150;
const BETWEEN = /^[ '’ʼ‘.-]$/;
/** Signs that mojibake leaves behind; none of them can stand in a name. */
const REMAINS = /[?\u0080-\u00bf€‚ƒ„…†‡ˆ‰‹›“”•–—˜™œŒŠšŽžŸ×÷]/u;

/**
 * Letters, spaces, hyphens, apostrophes and full stops, beginning with a letter. One-word and lower-case names and
 * foreign letters are real people: `unusual`, never refused. `onlyAscii`: the whole code had no other letters.
 */
export function checkName(
  raw: string,
  onlyAscii: boolean,
): Result<
  { readonly name: string; readonly unusual: boolean },
  { readonly code: 'card-bad-name' | 'card-damaged-text' }
> {
  const name = raw.replace(/\s+/gu, ' ');
  if (REMAINS.test(name)) return err({ code: 'card-damaged-text' });
  const characters = [...name];
  if (!LETTER.test(characters[0] ?? '') || /^\p{M}/u.test(name)) return err({ code: 'card-bad-name' });
  if (name.length > MAX_NAME_LENGTH || !characters.every((one) => LETTER.test(one) || BETWEEN.test(one)))
    return err({ code: 'card-bad-name' });
  // More marks on one letter than any language here has.
  if (/\p{M}{2}/u.test(name)) return err({ code: 'card-damaged-text' });
  // `Nguyn Vn`: a keyboard wedge dropped what it could not type. No Vietnamese syllable is without a vowel.
  if (onlyAscii && name.split(/[ '.-]+/).some((word) => word.length > 1 && !/[aeiouy]/i.test(word)))
    return err({ code: 'card-damaged-text' });
  const unusual =
    !/[ '’ʼ‘]/u.test(name) ||
    name === name.toLowerCase() ||
    !characters.every((one) => !LETTER.test(one) || isVietnameseLetter(one));
  return ok({ name, unusual });
}
