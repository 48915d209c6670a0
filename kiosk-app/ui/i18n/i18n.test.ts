import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import en from './en.json' with { type: 'json' };
import { typeset } from './text.tsx';
import vi from './vi.json' with { type: 'json' };

const ui = join(import.meta.dirname, '..');

async function sources(): Promise<string> {
  const folders = ['components', 'demo', 'kiosk'];
  const texts = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(join(ui, folder), { recursive: true });
      const files = names.filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.'));
      return Promise.all(files.map((name) => readFile(join(ui, folder, name), 'utf8')));
    }),
  );
  return texts.flat().join('\n');
}

const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe('texts', () => {
  test('both languages have the same keys in the same order', () => {
    expect(Object.keys(en)).toEqual(Object.keys(vi));
  });

  test('both languages fill in the same values, and none is empty', () => {
    for (const [key, text] of Object.entries(vi)) {
      const other = en[key as keyof typeof en];
      expect(places(other), key).toEqual(places(text));
      expect(text.trim() && other.trim(), key).not.toBe('');
    }
  });

  test('every key is used', async () => {
    const source = await sources();
    const unused = Object.keys(vi).filter((key) => !source.includes(`'${key}'`));
    expect(unused).toEqual([]);
  });

  test('every key that is used exists', async () => {
    const used = [...(await sources()).matchAll(/\bt\(\s*'([^']+)'/g)].map(([, key]) => key);
    expect(used.length).toBeGreaterThan(50);
    expect(used.filter((key) => !(key! in vi))).toEqual([]);
  });

  test('Vietnamese is written in composed characters, as fonts and searches expect', () => {
    for (const text of Object.values(vi)) expect(text).toBe(text.normalize('NFC'));
  });

  test('what is read as one is not broken over two lines, and nothing else is held together', () => {
    const shown = (text: string) => typeset(text).replaceAll('\u00a0', '_');
    expect(shown('Còn 4 người trước quý vị')).toBe('Còn 4_người trước quý vị');
    expect(shown('Thứ Ba, 10 tháng 3, 2026')).toBe('Thứ Ba, 10_tháng_3, 2026');
    expect(shown('Bấm “Kết thúc”, giữ số')).toBe('Bấm “Kết_thúc”, giữ số');
    expect(shown('Không thấy “một câu dài hơn mười sáu chữ”')).toBe(
      'Không thấy “một câu dài hơn mười sáu chữ”',
    );
    expect(shown('Phường 5, Thành phố Hồ Chí Minh')).toBe('Phường 5, Thành_phố_Hồ_Chí_Minh');
  });
});
