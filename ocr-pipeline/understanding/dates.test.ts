import { foldVietnamese } from '@motcua/core';
import { describe, expect, it } from 'vitest';
import { findDates, parseDateInWords } from './dates.ts';

describe('a date in words', () => {
  it.each([
    ['Ngày hai mươi mốt, tháng tám, năm hai nghìn không trăm hai mươi sáu', '2026-08-21'],
    ['ngày mười lăm tháng mười hai năm một nghìn chín trăm chín mươi', '1990-12-15'],
    ['Ngày năm tháng năm năm hai nghìn không trăm linh năm', '2005-05-05'],
    ['ngày mùng ba tháng giêng năm hai ngàn', '2000-01-03'],
    ['ngày ba mươi, tháng tư, năm một ngàn chín trăm bảy mươi lăm', '1975-04-30'],
    ['ngày mồng mười tháng chạp năm một nghìn chín trăm lẻ một', '1901-12-10'],
  ])('%s', (text, date) => {
    expect(parseDateInWords(text)).toBe(date);
  });

  it.each([
    'ngày ba mươi mốt tháng hai năm hai nghìn',
    'năm hai nghìn',
    'ngày mai tháng sau năm tới',
    '',
  ])('is none: %j', (text) => {
    expect(parseDateInWords(text)).toBeUndefined();
  });
});

it('finds dates in figures and half in words, none that the calendar lacks', () => {
  const text = foldVietnamese('Từ 1/2/2020 đến ngày 03 tháng 10 năm 2021, 31/02/2022, số 123456789');
  expect(findDates(text).map(({ value, form }) => [value, form])).toEqual([
    ['2020-02-01', 'figures'],
    ['2021-10-03', 'spelled'],
  ]);
});
