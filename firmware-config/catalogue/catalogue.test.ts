import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwrap } from '@motcua/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wardName } from '../wards/wards.ts';
import shipped from './2026-07-01.json' with { type: 'json' };
import { defaultCatalogueFolder, findField, findProcedure, loadCatalogue } from './load-catalogue.ts';
import { searchCatalogue } from './search-catalogue.ts';

const catalogue = unwrap(loadCatalogue(defaultCatalogueFolder(), '2026-10-08'));

describe('the catalogue that comes with the kiosk', () => {
  test('has certification first, then civil status, each field with its own prefix', () => {
    expect(catalogue.fields.map((field) => `${field.prefix} ${field.code}`)).toEqual([
      'A certification',
      'B civil-status',
      'C residence',
      'D business',
      'E petitions',
    ]);
    expect(catalogue.procedures[0]).toMatchObject({ code: '2.000815', confirmed: true });
    expect(findProcedure(catalogue, '1.001193')).toMatchObject({ confirmed: false });
    expect(findField(catalogue, 'residence')?.prefix).toBe('C');
  });

  test('says everything in Vietnamese and in English', () => {
    const sentences = catalogue.procedures.flatMap((procedure) => [
      procedure.name,
      procedure.duration,
      procedure.fee,
      ...procedure.papers.flatMap((paper) => [paper.name, ...(paper.hint ? [paper.hint] : [])]),
    ]);
    for (const { vi, en } of sentences) {
      expect(vi).not.toBe(en);
      expect(vi).toBe(vi.normalize('NFC'));
      expect(en, en).not.toMatch(/[ăâêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i);
    }
  });
});

test('no paper says in its name whether it is optional: the screen says it', () => {
  const names = catalogue.procedures.flatMap(({ papers }) => papers.map(({ name }) => name));
  for (const { vi, en } of names) expect(`${vi} ${en}`).not.toMatch(/nếu có|if any/i);
});

describe('choosing by day', () => {
  let folder: string;
  const file = (day: string, content: object) =>
    writeFileSync(join(folder, `${day}.json`), JSON.stringify(content));
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'motcua-catalogue-'));
    for (const day of ['2026-01-01', '2026-07-01', '2027-01-01']) file(day, { ...shipped, validFrom: day });
    file('2028-01-01', { ...shipped, validFrom: '2028-01-02' });
    const [first] = shipped.procedures;
    file('2029-01-01', { ...shipped, validFrom: '2029-01-01', procedures: [first, first] });
    file('2030-01-01', {
      ...shipped,
      validFrom: '2030-01-01',
      procedures: [{ ...first, name: { vi: 'A' } }],
    });
    writeFileSync(join(folder, 'README.md'), '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['2026-06-30', '2026-01-01'],
    ['2026-07-01', '2026-07-01'],
    ['2026-12-31', '2026-07-01'],
    ['2027-05-05', '2027-01-01'],
  ])('on %s the catalogue of %s holds', (day, validFrom) => {
    expect(unwrap(loadCatalogue(folder, day)).validFrom).toBe(validFrom);
  });

  test.each([
    ['2025-12-31', 'catalogue-none-valid', 'none holds'],
    ['2028-01-01', 'catalogue-invalid', 'validFrom'],
    ['2029-01-01', 'catalogue-invalid', 'procedures.1.code'],
    ['2030-01-01', 'catalogue-invalid', 'procedures.0.name.en'],
  ])('on %s: %s', (day, code, message) => {
    const result = loadCatalogue(folder, day);
    expect(result).toMatchObject({ ok: false, error: { code } });
    expect(!result.ok && result.error.message).toContain(message);
  });

  test('a folder that is not there is an error, not a crash', () => {
    expect(loadCatalogue('/none', '2026-07-01')).toMatchObject({
      error: { code: 'catalogue-folder-missing' },
    });
  });
});

describe('search', () => {
  const codes = (query: string) => searchCatalogue(catalogue, query).map((procedure) => procedure.code);

  test.each([
    ['khai sinh'],
    ['KHAI SINH'],
    ['khai  si'],
    ['sinh khai'],
    ['ks'],
    ['khaisinh'],
    ['Khái sình'],
    ['đăng ký khai sinh'],
    ['ddawng kys khai sinh'],
    ['birth'],
    ['1.001193'],
  ])('"%s" finds the registration of a birth', (query) => {
    expect(codes(query)).toContain('1.001193');
  });

  test('words narrow it down, the order stays the catalogue’s', () => {
    expect(codes('khai sinh')).toEqual(['1.001193', '2.000635', '2.000986']);
    expect(codes('ho khau')).toEqual(['1.004222']);
    expect(codes('sao y')).toEqual(['2.000815']);
    expect(codes('chung thuc')).toEqual(['2.000815', '2.000884']);
    expect(codes('')).toHaveLength(catalogue.procedures.length);
    expect(codes('   ')).toHaveLength(catalogue.procedures.length);
  });

  test.each(['xyz', 'w', 'ai sinh', '<script>', 'khai sinh xyz'])('"%s" finds nothing', (query) => {
    expect(codes(query)).toEqual([]);
  });

  test.each([
    ['chuwngs thuwcj', 'chứng thực'],
    ['kết hoon', 'kết hôn'],
    ['ddoocj thaan', 'độc thân'],
  ])('"%s", typed by Telex, is "%s"', (keys, text) => {
    expect(codes(keys)).toEqual(codes(text));
    expect(codes(keys)).not.toEqual([]);
  });

  test('signs without a letter narrow nothing down', () => {
    expect(codes('(((\\')).toEqual(codes(''));
  });

  test('a query of any length is answered', () => {
    expect(codes('khai sinh '.repeat(10_000))).toContain('1.001193');
  });
});

test('wards have their names, unknown ones none', () => {
  expect(wardName('26732')).toEqual({ vi: 'Đặc khu Côn Đảo', en: 'Côn Đảo Special Zone' });
  expect(wardName('toString')).toBeUndefined();
});
