import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { manualClock } from '@motcua/core';
import { expect, it } from 'vitest';
import { allowedRate, throttle } from './throttle.ts';

const bandwidth = { kilobytesPerSecond: 64, nightFrom: '19:30', nightTo: '06:00' };

it.each([
  ['2026-10-08T02:00:00Z', 65_536, '9 in the morning in Vietnam'],
  ['2026-10-08T12:29:00Z', 65_536, 'a minute before the night'],
  ['2026-10-08T12:30:00Z', Number.POSITIVE_INFINITY, '19:30'],
  ['2026-10-08T22:59:00Z', Number.POSITIVE_INFINITY, 'a minute before 6 in the morning'],
  ['2026-10-08T23:00:00Z', 65_536, '6 in the morning'],
])('at %s the line may carry %s bytes a second: %s', (time, rate) => {
  expect(allowedRate(bandwidth, manualClock(time))).toBe(rate);
  expect(allowedRate(undefined, manualClock(time))).toBe(Number.POSITIVE_INFINITY);
});

it('waits as long as the bytes need at that rate, in small steps, and loses none', async () => {
  const content = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));
  const waits: number[] = [];
  const wait = async (milliseconds: number) => waits.push(milliseconds);
  const through = throttle(Readable.from([content], { objectMode: false }), () => 50_000, wait);
  expect((await buffer(through)).equals(content)).toBe(true);
  expect(waits.reduce((sum, each) => sum + each, 0)).toBeCloseTo(2_000, 0);
  expect(Math.max(...waits)).toBeLessThan(400);
});
