import { unwrap } from '@motcua/core';
import type { Line, PageField } from '../page.ts';
import { type Kinds, loadKinds } from './load-kinds.ts';
import { understandPage } from './understand-page.ts';

export const TODAY = '2026-11-23';

/** Lines of words as the engine gives them, boxes in reading order, as wide as their text; two spaces are a wide gap. */
export function page(text: string): Line[] {
  return text
    .trim()
    .split('\n')
    .map((line, row) => {
      let x = 100;
      const words = [...line.trimEnd().matchAll(/(\s*)(\S+)/g)].map(([, gap = '', word = '']) => {
        x += gap.length * 12;
        const box = { x, y: 100 + row * 50, width: word.length * 12, height: 30 };
        x += box.width;
        return { text: word, confidence: 90, box };
      });
      return { words };
    });
}

export const kinds: Kinds = unwrap(loadKinds());

export function understand(text: string, known: Kinds = kinds) {
  return understandPage({ lines: page(text), codes: [], width: 1_654, height: 2_339 }, known, TODAY);
}

/** What the kind's own fields say, by name. */
export function valuesOf(fields: readonly PageField[]): Record<string, string> {
  return Object.fromEntries(fields.filter(({ label }) => label).map(({ name, value }) => [name, value]));
}
