import { describe, expect, it } from 'vitest';
import { manualClock } from './clock.ts';
import { sequentialIds, systemIds, ulidPattern } from './ids.ts';

describe('identifiers', () => {
  it('are ULIDs, each greater than the one before, even within a millisecond', () => {
    const ids = systemIds(manualClock('2026-10-08T02:00:00Z'));
    const made = Array.from({ length: 1_000 }, () => ids.next());
    expect(made.every((id) => ulidPattern.test(id))).toBe(true);
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(1_000);
  });

  it('go on rising when the clock is set back', () => {
    const clock = manualClock('2026-10-08T02:00:00Z');
    const ids = systemIds(clock);
    const before = ids.next();
    clock.set('2020-01-01T00:00:00Z');
    expect(ids.next() > before).toBe(true);
  });

  it('are predictable in tests, and still look like ULIDs', () => {
    const ids = sequentialIds();
    ids.next();
    expect(ids.next()).toBe('00000000000000000000000002');
    expect(ulidPattern.test(ids.next())).toBe(true);
  });

  it.each([
    '',
    '../../../etc/passwd',
    '0000000000000000000000000I',
    '01k6z00000000000000000000a',
    `${'0'.repeat(26)}\n`,
  ])('are not confused with %j', (text) => expect(ulidPattern.test(text)).toBe(false));
});
