import type { Syllable } from './syllable.ts';

/** Costs of what recognition confuses, in the units of the scores of `correct-lines.ts`. */
const TONE = 1.5;
const QUALITY = 1.2;
const LOOK_ALIKE = 1.9;
const OTHER = 4;
const GAP = 3.2;

/** Letters (without marks) that print alike: single-storey a, closed c and e, verticals, arches. */
const ALIKE = new Set(
  'ao ad aq ag au ae uo oe ce co cg gq dq do bh hn nu nr mn il it ij lt lj tr fl ft kh vy vu yv rt sg'
    .split(' ')
    .flatMap((pair) => [pair, pair[1]! + pair[0]!]),
);

/** Bases without any mark: `ơ` → `o`, `đ` → `d`. */
export function bare(letters: string): string {
  return letters.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd');
}

/** How unlike `printed` the engine's reading is; 0 = the same syllable, wherever its tone stands. */
export function confusionCost(read: Syllable, printed: Syllable, limit: number): number {
  const a = read.letters;
  const b = printed.letters;
  if (Math.abs(a.length - b.length) * GAP > limit) return Number.POSITIVE_INFINITY;
  const tone = read.tone === printed.tone ? 0 : TONE;
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at * GAP);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i * GAP];
    for (let j = 1; j <= b.length; j += 1)
      current.push(
        Math.min(previous[j - 1]! + change(a[i - 1]!, b[j - 1]!), previous[j]! + GAP, current[j - 1]! + GAP),
      );
    previous = current;
  }
  return previous[b.length]! + tone;
}

function change(one: string, other: string): number {
  if (one === other) return 0;
  const a = bare(one);
  const b = bare(other);
  if (a === b) return QUALITY;
  return ALIKE.has(a + b) ? LOOK_ALIKE : OTHER;
}
