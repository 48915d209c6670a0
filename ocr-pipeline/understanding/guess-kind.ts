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
/** What begins with so short a title may be anything: `THÔNG BÁO TIỀN ĐIỆN`. */
const SHORT_TITLE = 10;

/** A line, or two that a title may be wrapped over, as titles are looked for in it. */
interface TitleLine {
  readonly text: string;
  readonly letters: Uint8Array;
  /** Titles are in capitals, or begin with one; a line that begins small goes on with a sentence. */
  readonly style: 'capitals' | 'mixed' | 'small';
}

/**
 * What kind of paper this is, from its title and its typical words, whatever their tones. A title counts fully where
 * it is a line of its own (or two: titles wrap), little inside running text, which may only *mention* another paper.
 */
export function guessKind(lines: readonly Line[], kinds: readonly Kind[]): PageKind {
  const read = lines
    .slice(0, MAX_LINES)
    .map((line) => line.words.map((word) => word.text).join(' '))
    .map((printed) => ({ printed, text: plain(printed) }))
    .filter(({ text }) => text.length > 1);
  // A page in capitals has its title near the top; the same words in a signature block come late.
  const titles = read
    .slice(0, Math.max(14, Math.ceil(read.length * 0.4)))
    .flatMap(({ printed, text }, at) => {
      const next = read[at + 1];
      const alone = titleLine(printed, text);
      return next === undefined
        ? [alone]
        : [alone, titleLine(`${printed} ${next.printed}`, `${text} ${next.text}`)];
    });
  const whole = read.map(({ text }) => text).join(' ');
  const found = bestOf(kinds, titles, whole);
  if (found.score >= ENOUGH) return found;
  // The back of a card may have no other title than its machine-readable zone.
  const zone = findMrz(lines)?.lines[0].slice(0, 5).toLowerCase();
  const byZone = zone ? bestOf(kinds, [titleLine(zone.toUpperCase(), zone)], whole) : found;
  return byZone.score >= ENOUGH ? byZone : { ...UNKNOWN, score: found.score };
}

function titleLine(printed: string, text: string): TitleLine {
  const letters = printed.replace(/\P{L}/gu, '');
  const capitals = letters.replace(/\P{Lu}/gu, '').length;
  const small = /^\p{Ll}/u.test(letters);
  return {
    text,
    letters: countLetters(text),
    style: capitals > 0.6 * letters.length ? 'capitals' : small ? 'small' : 'mixed',
  };
}

function bestOf(kinds: readonly Kind[], titles: readonly TitleLine[], whole: string): PageKind {
  let best = UNKNOWN;
  const spaced = ` ${whole} `;
  for (const kind of kinds) {
    const title = Math.max(0, ...kind.titles.map((wanted) => titleScore(titles, whole, wanted)));
    const anchors = kind.anchors.filter((anchor) =>
      spaced.includes(anchor.length < 8 ? ` ${anchor} ` : anchor),
    ).length;
    const score = Math.min(1, title + Math.min(0.5, anchors * 0.1));
    if (score > best.score) best = { code: kind.code, name: kind.name, score: Math.round(score * 100) / 100 };
  }
  return best;
}

function plain(text: string): string {
  return foldVietnamese(text.replace(/[^\p{L}\p{M}\p{N}]+/gu, ' '));
}

/** Longer titles say more: "tờ khai đăng ký khai sinh" beats the "khai sinh" in it. */
function titleScore(titles: readonly TitleLine[], whole: string, wanted: string): number {
  const weight = 0.45 + Math.min(0.25, wanted.length / 120);
  const letters = countLetters(wanted);
  const limit = Math.floor(wanted.length / 8);
  let best = wanted.length >= 14 && whole.includes(wanted) ? 0.12 : 0;
  for (const [at, { text, letters: had, style }] of titles.entries()) {
    if (text.length > wanted.length + 40 || lacksMore(letters, had, limit)) continue;
    const errors = errorsOfBestMatch(text, wanted);
    if (errors > limit) continue;
    const rest = text.length - wanted.length;
    // GIẤY CHỨNG with another line behind it reads like `giấy chứng tử`.
    const starts = text.startsWith(errors === 0 ? wanted.slice(0, 6) : wanted.slice(0, -2));
    const own =
      style === 'small'
        ? 0.15
        : rest <= 4
          ? 1
          : starts
            ? wanted.length < SHORT_TITLE
              ? 0.6
              : 0.85
            : style === 'capitals'
              ? 0.5
              : 0.3;
    // Further down the same words are a choice to tick or a sentence.
    const early = at < 16 ? 1 : 0.8;
    // The line alone says more than the same line behind another one.
    best = Math.max(best, weight * own * early * (1 - errors / wanted.length));
  }
  return best;
}

/** How often each letter stands in a folded text; whatever is no letter counts as one more. */
function countLetters(text: string): Uint8Array {
  const counts = new Uint8Array(27);
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at) - 97;
    const place = letter >= 0 && letter < 26 ? letter : 26;
    if (counts[place]! < 255) counts[place]! += 1;
  }
  return counts;
}

/** Whether a line lacks more letters of a title than it may have errors: quicker to see than the errors. */
function lacksMore(wanted: Uint8Array, had: Uint8Array, limit: number): boolean {
  let left = limit;
  for (let at = 0; at < 27; at += 1) {
    const lacks = wanted[at]! - had[at]!;
    if (lacks > 0) left -= lacks;
    if (left < 0) return true;
  }
  return false;
}

/** Fewest edits that turn some part of `text` into `wanted` (Sellers). */
function errorsOfBestMatch(text: string, wanted: string): number {
  if (text.includes(wanted)) return 0;
  // One column of the table, overwritten from letter to letter: every title meets every line of a page.
  const column = Uint16Array.from({ length: wanted.length + 1 }, (_, at) => at);
  let best = wanted.length;
  for (let read = 0; read < text.length; read += 1) {
    const letter = text[read];
    let diagonal = 0;
    for (let at = 1; at <= wanted.length; at += 1) {
      const same = diagonal + (wanted[at - 1] === letter ? 0 : 1);
      diagonal = column[at]!;
      column[at] = Math.min(same, diagonal + 1, column[at - 1]! + 1);
    }
    best = Math.min(best, column[wanted.length]!);
  }
  return best;
}
