import { describe, expect, it } from 'vitest';
import type { PageField } from '../page.ts';
import { compareWithCard } from './compare-with-card.ts';
import { findFields } from './find-fields.ts';
import { page, understand } from './understanding-test-bench.ts';

const card = { number: '079190012345', name: 'Nguyễn Thị Hoà', birthDate: '1990-02-14' };

/** `status` of number, name, birth date, and what was found where they differ. */
const statuses = (fields: readonly PageField[], of = card) =>
  compareWithCard(fields, of).map(({ status, found }) =>
    status === 'different' ? `different: ${found}` : status,
  );
const read = (text: string, of = card) => statuses(understand(text).fields, of);

const birthCertificate = (mother: string) => `GIẤY KHAI SINH
Họ, chữ đệm, tên: ĐẶNG GIA HÂN
Ngày, tháng, năm sinh: 01/02/2024
Ghi bằng chữ: Ngày mùng một, tháng hai, năm hai nghìn không trăm hai mươi tư
Số định danh cá nhân: 079324000111
Họ, chữ đệm, tên người mẹ: ${mother}
Nơi cư trú: 1 Đường Sen, Phường Mẫu
Họ, chữ đệm, tên người cha: ĐẶNG VĂN AN
Năm sinh: 1988
Nơi đăng ký khai sinh: Phường Mẫu`;

const form = (requester: string) => `TỜ KHAI ĐĂNG KÝ KHAI SINH
Kính gửi: Ủy ban nhân dân Phường Mẫu
Họ, chữ đệm, tên người yêu cầu: ${requester}
Nơi cư trú: 1 Đường Sen, Phường Mẫu
Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:
Họ, chữ đệm, tên: Đặng Gia Hân
Ngày, tháng, năm sinh: 01/02/2024
Họ, chữ đệm, tên người cha: Đặng Văn An
Năm sinh: 1988`;

describe('a paper that names several people', () => {
  it('is of the card’s person where one of them is, wherever the tone mark stands; the child’s day is no matter', () => {
    expect(read(birthCertificate('NGUYỄN THỊ HÒA\nNăm sinh: 1990'))).toEqual(['missing', 'same', 'same']);
  });

  it('differs by the year of birth beside the name', () => {
    expect(read(birthCertificate('NGUYỄN THỊ HÒA\nNăm sinh: 1991'))).toEqual([
      'missing',
      'same',
      'different: 1991',
    ]);
  });

  it('says nothing of a grandmother who brings it', () => {
    const grandmother = { number: '079160000001', name: 'Lê Thị Sáu', birthDate: '1960-01-01' };
    expect(read(birthCertificate('NGUYỄN THỊ HÒA\nNăm sinh: 1990'), grandmother)).toEqual([
      'missing',
      'missing',
      'missing',
    ]);
  });

  it('tells a namesake with a number and a birth date of his own from the person', () => {
    const contract = `HỢP ĐỒNG THUÊ NHÀ
Bên A: Bà Nguyễn Thị Hòa
Sinh ngày: 02/03/1971
CCCD số: 079171000222
Bên B: Bà Nguyễn Thị Hòa
Sinh ngày: 14/02/1990
CCCD số: 079190012345
Điều 1. Hai bên thỏa thuận`;
    expect(read(contract)).toEqual(['same', 'same', 'same']);
  });
});

describe('a form of the submitter’s own', () => {
  const right = 'Nguyễn Thị Hòa\nNgày, tháng, năm sinh: 14/02/1990 Số định danh cá nhân: 079190012345';

  it('agrees', () => {
    expect(read(form(right))).toEqual(['same', 'same', 'same']);
  });

  it.each([
    ['a wrong birth date', right.replace('14/02', '14/03'), ['same', 'same', 'different: 1990-03-14']],
    [
      'a wrong digit',
      right.replace('079190012345', '079190012845'),
      ['different: 079190012845', 'same', 'same'],
    ],
    [
      'a wrong name beside the number',
      right.replace('Hòa', 'Hoa'),
      ['same', 'different: Nguyễn Thị Hoa', 'same'],
    ],
    [
      'a wrong number and a wrong birth date beside the name',
      right.replace('14/02', '15/02').replace('079190012345', '079199912345'),
      ['different: 079199912345', 'same', 'different: 1990-02-15'],
    ],
    [
      'somebody else altogether',
      'Trần Thị Bích\nNgày, tháng, năm sinh: 01/01/1985 Số định danh cá nhân: 079185000001',
      ['different: 079185000001', 'different: Trần Thị Bích', 'different: 1985-01-01'],
    ],
  ])('is caught with %s', (_, requester, expected) => {
    expect(read(form(requester))).toEqual(expected);
  });

  it('is not called different for a number with a digit too many: it was misread', () => {
    const spoilt = (number: string) => read(form(right.replace('079190012345', number)))[0];
    expect(spoilt('0791900123455')).toBe('missing');
    expect(spoilt('07919001234')).toBe('missing');
    expect(spoilt('07919001999')).toBe('different: 07919001999');
  });

  it('of another is not held against whom the page names elsewhere', () => {
    const other = 'Trần Thị Bích\nNgày, tháng, năm sinh: 01/01/1985';
    const owner = form(other).replace('Kính gửi', 'Số định danh của chủ hộ: 079190012345\nKính gửi');
    expect(read(owner)).toEqual(['same', 'missing', 'missing']);
    // Unless the name is nearly the card's.
    const nearly = owner.replace('Trần Thị Bích', 'Nguyễn Thị Hoàn');
    expect(read(nearly)).toEqual(['same', 'different: Nguyễn Thị Hoàn', 'different: 1985-01-01']);
  });

  it('points to the very field on the page, for its picture', () => {
    const { fields } = understand(form(right.replace('14/02', '14/03')));
    const finding = compareWithCard(fields, card)[2];
    expect(fields[finding?.index ?? -1]).toMatchObject({ name: 'requester.birthDate', value: '1990-03-14' });
  });
});

describe('a paper of no known kind', () => {
  const unknown = (text: string) => statuses(findFields(page(text)));

  it('is compared by its only person', () => {
    expect(unknown('Họ và tên: Nguyễn Thị Hoa')).toEqual(['missing', 'different: Nguyễn Thị Hoa', 'missing']);
  });

  it('holds the birth date that stands behind the card’s name against the card', () => {
    const list = (date: string) =>
      `Họ và tên: Lê Văn Tám\nNgày sinh: 01/05/1970\nHọ và tên: Nguyễn Thị Hoà\nNgày sinh: ${date}`;
    expect(unknown(list('14/02/1990'))).toEqual(['missing', 'same', 'same']);
    expect(unknown(list('14/02/1991'))).toEqual(['missing', 'same', 'different: 1991-02-14']);
  });

  it('is no different paper for a driving licence’s number of twelve digits', () => {
    const licence = (number: string) => unknown(`Số/No: ${number}\nHọ tên/Full name: Nguyễn Thị Hòa`)[0];
    expect(licence('370112004418')).toBe('missing');
    expect(licence('037112004418')).toBe('different: 037112004418');
  });

  it('catches a number that is the card’s but for one digit', () => {
    expect(unknown('Biên bản\nCCCD số 079190012346 và CCCD số 079168076543')[0]).toBe(
      'different: 079190012346',
    );
  });
});

it('calls no paper different for a mark that was read with doubt', () => {
  const box = { x: 0, y: 0, width: 1, height: 1 };
  const name = (value: string, confidence: number) =>
    compareWithCard(
      [{ name: 'fullName', value, box, confidence, check: { name: 'name', outcome: 'passed' } }],
      card,
    )[1];
  expect(name('NGUYÊN THỊ HÒA', 58)?.status).toBe('missing');
  expect(name('NGUYÊN THỊ HÒA', 95)?.status).toBe('different');
  // A tone lost above another mark is doubted longer than any other.
  expect(name('NGUYÊN THỊ HÒA', 88)?.status).toBe('missing');
  // And a dot below, which dust makes.
  expect(name('NGUYỄN THI HÒA', 92)?.status).toBe('missing');
  expect(name('NGUYỄN THI HÒA', 96)?.status).toBe('different');
  expect(name('NGUYỂN THỊ HÒA', 88)?.status).toBe('different');
  expect(name('NGUYỄN THỊ HOA', 88)?.status).toBe('different');
  expect(name('NGUYỄN VĂN HÒA', 58)?.status).toBe('different');
});

it('calls no paper different for a name that it also has with other marks, which it does not call the same either', () => {
  const signed = (name: string) =>
    understand(`${form('Nguyễn Thị Hoa\nSố CCCD: 079190012345')}\nNgười yêu cầu\n${name}`).fields;
  expect(statuses(signed('Nguyễn Thị Hoa'))[1]).toBe('different: Nguyễn Thị Hoa');
  expect(statuses(signed('Nguyễn Thị Hòa'))[1]).toBe('missing');
  expect(statuses(signed('Nguyễn Thị Hoan'))[1]).toBe('different: Nguyễn Thị Hoa');
});
