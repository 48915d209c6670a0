import { describe, expect, it } from 'vitest';
import { readPaperDate } from './paper-date.ts';
import { page } from './understanding-test-bench.ts';

const day = (text: string) => readPaperDate(page(text))?.value;

describe('the day of a paper', () => {
  it.each([
    ['at its head', 'Tân Ninh, ngày 07 tháng 9 năm 2026\nXÁC NHẬN', '2026-09-07'],
    ['at its foot', 'Tôi cam đoan\nLàm tại: Huế, ngày 7 tháng 10 năm 2026\nNgười yêu cầu', '2026-10-07'],
    ['behind a place that sounds like “from”', 'Tứ Kỳ, ngày 05 tháng 9 năm 2026', '2026-09-05'],
    ['behind a city’s full name', 'Thành phố Hồ Chí Minh, ngày 11 tháng 08 năm 2025', '2025-08-11'],
    ['in figures behind a place', 'TP. Hồ Chí Minh, ngày 05/9/2026', '2026-09-05'],
    [
      'beside another column',
      'Xác nhận của UBND phường          Vũ Phúc, ngày 9 tháng 10 năm 2026',
      '2026-10-09',
    ],
    ['broken over two lines', 'Làm tại: Đinh Trang Hòa, ngày 02 tháng 11\nnăm 2026', '2026-11-02'],
    [
      'in the first sentence of a contract',
      'Hôm nay, ngày 02 tháng 3 năm 2026, tại trụ sở Công ty, chúng tôi gồm:',
      '2026-03-02',
    ],
    ['before any other', 'Ngày 01 tháng 02 năm 2020\nHà Nội, ngày 03 tháng 4 năm 2021', '2021-04-03'],
  ])('stands %s', (_, text, date) => expect(day(text)).toBe(date));

  it.each([
    ['of a law', 'Mẫu CT07 ban hành theo Thông tư số 66/2023/TT-BCA ngày 17/11/2023'],
    ['of a decree', 'Căn cứ Nghị định số 123/2015/NĐ-CP ngày 15 tháng 11 năm 2015 của Chính phủ;'],
    ['of birth', 'Sinh ngày 20 tháng 5 năm 1997'],
    ['of birth behind a name', 'Ông/Bà: Lữ Thị Ngoạn Sinh ngày: 15/06/1968'],
    ['of birth behind its label', 'Ngày, tháng, năm sinh: ngày 09 tháng 6 năm 1999'],
    ['of an examination', 'Khóa thi ngày: 02 tháng 6 năm 2004'],
    ['of an identity card', 'Cấp ngày 09/09/2022'],
    ['in figures alone', 'Ngày 12/10/2026'],
    ['that there is not', 'Hà Nội, ngày 31 tháng 02 năm 2026'],
  ])('is not that %s', (_, text) => expect(day(text)).toBeUndefined());
});
