/**
 * Character error rate: edits (insert, delete, replace) per character of the truth, both in NFC with white space
 * collapsed. 0 = equal; can exceed 1 when much is invented.
 */
export function characterErrorRate(truth: string, read: string): number {
  const a = [...plain(truth)];
  const b = [...plain(read)];
  if (a.length === 0) return b.length === 0 ? 0 : 1;
  return editDistance(a, b) / a.length;
}

/** The same over words: one wrong mark makes a word wrong. */
export function wordErrorRate(truth: string, read: string): number {
  const a = plain(truth).split(' ').filter(Boolean);
  const b = plain(read).split(' ').filter(Boolean);
  if (a.length === 0) return b.length === 0 ? 0 : 1;
  return editDistance(a, b) / a.length;
}

/**
 * Share of the truth's words that were read, in any order: tells misread letters from blocks read in another order
 * (two-column headers have no single right order).
 */
export function wordRecall(truth: string, read: string): number {
  const have = new Map<string, number>();
  for (const word of plain(read).split(' ')) have.set(word, (have.get(word) ?? 0) + 1);
  const words = plain(truth).split(' ').filter(Boolean);
  let found = 0;
  for (const word of words) {
    const left = have.get(word) ?? 0;
    if (left === 0) continue;
    have.set(word, left - 1);
    found += 1;
  }
  return words.length === 0 ? 1 : found / words.length;
}

/** Leaders are drawing, not text; quotes and dashes have several equal forms. */
export function plain(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[.…·_]{3,}|…/gu, ' ')
    .replace(/[‘’]/gu, "'")
    .replace(/[“”]/gu, '"')
    .replace(/[–—]/gu, '-')
    .replace(/\s+/gu, ' ')
    .trim();
}

function editDistance(a: readonly string[], b: readonly string[]): number {
  let previous = Uint32Array.from({ length: b.length + 1 }, (_, at) => at);
  let current = new Uint32Array(b.length + 1);
  for (let i = 1; i <= a.length; i += 1) {
    current[0] = i;
    for (let j = 1; j <= b.length; j += 1) {
      const change = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current[j] = Math.min(change, previous[j]! + 1, current[j - 1]! + 1);
    }
    [previous, current] = [current, previous];
  }
  return previous[b.length]!;
}
