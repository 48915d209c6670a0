import { characterErrorRate, plain, wordRecall } from '../recognition/error-rate.ts';

export interface TextErrors {
  /** Edits per letter of the truth after its words have found their nearest partners, wherever those stand. */
  readonly anyOrder: number;
  /** The same, both texts without diacritics. */
  readonly anyOrderWithoutDiacritics: number;
  /** Edits per character with both texts as one string: blocks that were read in another order count in full. */
  readonly inOrder: number;
  /** Share of the truth's words that were read exactly, in any order. */
  readonly recall: number;
}

/** How far `read` is from `truth`; 0 is equal. Case counts; white space, leaders and forms of quotes do not. */
export function compareText(truth: string, read: string): TextErrors {
  return {
    anyOrder: anyOrderErrorRate(truth, read),
    anyOrderWithoutDiacritics: anyOrderErrorRate(withoutDiacritics(truth), withoutDiacritics(read)),
    inOrder: characterErrorRate(truth, read),
    recall: wordRecall(truth, read),
  };
}

export function withoutDiacritics(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/gu, 'd').replace(/Đ/gu, 'D');
}

/**
 * Pages with two columns have no single right order, and no program should win or lose by the one it chose. Equal
 * words pair up first, then the nearest of the rest; what is left alone is missing or invented, letter by letter.
 */
export function anyOrderErrorRate(truth: string, read: string): number {
  const wanted = plain(truth).split(' ').filter(Boolean);
  const letters = wanted.reduce((sum, word) => sum + [...word].length, 0);
  const given = new Map<string, number>();
  for (const word of plain(read).split(' ').filter(Boolean)) given.set(word, (given.get(word) ?? 0) + 1);
  const missing: string[] = [];
  for (const word of wanted) {
    const left = given.get(word) ?? 0;
    if (left > 0) given.set(word, left - 1);
    else missing.push(word);
  }
  const invented = [...given].flatMap(([word, count]) => Array.from({ length: count }, () => word));
  const errors = cheapestPairs(missing, invented);
  return letters === 0 ? Number(errors > 0) : errors / letters;
}

function cheapestPairs(missing: readonly string[], invented: readonly string[]): number {
  const candidates = missing.flatMap((wanted, a) =>
    invented.map((given, b) => {
      const length = Math.max([...wanted].length, [...given].length);
      const edits = Math.round(characterErrorRate(wanted, given) * [...wanted].length);
      return { a, b, edits, share: edits / length };
    }),
  );
  candidates.sort((one, other) => one.share - other.share);
  const taken = { a: new Set<number>(), b: new Set<number>() };
  let errors = 0;
  for (const { a, b, edits } of candidates) {
    if (taken.a.has(a) || taken.b.has(b)) continue;
    taken.a.add(a);
    taken.b.add(b);
    errors += edits;
  }
  const alone = (words: readonly string[], paired: ReadonlySet<number>) =>
    words.reduce((sum, word, at) => sum + (paired.has(at) ? 0 : [...word].length), 0);
  return errors + alone(missing, taken.a) + alone(invented, taken.b);
}
