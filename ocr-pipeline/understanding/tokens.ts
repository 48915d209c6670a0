import { foldVietnamese } from '@motcua/core';
import type { Box, Line, Word } from '../page.ts';

/** A piece of a line between punctuation: `tên:AN` is two tokens of one word, `H’Nu` is one. */
export interface Token {
  readonly text: string;
  readonly folded: string;
  readonly word: Word;
  /** Where it begins in its word's text. */
  readonly at: number;
  /** An opening bracket or quotation mark right before it, '' if none. */
  readonly lead: string;
  /** Punctuation right behind it, and that of words that are nothing else; '' if none. */
  readonly stop: string;
}

const MAX_TOKENS = 400;

export function tokensOf(line: Line): readonly Token[] {
  const tokens: Token[] = [];
  for (const word of line.words) {
    let any = false;
    for (const match of word.text.matchAll(
      /([(“"]?)([\p{L}\p{M}\p{N}]+(?:['’]\p{L}[\p{L}\p{M}]*)*)([^\p{L}\p{M}\p{N}]*)/gu,
    )) {
      if (tokens.length >= MAX_TOKENS) return tokens;
      const [, lead = '', text = '', stop = ''] = match;
      tokens.push({ text, folded: foldVietnamese(text), word, at: match.index + lead.length, lead, stop });
      any = true;
    }
    const last = tokens.at(-1);
    if (!any && last !== undefined)
      tokens[tokens.length - 1] = { ...last, stop: `${last.stop} ${word.text}` };
  }
  return tokens;
}

/** What stands between the first and the last of these tokens, as printed, single spaces, NFC. */
export function textOf(tokens: readonly Token[]): string {
  return tokens
    .map(({ lead, text, stop, word }, at) => {
      const next = tokens[at + 1];
      // A bracket that closes belongs to the text, a full stop or comma at its end does not.
      if (next === undefined) return lead + text + (/^[)\]”"%]/.exec(stop)?.[0] ?? '');
      return lead + text + (next.word === word ? stop.slice(0, stop.length - next.lead.length) : `${stop} `);
    })
    .join('')
    .replace(/\s+/g, ' ')
    .normalize('NFC');
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

/** Whether at most `limit` letters must be changed, added or left out to turn one into the other. */
export function editDistanceWithin(a: string, b: string, limit: number): boolean {
  if (Math.abs(a.length - b.length) > limit) return false;
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    let lowest = i;
    for (let j = 1; j <= b.length; j += 1) {
      const cost = Math.min(
        previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
        previous[j]! + 1,
        current[j - 1]! + 1,
      );
      current.push(cost);
      lowest = Math.min(lowest, cost);
    }
    if (lowest > limit) return false;
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
