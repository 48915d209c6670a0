import { describe, expect, it } from 'vitest';
import { manualClock, vietnamTime } from './clock.ts';

const at = (iso: string) => vietnamTime(new Date(iso));

describe('the time on the wall of the centre', () => {
  it('begins the local day at 17:00 UTC, not at midnight UTC', () => {
    expect(at('2026-10-08T16:59:59Z').localDay).toBe('2026-10-08');
    expect(at('2026-10-08T17:00:00Z').localDay).toBe('2026-10-09');
    expect(at('2026-10-09T00:00:00Z').localDay).toBe('2026-10-09');
  });

  it('writes midnight as 00:00 and never as 24:00', () => {
    expect(at('2026-10-08T17:00:00Z')).toMatchObject({ time: '00:00', iso: '2026-10-09T00:00:00+07:00' });
  });

  it('turns the year with the local new year', () => {
    expect(at('2026-12-31T16:59:59Z').compactDay).toBe('261231');
    expect(at('2026-12-31T17:00:00Z')).toEqual({
      localDay: '2027-01-01',
      compactDay: '270101',
      date: '01/01/2027',
      time: '00:00',
      iso: '2027-01-01T00:00:00+07:00',
    });
  });

  it('knows the leap day', () => {
    expect(at('2028-02-28T17:30:00Z').localDay).toBe('2028-02-29');
  });
});

describe('the manual clock', () => {
  it('stands still until it is moved, and cannot be moved through a date that it gave away', () => {
    const clock = manualClock('2026-10-08T02:00:00Z');
    clock.now().setFullYear(1999);
    expect(clock.now().toISOString()).toBe('2026-10-08T02:00:00.000Z');
    clock.advance(1_500);
    expect(clock.now().toISOString()).toBe('2026-10-08T02:00:01.500Z');
    clock.set('2020-01-01T00:00:00Z');
    expect(clock.now().getUTCFullYear()).toBe(2020);
  });
});
