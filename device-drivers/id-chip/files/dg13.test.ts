import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeTlv } from '../tlv.ts';
import { parseDg13 } from './dg13.ts';

const utf8 = (text: string, tag = 0x0c) => encodeTlv(tag, Buffer.from(text, 'utf8'));
const sequence = (...parts: readonly Uint8Array[]) => encodeTlv(0x30, ...parts);
const number = (value: number) => encodeTlv(0x02, Uint8Array.of(value));
const entry = (n: number, ...values: readonly Uint8Array[]) => sequence(number(n), ...values);
const file = (...entries: readonly Uint8Array[]) =>
  encodeTlv(
    0x6d,
    sequence(
      number(1),
      encodeTlv(0x06, Uint8Array.of(0x28, 0xd3, 0x16, 1, 0, 8)),
      encodeTlv(0x31, ...entries),
    ),
  );

const usual = [
  entry(1, utf8('031188004321', 0x13)),
  entry(2, utf8('Phạm Thị Hòa')),
  entry(3, utf8('09/11/1988', 0x13)),
  entry(4, utf8('Nữ')),
  entry(5, utf8('Việt Nam')),
  entry(6, utf8('Kinh')),
  entry(7, utf8('Không')),
  entry(8, utf8('Vĩnh Bảo, Hải Phòng')),
  entry(9, utf8('Số 5 ngõ 12,  Lê Chân, Hải Phòng')),
  entry(10, utf8('Nốt ruồi C: 1cm trên sau cánh mũi trái')),
  entry(11, utf8('02/05/2021', 0x13)),
  entry(12, utf8('09/11/2028', 0x13)),
];

const parsed = (...entries: readonly Uint8Array[]) => {
  const result = parseDg13(file(...entries));
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
};

describe('DG13', () => {
  it('gives what the card says of its holder', () => {
    const holder = parsed(...usual, entry(14), entry(15, utf8('031567890')), entry(16, utf8('AB-77')));
    expect(holder).toMatchObject({
      number: '031188004321',
      name: 'Phạm Thị Hòa',
      birthDate: '1988-11-09',
      sex: 'female',
      placeOfOrigin: 'Vĩnh Bảo, Hải Phòng',
      residence: 'Số 5 ngõ 12, Lê Chân, Hải Phòng',
      issueDate: '2021-05-02',
      expiryDate: '2028-11-09',
      spouse: null,
      oldNumber: '031567890',
    });
    expect(holder.texts.get(16)).toEqual(['AB-77']);
  });

  it.each([
    ['in two sequences', entry(13, sequence(utf8('Phạm Văn Ba')), sequence(utf8('Đỗ Thị Tư')))],
    ['in one sequence', entry(13, sequence(utf8('Phạm Văn Ba'), utf8('Đỗ Thị Tư')))],
    ['side by side', entry(13, utf8('Phạm Văn Ba'), utf8('Đỗ Thị Tư'))],
  ])('gives father and mother %s', (_, parents) => {
    expect(parsed(...usual, parents)).toMatchObject({ father: 'Phạm Văn Ba', mother: 'Đỗ Thị Tư' });
  });

  it('keeps the mother where she is when no father is named', () => {
    const parents = entry(13, sequence(utf8('')), sequence(utf8('Đỗ Thị Tư')));
    expect(parsed(...usual, parents)).toMatchObject({ father: null, mother: 'Đỗ Thị Tư' });
  });

  it('finds the old number at either place, and no words for a date', () => {
    const holder = parsed(
      entry(16, utf8('031567890')),
      entry(15, utf8('x')),
      entry(12, utf8('Không thời hạn')),
    );
    expect(holder).toMatchObject({ oldNumber: '031567890', expiryDate: null, name: null });
    expect(holder.texts.get(12)).toEqual(['Không thời hạn']);
  });

  it('takes any type of string and long lengths', () => {
    const wide = encodeTlv(0x1e, Buffer.from('Hải', 'utf16le').swap16());
    const long = Uint8Array.of(0x0c, 0x82, 0x00, 0x04, ...Buffer.from('Kinh'));
    expect(parsed(entry(2, wide), entry(6, long))).toMatchObject({ name: 'Hải', ethnicity: 'Kinh' });
  });

  it('is not misled by bytes that look like the head of an entry', () => {
    // `30 07 02 01 02 …` inside a text, which a search for bytes would take for the name.
    const decoy = Buffer.from('0\x07\x02\x01\x02\x0c\x02ab', 'latin1');
    expect(parsed(entry(6, encodeTlv(0x0c, decoy)), entry(2, utf8('Đúng')))).toMatchObject({
      name: 'Đúng',
      ethnicity: null,
    });
  });

  it('leaves out what is no text', () => {
    const sealed = encodeTlv(
      0x04,
      Uint8Array.from({ length: 40 }, (_, at) => (at * 37 + 129) & 255),
    );
    expect(parsed(entry(2, utf8('Đúng')), entry(9, sealed))).toMatchObject({ name: 'Đúng', residence: null });
  });

  it('no bytes make it throw, nor any change of a good file', () => {
    const good = file(...usual);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseDg13(bytes)));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        parseDg13(good.map((each, index) => (index === at ? byte : each)));
      }),
    );
  });

  it('nested a thousand deep is refused at once', () => {
    let nested: Uint8Array = new Uint8Array(0);
    for (let depth = 0; depth < 1_000; depth += 1) nested = sequence(nested);
    expect(parseDg13(encodeTlv(0x6d, nested)).ok).toBe(false);
    expect(parsed(entry(2, nested, utf8('Đúng'))).name).toBe('Đúng');
  });
});
