import { foldVietnamese } from '@motcua/core';
import type { Box, Line, Word } from '../page.ts';

/** A piece of a line between punctuation: `tên:AN` is two tokens of one word, `H’Nu` is one. */
export interface Token {
  readonly text: string;
  readonly folded: string;
  readonly word: Word;
  /** Punctuation right behind it, '' if none. */
  readonly stop: string;
}

const MAX_TOKENS = 400;

export function tokensOf(line: Line): readonly Token[] {
  const tokens: Token[] = [];
  for (const word of line.words)
    for (const match of word.text.matchAll(
      /([\p{L}\p{M}\p{N}]+(?:['’]\p{L}[\p{L}\p{M}]*)*)([^\p{L}\p{M}\p{N}]*)/gu,
    )) {
      if (tokens.length >= MAX_TOKENS) return tokens;
      const text = match[1] ?? '';
      tokens.push({ text, folded: foldVietnamese(text), word, stop: match[2] ?? '' });
    }
  return tokens;
}

/** Where a label's words stand in the tokens, letting one letter in a longer word be misread; -1 if nowhere. */
export function findLabel(tokens: readonly Token[], label: readonly string[], from = 0): number {
  for (let at = from; at + label.length <= tokens.length; at += 1)
    if (label.every((word, index) => nearlySame(tokens[at + index]!.folded, word))) return at;
  return -1;
}

export function nearlySame(read: string, wanted: string): boolean {
  if (read === wanted) return true;
  if (wanted.length < 5 || Math.abs(read.length - wanted.length) > 1) return false;
  return editDistanceWithin(read, wanted, 1);
}

export function editDistanceWithin(a: string, b: string, limit: number): boolean {
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1)
      current[j] = Math.min(
        previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
        previous[j]! + 1,
        current[j - 1]! + 1,
      );
    previous = current;
  }
  return previous[b.length]! <= limit;
}

export function boundsOfWords(words: readonly Word[]): Box {
  const x = Math.min(...words.map((word) => word.box.x));
  const y = Math.min(...words.map((word) => word.box.y));
  const right = Math.max(...words.map((word) => word.box.x + word.box.width));
  const bottom = Math.max(...words.map((word) => word.box.y + word.box.height));
  return { x, y, width: right - x, height: bottom - y };
}

export function lowestConfidence(words: readonly Word[]): number {
  return words.reduce((lowest, word) => Math.min(lowest, word.confidence), 100);
}
