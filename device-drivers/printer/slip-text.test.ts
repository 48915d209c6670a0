import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadSlipFonts, type SlipFonts } from './slip-fonts.ts';
import { MAX_TEXT_LENGTH, printableText, wrapText } from './slip-text.ts';

let fonts: SlipFonts;
beforeAll(async () => {
  fonts = await loadSlipFonts();
});

const BASE = 'aăâbcdđeêghiklmnoôơpqrstuưvxyfjwz';
const TONES = ['', '\u0300', '\u0301', '\u0303', '\u0309', '\u0323'];
const VOWELS = 'aăâeêioôơuưy';

function vietnameseLetters(): string[] {
  const lower = [...BASE].flatMap((letter) =>
    VOWELS.includes(letter) ? TONES.map((tone) => (letter + tone).normalize('NFC')) : [letter],
  );
  return [...lower, ...lower.map((letter) => letter.toLocaleUpperCase('vi'))];
}

describe('the typeface', () => {
  it('has every Vietnamese letter with every tone, upper and lower case, in both weights', () => {
    const letters = vietnameseLetters();
    expect(letters).toHaveLength(2 * (12 * 6 + 21));
    expect(
      letters.filter((letter) => [...letter].length !== 1 || !fonts.hasGlyph(letter.codePointAt(0)!)),
    ).toEqual([]);
  });

  it('has the signs that slips use', () => {
    const missing = [...'0123456789.,:;-–/()…·•’?%đ₫'].filter(
      (sign) => !fonts.hasGlyph(sign.codePointAt(0)!),
    );
    expect(missing).toEqual([]);
  });
});

describe('text from outside', () => {
  it('prints decomposed Vietnamese as composed letters', () => {
    expect(printableText('Nguyễn Thị Ánh Tuyết'.normalize('NFD'), fonts)).toBe('Nguyễn Thị Ánh Tuyết');
  });

  it('loses control and invisible characters, keeps line feeds, and shows unknown letters as ?', () => {
    expect(printableText('A\u0000B\u001b@\u200b\tC\r\nD你\u{1F600}', fonts)).toBe('AB@ C\nD??');
  });

  it('is cut to a bounded length and says so', () => {
    const text = printableText('x'.repeat(100_000), fonts);
    expect([...text]).toHaveLength(MAX_TEXT_LENGTH);
    expect(text.endsWith('…')).toBe(true);
  });

  it('never holds a letter without a glyph, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (input) => {
        for (const letter of printableText(input, fonts))
          if (letter !== '\n') expect(fonts.hasGlyph(letter.codePointAt(0)!)).toBe(true);
      }),
    );
  });
});

describe('wrapping', () => {
  const words = fc.array(fc.constantFrom('Chứng', 'thực', 'bản', 'A', 'Nguyễnthịhồngnhungđặcbiệtdài'), {
    maxLength: 12,
  });

  it('keeps every letter in order and no line wider than the paper', () => {
    fc.assert(
      fc.property(words, fc.double({ min: 3, max: 30, noNaN: true }), (list, maxWidth) => {
        const lines = wrapText(list.join(' '), maxWidth, 'bold', fonts.width);
        expect(lines.map((line) => line.text.replaceAll(' ', '')).join('')).toBe(list.join(''));
        for (const line of lines) {
          expect(line.width).toBeLessThanOrEqual(maxWidth);
          expect(fonts.width(line.text, 'bold')).toBeCloseTo(line.width, 1);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('breaks at spaces only while words fit', () => {
    const width = (text: string) => [...text].length;
    const lines = wrapText('Giấy khai sinh\nbản sao', 9, 'regular', width).map((line) => line.text);
    expect(lines).toEqual(['Giấy khai', 'sinh', 'bản sao']);
  });
});
