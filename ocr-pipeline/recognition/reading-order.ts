import { foldVietnamese } from '@motcua/core';
import type { Line, Word } from '../page.ts';

/**
 * Reading order of Vietnamese administrative papers, where the engine reads two columns as one line: the head (agency
 * on the left, national motto on the right) and the signatures at the foot are read column by column. Everything
 * between keeps its lines: tables and forms are read across.
 */
export function orderColumns(lines: readonly Line[]): readonly Line[] {
  return orderFoot(orderHead(upperFirst(lines)));
}

/** Of two lines that stand over one another, the upper is read first; the engine forgets this between its blocks. */
function upperFirst(lines: readonly Line[]): readonly Line[] {
  const ordered: Line[] = [];
  for (const line of lines) {
    const at = ordered.findIndex((earlier) => standsAbove(line, earlier));
    if (at < 0) ordered.push(line);
    else ordered.splice(at, 0, line);
  }
  return ordered;
}

function standsAbove(upper: Line, lower: Line): boolean {
  const a = spanOf(upper.words);
  const b = spanOf(lower.words);
  const shared = Math.min(a.to, b.to) - Math.max(a.from, b.from);
  const bottom = Math.max(...upper.words.map((word) => word.box.y + word.box.height));
  const top = Math.min(...lower.words.map((word) => word.box.y));
  return shared > 0.5 * Math.min(a.to - a.from, b.to - b.from) && bottom < top + 0.2 * heightOf(lower);
}

const COUNTRY = 'cong hoa xa hoi';
const MOTTO = 'doc lap';
const HEAD_LINES = 10;

function orderHead(lines: readonly Line[]): readonly Line[] {
  const country = lines.findIndex((line, at) => at < HEAD_LINES && startOf(line, COUNTRY) > 0);
  if (country < 0) return lines;
  const words = lines[country]!.words;
  const first = startOf(lines[country]!, COUNTRY);
  const border = words[first]!.box.x - gapBefore(words, first) / 2;
  // The country's line and the motto, and what stands beside them (number, date) down to the first undivided line.
  let end = country + 1;
  while (end < lines.length && end <= country + 4 && isDivided(lines[end]!, border)) end += 1;
  if (end === country + 1) return lines;
  let start = country;
  while (start > 0 && start > country - 2 && isDivided(lines[start - 1]!, border)) start -= 1;
  const zone = lines.slice(start, end);
  const left = zone.map((line) => part(line, (word) => middle(word) < border));
  const right = zone.map((line) => part(line, (word) => middle(word) >= border));
  return [...lines.slice(0, start), ...filled(left), ...filled(right), ...lines.slice(end)];
}

/** Nothing crosses the border between the columns, and there is a gap where both have words. */
function isDivided(line: Line, border: number): boolean {
  if (line.words.some((word) => word.box.x < border && word.box.x + word.box.width > border)) return false;
  const left = line.words.filter((word) => middle(word) < border);
  const right = line.words.filter((word) => middle(word) >= border);
  if (left.length === 0) return foldVietnamese(textOf(line)).includes(MOTTO);
  if (right.length === 0) return true;
  const gap =
    Math.min(...right.map((word) => word.box.x)) -
    Math.max(...left.map((word) => word.box.x + word.box.width));
  return gap > 0.8 * heightOf(line);
}

const SIGNERS =
  /ky,? ghi ro|ky va ghi|ky ten|nguoi (?:ky|ke khai|yeu cau|khai|lam don|do de|lap)|chu tich|thu truong|giam doc|hieu truong|noi nhan|^ben [ab]\b|dai dien|y kien cua|truong phong|can bo|tm\. |so hieu/;
const FOOT_SHARE = 0.45;
const COLUMN_GAP = 1.8;

function orderFoot(lines: readonly Line[]): readonly Line[] {
  const from = Math.floor(lines.length * FOOT_SHARE);
  const start = lines.findIndex(
    (line, at) => at >= from && segmentsOf(line).length >= 2 && SIGNERS.test(foldVietnamese(textOf(line))),
  );
  if (start < 0) return lines;
  const zone = lines.slice(start).map(segmentsOf);
  const columns = columnsOf(zone.flat());
  // A line over the whole width ties the columns together: then this is no row of signatures.
  if (columns.length < 2 || columns.length > 4) return lines;
  const ordered = columns.flatMap((column) =>
    zone.flatMap((segments) => {
      const words = segments.filter((segment) => liesIn(segment, column)).flat();
      return words.length === 0 ? [] : [{ words }];
    }),
  );
  return [...lines.slice(0, start), ...ordered];
}

type Segment = readonly Word[];

function segmentsOf(line: Line): readonly Segment[] {
  const segments: Word[][] = [];
  const gap = COLUMN_GAP * heightOf(line);
  line.words.forEach((word, at) => {
    if (at === 0 || gapBefore(line.words, at) > gap) segments.push([word]);
    else segments.at(-1)!.push(word);
  });
  return segments;
}

function columnsOf(segments: readonly Segment[]): readonly { from: number; to: number }[] {
  const columns: { from: number; to: number }[] = [];
  const spans = segments.map(spanOf).sort((a, b) => a.from - b.from);
  for (const span of spans) {
    const last = columns.at(-1);
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else columns.push({ ...span });
  }
  return columns;
}

function liesIn(segment: Segment, column: { from: number; to: number }): boolean {
  const { from } = spanOf(segment);
  return from >= column.from && from <= column.to;
}

function spanOf(segment: Segment) {
  return {
    from: Math.min(...segment.map((word) => word.box.x)),
    to: Math.max(...segment.map((word) => word.box.x + word.box.width)),
  };
}

/** Index of the word at which `wanted` begins, -1 if it does not stand in the line. */
function startOf(line: Line, wanted: string): number {
  // A speck before the word is read as a dot.
  const folded = line.words.map((word) => foldVietnamese(word.text).replace(/^[^\p{L}\p{N}]+/u, ''));
  return folded.findIndex((_, at) => folded.slice(at).join(' ').startsWith(wanted));
}

function part(line: Line, keep: (word: Word) => boolean): Line {
  return { words: line.words.filter(keep) };
}

function filled(lines: readonly Line[]): readonly Line[] {
  return lines.filter((line) => line.words.length > 0);
}

function gapBefore(words: readonly Word[], at: number): number {
  const before = words[at - 1];
  return before === undefined ? 0 : words[at]!.box.x - before.box.x - before.box.width;
}

function middle(word: Word): number {
  return word.box.x + word.box.width / 2;
}

function heightOf(line: Line): number {
  const heights = line.words.map((word) => word.box.height).sort((a, b) => a - b);
  return heights[heights.length >> 1] ?? 0;
}

function textOf(line: Line): string {
  return line.words.map((word) => word.text).join(' ');
}
