import { foldVietnamese } from '@motcua/core';
import type { Line, PageField, Word } from '../page.ts';
import { type FoundDate, findDates } from './dates.ts';
import { boundsOfWords, lowestConfidence } from './tokens.ts';

const BIRTH = /sinh\s*ngay|ngay\s*sinh|nam\s*sinh|date\s*of\s*birth|birth|\bsinh\b/g;
/** Dates of papers, registers and events: never a birth date, though the word "sinh" may stand near. */
const OTHER =
  /cap\s*ngay|ngay\s*cap|noi\s*cap|date\s*of\s*issue|date\s*of\s*expiry|gia\s*tri\s*den|dang\s*ky|ket\s*hon|lap\s*ngay|tu\s*ngay|den\s*ngay|ky\s*ngay|chet|tu\s*vong|mat\s*ngay|hieu\s*luc|khoa\s*thi/g;

/** Birth dates, best first: a date counts when the nearest label before it (this line or the one above) is of birth. */
export function findBirthDates(lines: readonly Line[]): readonly PageField[] {
  const found: { field: PageField; rank: number }[] = [];
  lines.forEach((line, at) => {
    const text = lineText(line);
    for (const date of findDates(text.folded)) {
      const distance = birthLabelDistance(text.folded.slice(0, date.at), lines[at - 1], date.form);
      if (distance === undefined || (date.form === 'misread' && distance > 6)) continue;
      const words = text.wordsOf(date.at, date.at + date.length);
      if (words.length === 0) continue;
      found.push({
        field: {
          name: 'birthDate',
          value: date.value,
          box: boundsOfWords(words),
          confidence: lowestConfidence(words),
          check: { name: 'date', outcome: 'passed' },
        },
        rank: 100 - Math.min(60, distance) - at * 0.5,
      });
    }
  });
  const best = new Map<string, { field: PageField; rank: number }>();
  for (const one of found.sort((a, b) => b.rank - a.rank))
    if (!best.has(one.field.value)) best.set(one.field.value, one);
  return [...best.values()].map(({ field }) => field);
}

/** Characters between the birth label and the date; undefined when another label stands nearer or none stands. */
function birthLabelDistance(
  before: string,
  above: Line | undefined,
  form: FoundDate['form'],
): number | undefined {
  const same = nearestLabel(before);
  if (same !== undefined) return same.birth ? same.distance : undefined;
  // `ngày 03 tháng 5 năm …` alone on a line, or a bare date: the label may stand at the end of the line above.
  if (above === undefined || before.replace(/\W/g, '').length > 24) return undefined;
  const label = nearestLabel(lineText(above).folded);
  if (label?.birth !== true) return undefined;
  return label.distance + before.length + (form === 'spelled' ? 10 : 5);
}

function nearestLabel(text: string): { birth: boolean; distance: number } | undefined {
  const birth = lastEnd(text, BIRTH);
  const other = lastEnd(text, OTHER);
  if (birth < 0 && other < 0) return undefined;
  // `đăng ký khai sinh ngày …`: the longer label is the true one.
  const isBirth = birth > other && !/(khai|chung)\s*sinh\W*(?:ngay)?\W*$/.test(text);
  return { birth: isBirth, distance: text.length - Math.max(birth, other) };
}

function lastEnd(text: string, pattern: RegExp): number {
  let end = -1;
  for (const match of text.matchAll(pattern)) end = match.index + match[0].length;
  return end;
}

/** The folded line, and which words a stretch of it came from. */
export function lineText(line: Pick<Line, 'words'>) {
  let folded = '';
  const ends: number[] = [];
  for (const word of line.words) {
    folded += `${folded === '' ? '' : ' '}${foldVietnamese(word.text)}`;
    ends.push(folded.length);
  }
  return {
    folded,
    wordsOf(from: number, to: number): readonly Word[] {
      return line.words.filter((_, at) => {
        const start = at === 0 ? 0 : ends[at - 1]! + 1;
        return start < to && ends[at]! > from;
      });
    },
  };
}
