import { foldVietnamese } from '@motcua/core';
import type { Line, PageKind } from '../page.ts';
import { findMrz } from './find-mrz.ts';
import type { Kind } from './load-kinds.ts';

const UNKNOWN: PageKind = {
  code: 'unknown',
  name: { vi: 'Giấy tờ khác', en: 'Other paper' },
  score: 0,
};

const ENOUGH = 0.35;
const MAX_LINES = 120;

/**
 * What kind of paper this is, from its title and its typical words, whatever their tones. A title counts fully where
 * it is a line of its own (or two: titles wrap), little inside running text, which may only *mention* another paper.
 */
export function guessKind(lines: readonly Line[], kinds: readonly Kind[]): PageKind {
  const texts = lines
    .slice(0, MAX_LINES)
    .map((line) => plain(line.words.map((word) => word.text).join(' ')))
    .filter((text) => text.length > 1);
  // A page in capitals has its title near the top; the same words in a signature block come late.
  const titles = texts.flatMap((text, at) => {
    const next = texts[at + 1];
    const early = at < Math.max(14, texts.length * 0.4);
    const wrapped = next === undefined ? [] : [`${text} ${next}`];
    return early ? [text, ...wrapped] : [];
  });
  const whole = texts.join(' ');
  const found = bestOf(kinds, titles, whole);
  if (found.score >= ENOUGH) return found;
  // The back of a card may have no other title than its machine-readable zone.
  const zone = findMrz(lines);
  const byZone = zone ? bestOf(kinds, [zone.lines[0].slice(0, 5).toLowerCase()], whole) : found;
  return byZone.score >= ENOUGH ? byZone : { ...UNKNOWN, score: found.score };
}

function bestOf(kinds: readonly Kind[], titles: readonly string[], whole: string): PageKind {
  let best = UNKNOWN;
  for (const kind of kinds) {
    const title = Math.max(0, ...kind.titles.map((wanted) => titleScore(titles, whole, wanted)));
    const anchors = kind.anchors.filter((anchor) => mentions(whole, anchor)).length;
    const score = Math.min(1, title + Math.min(0.5, anchors * 0.1));
    if (score > best.score) best = { code: kind.code, name: kind.name, score: Math.round(score * 100) / 100 };
  }
  return best;
}

function plain(text: string): string {
  return foldVietnamese(text.replace(/[^\p{L}\p{M}\p{N}]+/gu, ' '));
}

/** Longer titles say more: "tờ khai đăng ký khai sinh" beats the "khai sinh" in it. */
function titleScore(titles: readonly string[], whole: string, wanted: string): number {
  const weight = 0.45 + Math.min(0.25, wanted.length / 120);
  let best = wanted.length >= 14 && whole.includes(wanted) ? 0.12 : 0;
  for (const [at, text] of titles.entries()) {
    if (text.length > wanted.length + 40) continue;
    const errors = errorsOfBestMatch(text, wanted);
    if (errors > wanted.length / 8) continue;
    const rest = text.length - wanted.length;
    const own = rest <= 4 ? 1 : text.startsWith(wanted.slice(0, 6)) ? 0.85 : 0.5;
    // Further down the same words are a choice to tick or a sentence.
    const early = at < 16 ? 1 : 0.8;
    // The line alone says more than the same line behind another one.
    best = Math.max(best, weight * own * early * (1 - errors / wanted.length));
  }
  return best;
}

function mentions(whole: string, anchor: string): boolean {
  return ` ${whole} `.includes(anchor.length < 8 ? ` ${anchor} ` : anchor);
}

/** Fewest edits that turn some part of `text` into `wanted` (Sellers). */
function errorsOfBestMatch(text: string, wanted: string): number {
  if (text.includes(wanted)) return 0;
  let column = Array.from({ length: wanted.length + 1 }, (_, at) => at);
  let best = wanted.length;
  for (const letter of text) {
    const next = [0];
    for (let at = 1; at <= wanted.length; at += 1)
      next[at] = Math.min(
        column[at - 1]! + (wanted[at - 1] === letter ? 0 : 1),
        column[at]! + 1,
        next[at - 1]! + 1,
      );
    best = Math.min(best, next[wanted.length]!);
    column = next;
  }
  return best;
}
