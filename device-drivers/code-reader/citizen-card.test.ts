import { type CardError, decodeCode, MAX_CODE_BYTES, maskNumber, parseCitizenCard } from '@motcua/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  asLatin1,
  asWindows1252,
  throughKeyboardWedge,
  toWindows1258,
} from '../simulators/code-reader/damage.ts';

const TODAY = '2026-11-23';
const OLD = '001099001234|123456789|Nguyễn Văn Đức|01021999|Nam|12 Trần Phú, Điện Biên, Hà Nội|01052021';
const NEW = '079301004321||PHẠM THỊ HỒNG ƠN|28022001|Nữ|XÃ ĐỒNG TÂM, ĐÀ NẴNG|01082024||||';

/** OLD with one field replaced. */
const card = (index: number, value: string) =>
  OLD.split('|')
    .map((field, at) => (at === index ? value : field))
    .join('|');
const read = (code: Uint8Array | string) => parseCitizenCard(code, TODAY);
const value = (code: Uint8Array | string) => {
  const result = read(code);
  if (!result.ok) throw new Error(`refused: ${result.error.code}`);
  return result.value;
};
const refusal = (code: Uint8Array | string): CardError => {
  const result = read(code);
  if (result.ok) throw new Error('accepted');
  return result.error;
};

describe('a sound card', () => {
  test('of 2021 is read field by field', () => {
    expect(value(OLD)).toEqual({
      number: '001099001234',
      oldNumber: '123456789',
      name: 'Nguyễn Văn Đức',
      birthDate: '1999-02-01',
      sex: 'male',
      residence: '12 Trần Phú, Điện Biên, Hà Nội',
      issueDate: '2021-05-01',
      generation: '2021',
      extra: [],
      warnings: [],
      repairs: [],
    });
  });

  test('of 2024 keeps its empty fields in place', () => {
    const { oldNumber, name, sex, generation, extra } = value(NEW);
    expect({ oldNumber, name, sex, generation, extra }).toEqual({
      oldNumber: null,
      name: 'PHẠM THỊ HỒNG ƠN',
      sex: 'female',
      generation: '2024',
      extra: ['', '', '', ''],
    });
  });

  test.each([
    ['six fields', OLD.slice(0, -9), { issueDate: null, generation: 'unknown' }],
    ['empty date of issue', card(6, ''), { issueDate: null, generation: '2021' }],
    ['more than eleven fields', `${NEW}|x|y`, { extra: ['', '', '', '', 'x', 'y'], generation: 'unknown' }],
    ['twelve-digit CMND', card(1, '012345678901'), { oldNumber: '012345678901' }],
    ['spaces around fields', OLD.replaceAll('|', ' | '), { name: 'Nguyễn Văn Đức', birthDate: '1999-02-01' }],
    ['29 February of a leap year', card(3, '29022000'), { birthDate: '2000-02-29' }],
    ['NAM', card(4, 'NAM'), { sex: 'male' }],
    ['NỮ in NFD', card(4, 'NỮ'.normalize('NFD')), { sex: 'female', repairs: ['nfc'] }],
    ['born today', card(3, '23112026'), { birthDate: TODAY }],
  ])('with %s', (_, code, expected) => {
    expect(value(code)).toMatchObject(expected);
  });

  test.each([
    'Y Bhĭk Niê',
    'H’Wŏn Ê̆ban',
    "K'Brỏ",
    'Voòng A Sáng',
    'Nguyễn Thị Anna-Maria',
    'TRẦN J. HÙNG',
    'Siu Ƀlô',
  ])('of %s is nothing unusual', (name) => {
    expect(value(card(2, name))).toMatchObject({ name: name.normalize('NFC'), warnings: [], repairs: [] });
  });
});

describe('what does not fit the number only warns', () => {
  test.each([
    ['century', card(3, '01021899'), ['number-century-mismatch']],
    ['birth year', card(3, '01021998'), ['number-century-mismatch']],
    ['sex', card(4, 'Nữ'), ['number-sex-mismatch']],
    ['province', card(0, '003099001234'), ['number-province-unknown']],
    ['issued before birth', card(6, '31011999'), ['issued-before-birth']],
    ['issued tomorrow, by a clock that may be wrong', card(6, '24112026'), ['issued-in-future']],
    ['one-word name', card(2, 'Đức'), ['name-unusual']],
    ['lower-case name', card(2, 'nguyễn văn đức'), ['name-unusual']],
    ['foreign letters', card(2, 'Jürgen Nguyễn'), ['name-unusual']],
    ['sex without its tone', card(4, 'Nu'), ['number-sex-mismatch', 'name-unusual']],
  ])('%s', (_, code, warnings) => {
    expect(value(code).warnings).toEqual(warnings);
  });
});

describe('damage by the reader is repaired', () => {
  const damages: [string, (text: string) => Uint8Array | string, string[]][] = [
    ['bytes', (text) => Buffer.from(text), []],
    ['NFD', (text) => text.normalize('NFD'), ['nfc']],
    ['Windows-1252 mojibake', asWindows1252, ['latin1-mojibake']],
    ['latin1 mojibake', asLatin1, ['latin1-mojibake']],
    [
      'UTF-8 read as Windows-1258',
      (text) => new TextDecoder('windows-1258').decode(Buffer.from(text)),
      ['latin1-mojibake'],
    ],
    ['mojibake in bytes', (text) => Buffer.from(asLatin1(text)), ['latin1-mojibake']],
    ['mojibake twice', (text) => asWindows1252(asWindows1252(text)), ['latin1-mojibake']],
    [
      'mojibake with lost no-break spaces',
      (text) => asLatin1(text).replaceAll('\u00a0', ' '),
      ['latin1-mojibake'],
    ],
    ['NFD, then mojibake', (text) => asLatin1(text.normalize('NFD')), ['latin1-mojibake', 'nfc']],
    [
      'mojibake of one field',
      (text) => text.replace(/[^|]+(?=\|\d{8}\|)/, asWindows1252),
      ['latin1-mojibake'],
    ],
    ['Windows-1258', toWindows1258, ['windows-1258']],
    [
      'Windows-1258 as latin1',
      (text) => Buffer.from(toWindows1258(text)).toString('latin1'),
      ['windows-1258'],
    ],
    ['UTF-16', (text) => Buffer.from(text, 'utf16le'), ['utf-16']],
    ['UTF-16 with mark', (text) => Buffer.from(`\ufeff${text}`, 'utf16le'), ['utf-16']],
    ['BOM, AIM, ECI, NUL, CR LF', (text) => `\ufeff]Q2\\000026${text}\0\0\r\n`, ['bom', 'aim-prefix', 'nul']],
    ['STX and ETX', (text) => `\x02${text}\t\x03`, []],
    ['eth for Đ', (text) => text.replaceAll('Đ', 'Ð'), ['windows-1258']],
  ];
  test.each(damages)('%s', (_, damage, repairs) => {
    for (const text of [OLD, NEW]) {
      expect(value(damage(text))).toEqual({ ...value(text), repairs: expect.anything() });
      expect([...value(damage(text)).repairs].sort()).toEqual([...repairs].sort());
    }
  });
});

describe('what is not a whole, sound card is refused', () => {
  test.each<[string, Uint8Array | string, CardError['code'], number | null]>([
    ['nothing', '', 'card-empty', null],
    ['only framing', '\ufeff\0\r\n ', 'card-empty', null],
    ['4 KB', 'x'.repeat(4_096), 'card-too-long', null],
    ['a card of 2 KB and a byte', OLD.padEnd(MAX_CODE_BYTES, 'x'), 'card-too-long', null],
    ['VietQR', '00020101021238570010A000000727012700069704', 'card-not-a-card', null],
    ['VietQR cut to 12 digits', '000201010211', 'card-not-a-card', null],
    ['an address', 'https://vneid.gov.vn/?a=1|2|3|4|5|6|7', 'card-not-a-card', null],
    ['a vaccination code', 'HC1:6BFOXN%TS3DH0YOJ58S S-W5HDC', 'card-not-a-card', null],
    ['a parcel', 'VN123456789', 'card-not-a-card', null],
    ['pipes only', '||||||||||', 'card-not-a-card', null],
    [
      'the bytes of a picture',
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff, 0x80, 0xa1),
      'card-not-a-card',
      null,
    ],
    ['the number alone', '001099001234', 'card-truncated', null],
    ['five fields', OLD.split('|').slice(0, 5).join('|'), 'card-truncated', null],
    ['cut inside the name', OLD.slice(0, 30), 'card-truncated', null],
    ['cut inside the date of issue', OLD.slice(0, -3), 'card-truncated', 6],
    ['cut inside a letter', Buffer.from(OLD).subarray(0, 29), 'card-damaged-text', null],
    ['11 digits', card(0, '00109900123'), 'card-bad-number', 0],
    ['letters in the number', card(0, '0010990O1234'), 'card-bad-number', 0],
    ['number and CMND exchanged', `123456789|001099001234|${OLD.slice(23)}`, 'card-bad-number', 0],
    ['a CMND of 8 digits', card(1, '12345678'), 'card-bad-number', 1],
    ['the empty CMND left out', OLD.replace('|123456789', ''), 'card-bad-number', 1],
    ['a digit in the name', card(2, 'Nguyễn Văn 3'), 'card-bad-name', 2],
    ['no name', card(2, ' '), 'card-bad-name', 2],
    ['a name in other letters', card(2, '阮文德'), 'card-bad-name', 2],
    ['a name of signs', card(2, "-'."), 'card-bad-name', 2],
    ['31 April', card(3, '31041999'), 'card-bad-birth-date', 3],
    ['29 February, no leap year', card(3, '29021999'), 'card-bad-birth-date', 3],
    ['29 February 1900', card(3, '29021900'), 'card-bad-birth-date', 3],
    ['born tomorrow', card(3, '24112026'), 'card-bad-birth-date', 3],
    ['year first', card(3, '19990201'), 'card-bad-birth-date', 3],
    ['no sex', card(4, ''), 'card-bad-sex', 4],
    ['another sex', card(4, 'Male'), 'card-bad-sex', 4],
    ['no such day of issue', card(6, '31022021'), 'card-damaged-text', 6],
    ['a tag as code', '<script>alert(1)</script>', 'card-markup', 0],
    ['a tag in the name', card(2, '<img src=x>'), 'card-markup', 2],
    ['a tag in the residence', card(5, 'Hà Nội<b>'), 'card-markup', 5],
    ['a control character', card(2, 'Nguyễn\u0007Văn'), 'card-markup', 2],
    ['reversed writing', card(2, 'Nguyễn \u202eVăn'), 'card-markup', 2],
    ['a replacement character', card(2, 'Nguy\ufffdn Văn'), 'card-damaged-text', 2],
    ['a lone surrogate', card(5, 'Hà \ud800'), 'card-damaged-text', 5],
    ['? for letters', throughKeyboardWedge(OLD, '?'), 'card-damaged-text', 2],
    ['letters left out', throughKeyboardWedge(OLD, ''), 'card-damaged-text', 2],
    ['sex without its letter', card(4, 'N'), 'card-damaged-text', 4],
    ['? in the residence', card(5, 'H? N?i'), 'card-damaged-text', 5],
    ['mojibake that lost a byte', asWindows1252(OLD).replace('»', ''), 'card-damaged-text', 2],
    ['a pile of marks', card(2, `Nguyễn${'\u0301'.repeat(9)}`), 'card-damaged-text', 2],
  ])('%s', (_, code, expected, field) => {
    expect(refusal(code)).toEqual({ code: expected, field });
  });
});

describe('for any input', () => {
  test('bytes and text never throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void read(bytes)));
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void read(text)));
    const field = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom(...OLD.split('|')));
    fc.assert(fc.property(fc.array(field, { maxLength: 14 }), (fields) => void read(fields.join('|'))));
  });

  test('an accepted card holds nothing that a screen must fear', () => {
    const index = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(index, fc.string({ unit: 'binary', maxLength: 30 }), (at, text) => {
        const result = read(card(at, text));
        if (result.ok) expect(JSON.stringify(result.value)).not.toMatch(/[<>\u202e\ufffd]|\\u00[01]/);
      }),
    );
  });

  const words = fc.constantFrom(
    ...'Nguyễn Trần Lê Phạm Huỳnh Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Thị Văn Hữu Đức Ngọc Ánh Tuấn Mười Quỳnh Ước Ý Nhi Thoại Khuê Rạng Ẩn'.split(
      ' ',
    ),
  );
  const names = fc.array(words, { minLength: 2, maxLength: 5 }).map((list) => list.join(' '));
  const cased = fc.tuple(names, fc.boolean()).map(([name, upper]) => (upper ? name.toUpperCase() : name));
  const damages = fc.constantFrom<(text: string) => Uint8Array | string>(
    (text) => Buffer.from(text),
    (text) => text.normalize('NFD'),
    asLatin1,
    asWindows1252,
    (text) => asWindows1252(asWindows1252(text)),
    toWindows1258,
    (text) => Buffer.from(text, 'utf16le'),
  );
  test('a name comes back the same through every repairable damage', () => {
    fc.assert(
      fc.property(cased, damages, (name, damage) => {
        expect(value(damage(card(2, name))).name).toBe(name);
      }),
      { numRuns: 300 },
    );
  });
});

test('a code of another kind decodes too', () => {
  expect(decodeCode(Buffer.from('motcua:draft/01J\r\n'))).toEqual({
    ok: true,
    value: { text: 'motcua:draft/01J', repairs: [] },
  });
});

test('numbers are shown masked', () => {
  expect(maskNumber('079099001234')).toBe('079•••••1234');
  expect(maskNumber('123456789')).toBe('•••••6789');
  expect(maskNumber('1234')).toBe('••••');
});
