/**
 * ISO/IEC 15417 (Code 128): widths of bars and spaces, alternating, bar first, in modules. Undefined for a text that is
 * empty, longer than 80, or holds anything but printable ASCII. Digits in pairs go to code set C.
 */
export function code128Widths(text: string): readonly number[] | undefined {
  if (!/^[\x20-\x7e]{1,80}$/.test(text)) return undefined;
  const values: number[] = [];
  let set: 'B' | 'C' = startsInC(text) ? 'C' : 'B';
  values.push(set === 'C' ? START_C : START_B);
  for (let at = 0; at < text.length; ) {
    const digits = /^\d*/.exec(text.slice(at))![0].length;
    if (set === 'B' && digits >= 6 && digits % 2 === 0) {
      set = 'C';
      values.push(CODE_C);
    } else if (set === 'C' && digits < 2) {
      set = 'B';
      values.push(CODE_B);
    }
    if (set === 'C') {
      values.push(Number(text.slice(at, at + 2)));
      at += 2;
    } else {
      values.push(text.charCodeAt(at) - 32);
      at += 1;
    }
  }
  const check = values.reduce((sum, value, at) => sum + value * Math.max(at, 1), 0) % 103;
  return [...values, check, STOP].flatMap((value) => [...PATTERNS[value]!].map(Number));
}

const startsInC = (text: string) => /^\d{4}/.test(text) || /^\d\d$/.test(text);

const CODE_C = 99;
const CODE_B = 100;
const START_B = 104;
const START_C = 105;
const STOP = 106;

/** Values 0 to 106 of table 1 of the standard. */
const PATTERNS = (
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 ' +
  '123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 ' +
  '232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 ' +
  '313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 ' +
  '111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 ' +
  '111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 ' +
  '114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112'
).split(' ');
