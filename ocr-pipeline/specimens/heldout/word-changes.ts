import type { Line } from '../../page.ts';

export interface WordChanges {
  /** The page has the new word where it lacked one, and had one too many of the old. */
  readonly right: number;
  /** The old word was what the page says. */
  readonly wrong: number;
  /** Wrong before and after. */
  readonly still: number;
}

/** What correction did to a page, told from how often its true text has each word. */
export function countChanges(truth: string, lines: readonly Line[]): WordChanges {
  const wanted = countWords(truth.split(/\s+/));
  const words = lines.flatMap((line) => line.words);
  const had = countWords(words.map(({ text, read }) => read ?? text));
  let [right, wrong, still] = [0, 0, 0];
  for (const { text, read } of words) {
    if (read === undefined) continue;
    const surplus = (had.get(read) ?? 0) > (wanted.get(read) ?? 0);
    const lacked = (had.get(text) ?? 0) < (wanted.get(text) ?? 0);
    if (!surplus) wrong += 1;
    else if (lacked) right += 1;
    else still += 1;
  }
  return { right, wrong, still };
}

function countWords(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
