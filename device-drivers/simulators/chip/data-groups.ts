import { mrzCheckDigit } from '@motcua/core';
import { concat, fromInteger } from '../../id-chip/bytes.ts';
import { encodeTlv } from '../../id-chip/tlv.ts';
import { integer, oid, sequence, utf8 } from './der.ts';

/** A made-up person: everything that the chip, the QR and the card's back say. */
export interface ChipPerson {
  /** 12 digits. */
  readonly number: string;
  /** Vietnamese letters. */
  readonly name: string;
  /** `YYYY-MM-DD` */
  readonly birthDate: string;
  readonly sex: 'male' | 'female';
  readonly residence: string;
  readonly origin: string;
  readonly oldNumber: string | null;
  readonly father: string;
  readonly mother: string;
  readonly spouse: string | null;
  /** `YYYY-MM-DD` */
  readonly issueDate: string;
  /** `YYYY-MM-DD`; null: the card does not expire. */
  readonly expiryDate: string | null;
}

export const sampleChipPerson: ChipPerson = {
  number: '079099001234',
  name: 'Nguyễn Văn An',
  birthDate: '1999-01-01',
  sex: 'male',
  residence: '12 Nguyễn Thị Thập, Tân Hưng, Thành phố Hồ Chí Minh',
  origin: 'Tân Thạnh, Long An',
  oldNumber: '301234567',
  father: 'Nguyễn Văn Bình',
  mother: 'Trần Thị Cúc',
  spouse: null,
  issueDate: '2021-06-20',
  expiryDate: '2039-01-01',
};

/** `YYYY-MM-DD` → `YYMMDD` */
const short = (day: string) => day.replaceAll('-', '').slice(2);
/** `YYYY-MM-DD` → `dd/mm/yyyy` */
const written = (day: string) => day.split('-').reverse().join('/');

/** Letters without marks, as the MRZ has them. */
const plain = (text: string) =>
  text
    .replace(/[đĐ]/g, 'D')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/[^A-Z]+/g, '<');

/** The three lines of TD1 as on the back of the card; position 30 is Vietnam's own check digit. */
export function mrzOf(person: ChipPerson): readonly [string, string, string] {
  const digit = (text: string) => `${text}${mrzCheckDigit(text)}`;
  const { number } = person;
  const first = `IDVNM${digit(number.slice(3))}${number}<<${mrzCheckDigit(number)}`;
  const born = digit(short(person.birthDate));
  const expires = digit(person.expiryDate === null ? '991231' : short(person.expiryDate));
  const second = `${born}${person.sex === 'male' ? 'M' : 'F'}${expires}VNM${'<'.repeat(11)}`;
  const composite = mrzCheckDigit(first.slice(5) + born + expires + '<'.repeat(11));
  const [surname = '', ...given] = person.name.split(' ');
  const third = `${plain(surname)}<<${plain(given.join(' '))}`.padEnd(30, '<').slice(0, 30);
  return [first, `${second}${composite}`, third];
}

/** What PACE is opened with: the last six digits of the number. */
export const canOf = (person: ChipPerson) => person.number.slice(-6);

/** The text of the QR on the 2021 card. */
export function qrOf(person: ChipPerson): string {
  const day = (iso: string) => iso.split('-').reverse().join('');
  return [
    person.number,
    person.oldNumber ?? '',
    person.name,
    day(person.birthDate),
    person.sex === 'male' ? 'Nam' : 'Nữ',
    person.residence,
    day(person.issueDate),
  ].join('|');
}

/** DG1 (ICAO 9303-10, 4.7.1). */
export const buildDg1 = (person: ChipPerson) =>
  encodeTlv(0x61, encodeTlv(0x5f1f, Buffer.from(mrzOf(person).join(''), 'latin1')));

/**
 * DG13, Vietnam's own. `siblings`: father and mother are two SEQUENCEs inside entry 13; `together`: two strings in one.
 */
export function buildDg13(person: ChipPerson, layout: 'siblings' | 'together'): Uint8Array {
  const entry = (number: number, ...values: readonly Uint8Array[]) => sequence(integer(number), ...values);
  const parents =
    layout === 'siblings'
      ? [sequence(utf8(person.father)), sequence(utf8(person.mother))]
      : [sequence(utf8(person.father), utf8(person.mother))];
  const entries = [
    entry(1, utf8(person.number)),
    entry(2, utf8(person.name)),
    entry(3, utf8(written(person.birthDate))),
    entry(4, utf8(person.sex === 'male' ? 'Nam' : 'Nữ')),
    entry(5, utf8('Việt Nam')),
    entry(6, utf8('Kinh')),
    entry(7, utf8('Không')),
    entry(8, utf8(person.origin)),
    entry(9, utf8(person.residence)),
    entry(10, utf8('Nốt ruồi cách 1 cm trên sau cánh mũi phải')),
    entry(11, utf8(written(person.issueDate))),
    entry(12, utf8(person.expiryDate === null ? 'Không thời hạn' : written(person.expiryDate))),
    entry(13, ...parents),
    entry(14, ...(person.spouse === null ? [] : [utf8(person.spouse)])),
    entry(15, ...(person.oldNumber === null ? [] : [utf8(person.oldNumber)])),
  ];
  return encodeTlv(
    0x6d,
    // In the order of their numbers, as seen on cards; not sorted as DER would want it.
    sequence(integer(1), oid('1.0.10646.1.0.8'), encodeTlv(0x31, ...entries)),
  );
}

/** DG2 (9303-10, 4.7.2): one face, ISO/IEC 19794-5. `format` is what the picture's bytes are. */
export function buildDg2(
  picture: Uint8Array,
  format: 'jpeg' | 'jpeg2000',
  size: { readonly width: number; readonly height: number },
): Uint8Array {
  const u16 = (value: number) => fromInteger(BigInt(value), 2);
  const information = concat(
    // Type full frontal, picture's format, size, colour space, source, device, quality.
    Uint8Array.of(1, format === 'jpeg' ? 0 : 1),
    u16(size.width),
    u16(size.height),
    Uint8Array.of(1, 2, 0, 0, 0, 0),
  );
  const facial = concat(new Uint8Array(16), information, picture);
  const record = concat(fromInteger(BigInt(facial.length + 4), 4), facial);
  const block = concat(
    Buffer.from('FAC\x00010\x00', 'latin1'),
    fromInteger(BigInt(14 + record.length), 4),
    u16(1),
    record,
  );
  const header = encodeTlv(
    0xa1,
    encodeTlv(0x80, Uint8Array.of(1, 1)),
    encodeTlv(0x81, Uint8Array.of(2)),
    encodeTlv(0x87, Uint8Array.of(1, 1)),
    encodeTlv(0x88, Uint8Array.of(0, 8)),
  );
  return encodeTlv(0x75, encodeTlv(0x7f61, integer(1), encodeTlv(0x7f60, header, encodeTlv(0x5f2e, block))));
}

/** EF.COM: version of the LDS, of Unicode, and the tags of the data groups. */
export function buildCom(tags: readonly number[]): Uint8Array {
  return encodeTlv(
    0x60,
    encodeTlv(0x5f01, Buffer.from('0107', 'latin1')),
    encodeTlv(0x5f36, Buffer.from('040000', 'latin1')),
    encodeTlv(0x5c, Uint8Array.from(tags)),
  );
}
