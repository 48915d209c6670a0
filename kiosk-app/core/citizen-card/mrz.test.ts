import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mrzCheckDigit, parseMrz } from './mrz.ts';

const TODAY = '2026-11-23';
/** Synthetic citizen card. */
const CARD = [
  'IDVNM0990012344001099001234<<5',
  '9901018M3901016VNM<<<<<<<<<<<6',
  'NGUYEN<<VAN<AN<<<<<<<<<<<<<<<<',
];
/** ICAO 9303-5, appendix B: specimen of Utopia. */
const UTOPIA = [
  'I<UTOD231458907<<<<<<<<<<<<<<<',
  '7408122F1204159UTO<<<<<<<<<<<6',
  'ERIKSSON<<ANNA<MARIA<<<<<<<<<<',
];

const parsed = (lines: readonly string[]) => {
  const result = parseMrz(lines, TODAY);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.element}`);
  return result.value;
};
/** One sign of one line replaced. */
const altered = (line: number, at: number, sign: string, of = CARD) =>
  of.map((text, index) => (index === line ? text.slice(0, at) + sign + text.slice(at + 1) : text));

describe('the zone of a TD1 card', () => {
  it('gives the data of a citizen card', () => {
    expect(parsed(CARD)).toMatchObject({
      issuer: 'VNM',
      documentNumber: '099001234',
      personNumber: '001099001234',
      birthDate: '1999-01-01',
      sex: 'male',
      expiryDate: '2039-01-01',
      surname: 'NGUYEN',
      givenNames: 'VAN AN',
      repairs: [],
    });
  });

  it('gives the data of the published specimen', () => {
    expect(parsed(UTOPIA)).toMatchObject({
      issuer: 'UTO',
      documentNumber: 'D23145890',
      personNumber: null,
      birthDate: '1974-08-12',
      sex: 'female',
      expiryDate: '2012-04-15',
      surname: 'ERIKSSON',
      givenNames: 'ANNA MARIA',
    });
    expect(mrzCheckDigit('AB2134<<<')).toBe(5);
  });

  it('takes 991231 for a card that does not expire, and nobody for born tomorrow', () => {
    const second = '2701013F9912315VNM<<<<<<<<<<<';
    const composite = mrzCheckDigit(
      CARD[0]!.slice(5) + second.slice(0, 7) + second.slice(8, 15) + second.slice(18),
    );
    expect(parsed([CARD[0]!, `${second}${composite}`, CARD[2]!])).toMatchObject({
      birthDate: '1927-01-01',
      expiryDate: null,
    });
  });
});

describe('look-alikes', () => {
  it.each([
    ['O for 0 in the number', 0, 15, 'O'],
    ['I for 1 in the number', 0, 17, 'I'],
    ['D for 0 in the birth date', 1, 2, 'D'],
    ['B for 8 as a check digit', 1, 6, 'B'],
  ])('%s is put right', (_, line, at, sign) => {
    const result = parsed(altered(line, at, sign));
    expect(result.lines).toEqual(CARD);
    expect(result.repairs).toHaveLength(1);
  });

  it('are told apart by the check digit where letters and digits may stand', () => {
    const read = altered(0, 7, 'E', altered(0, 13, 'O', UTOPIA));
    expect(parsed(altered(0, 13, 'O', UTOPIA)).documentNumber).toBe('D23145890');
    expect(parseMrz(read, TODAY).ok).toBe(false);
    // Either the I is a 1 or the 8 is a B: both would do, so neither is proved.
    expect(parseMrz(altered(0, 8, 'I', UTOPIA), TODAY).ok).toBe(false);
  });

  it.each([
    ['a digit of the number', 0, 20, '7', 'person number'],
    ['a digit of the birth date', 1, 3, '4', 'birth date'],
    ['the composite check digit', 1, 29, '7', 'composite'],
  ])('%s misread as another digit is refused, not guessed', (_, line, at, sign, element) => {
    expect(parseMrz(altered(line, at, sign), TODAY)).toEqual({
      ok: false,
      error: { code: 'mrz-check-digit', element },
    });
  });

  it('never yields a value that its check digit does not hold for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1 }),
        fc.integer({ min: 5, max: 29 }),
        fc.constantFrom(...'0123456789OISBGZ<'),
        (line, at, sign) => {
          const result = parseMrz(altered(line, at, sign), TODAY);
          if (!result.ok) return true;
          const { personNumber, birthDate } = result.value;
          return personNumber === null || (personNumber === '001099001234' && birthDate === '1999-01-01');
        },
      ),
    );
  });

  it('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 5 }), (lines) => {
        parseMrz(lines, TODAY);
      }),
    );
  });
});
