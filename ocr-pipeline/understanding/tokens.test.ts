import fc from 'fast-check';
import { expect, it } from 'vitest';
import { editDistanceWithin } from './tokens.ts';

/** Levenshtein's distance by its definition. */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const [restA, restB] = [a.slice(1), b.slice(1)];
  if (a[0] === b[0]) return distance(restA, restB);
  return 1 + Math.min(distance(restA, restB), distance(restA, b), distance(a, restB));
}

it('finds just the words that so many edits make equal', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
  fc.assert(
    fc.property(word, word, fc.nat(4), (a, b, limit) => {
      expect(editDistanceWithin(a, b, limit)).toBe(distance(a, b) <= limit);
    }),
    { numRuns: 1_000 },
  );
});
