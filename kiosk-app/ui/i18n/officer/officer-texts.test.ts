import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import en from './en.json' with { type: 'json' };
import vi from './vi.json' with { type: 'json' };

const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test('both languages have the same keys in the same order, with the same values to fill in', () => {
  expect(Object.keys(en)).toEqual(Object.keys(vi));
  for (const [key, text] of Object.entries(vi)) {
    const other = en[key as keyof typeof en];
    expect(places(other), key).toEqual(places(text));
    expect(text.trim() && other.trim(), key).not.toBe('');
    expect(text).toBe(text.normalize('NFC'));
  }
});

test('every key is used on the page', async () => {
  const folder = join(import.meta.dirname, '..', '..', 'officer');
  const files = (await readdir(folder)).filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.'));
  const source = (await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
  // Some are put together from what the service says: `tab.${name}`.
  const families = [...source.matchAll(/`([a-z.-]+)\$\{/g)].map(([, start]) => start!);
  const unused = Object.keys(vi).filter(
    (key) => !source.includes(`'${key}'`) && !families.some((start) => key.startsWith(start)),
  );
  expect(unused).toEqual([]);
});
