import { describe, expect, it } from 'vitest';
import { nextStatusQuestion, statusMeaning } from './dossier-status.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const next = (status: number | null, age: number) =>
  nextStatusQuestion({ status, since: 0, now: age, random: () => 0.5 });

describe('how often a dossier’s status is asked for', () => {
  it.each([
    [0, HOUR / 2],
    [HOUR, HOUR / 2],
    [8 * HOUR, 2 * HOUR],
    [2 * DAY, DAY / 2],
    [30 * DAY, DAY],
  ])('%d ms after it changed: again in %d ms', (age, pause) => expect(next(4, age)).toBe(age + pause));

  it('never again when it is over, or has stood still for eight weeks; also with a clock set back', () => {
    for (const status of [3, 7, 8, 10]) expect(next(status, HOUR)).toBeNull();
    for (const status of [null, 1, 2, 4, 5, 6, 9]) expect(next(status, HOUR)).not.toBeNull();
    expect(next(4, 56 * DAY)).toBeNull();
    expect(next(4, -DAY)).toBe(-DAY + HOUR / 2);
  });

  it('fewer than a hundred questions for one that is never settled', () => {
    let questions = 0;
    for (let at = next(4, 0); at !== null; at = next(4, at)) questions++;
    expect(questions).toBeLessThan(100);
    expect(questions).toBeGreaterThan(50);
  });

  it('knows the ten of the list and no other', () => {
    expect(statusMeaning(9).name).toEqual({ vi: 'Đã xử lý xong', en: 'settled' });
    for (const none of [0, 11]) expect(() => statusMeaning(none)).toThrow();
  });
});
