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
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  if (start === a.length) return true;
  // Only cells this near the diagonal can stay within the limit (Ukkonen); all others are beyond it.
  const beyond = limit + 1;
  const row = new Uint8Array(b.length - start + 2).fill(beyond);
  for (let at = 0; at <= Math.min(limit, b.length - start); at += 1) row[at] = at;
  for (let i = 1; i <= a.length - start; i += 1) {
    const first = Math.max(1, i - limit);
    let diagonal = row[first - 1]!;
    row[first - 1] = first === 1 && i <= limit ? i : beyond;
    let lowest = row[first - 1]!;
    for (let j = first; j <= Math.min(b.length - start, i + limit); j += 1) {
      const same = diagonal + (a[start + i - 1] === b[start + j - 1] ? 0 : 1);
      diagonal = row[j]!;
      row[j] = Math.min(same, diagonal + 1, row[j - 1]! + 1, beyond);
      lowest = Math.min(lowest, row[j]!);
    }
    if (lowest > limit) return false;
  }
  return row[b.length - start]! <= limit;
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
