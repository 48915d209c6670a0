import { manualClock } from '@motcua/core';
import { expect, test } from 'vitest';
import { startSimulatedSerialReader } from '../simulators/code-reader/simulated-serial-reader.ts';
import { startSimulatedTcpReader } from '../simulators/code-reader/simulated-tcp-reader.ts';
import { manualTimers } from '../timers.ts';
import { createCodeFramer } from './code-framer.ts';
import { describeCodeReader } from './conformance.ts';
import { openCodeReader } from './open-code-reader.ts';
import { createRepeatFilter } from './repeat-filter.ts';

describeCodeReader('a serial line (pty)', startSimulatedSerialReader);
describeCodeReader('TCP', () => startSimulatedTcpReader());

test('an address that is none is refused with an example', () => {
  expect(() => openCodeReader('serial:ttyACM0')).toThrow(/serial:\/dev\/serial\/by-id/);
});

test('retries more and more slowly while the device is absent', async () => {
  const timers = manualTimers();
  const reader = openCodeReader('serial:/dev/motcua-none', { timers });
  const waits: number[] = [];
  for (let attempt = 0; attempt < 7; attempt += 1) {
    await expect.poll(() => timers.pending().length).toBe(1);
    waits.push(...timers.pending());
    timers.ringNext();
  }
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  await reader.close();
  expect(timers.pending()).toEqual([]);
});

test('a code is whole only after the silence, however many pieces it came in', () => {
  const timers = manualTimers();
  const codes: string[] = [];
  const framer = createCodeFramer({
    idleGapMs: 80,
    timers,
    onCode: (code) => codes.push(Buffer.from(code).toString()),
    onDropped: () => undefined,
  });
  for (const byte of Buffer.from('Nữ')) framer.push(Uint8Array.of(byte));
  expect(codes).toEqual([]);
  expect(timers.pending()).toEqual([80]);
  timers.ringNext();
  expect(codes).toEqual(['Nữ']);
  framer.push(Buffer.from('half'));
  framer.reset();
  framer.push(Buffer.from('one\r\n\r\ntwo\n'));
  expect(codes).toEqual(['Nữ', 'one', 'two']);
});

test('exactly 4,096 bytes are a code, one more is noise up to the next silence', () => {
  const timers = manualTimers();
  const codes: number[] = [];
  const dropped: number[] = [];
  const framer = createCodeFramer({
    idleGapMs: 80,
    timers,
    onCode: (code) => codes.push(code.length),
    onDropped: (bytes) => dropped.push(bytes),
  });
  framer.push(Buffer.alloc(4_096, 'x'));
  timers.ringNext();
  framer.push(Buffer.alloc(4_097, 'x'));
  framer.push(Buffer.from('\rtail\r'));
  timers.ringNext();
  framer.push(Buffer.from('next\r'));
  expect({ codes, dropped }).toEqual({ codes: [4_096, 4], dropped: [4_103] });
});

test('half a code that was cut off by the cable never joins the next', async () => {
  const timers = manualTimers();
  const device = await startSimulatedTcpReader();
  const reader = openCodeReader(device.uri, { timers });
  const codes: string[] = [];
  reader.onCode((code) => codes.push(Buffer.from(code).toString()));
  await expect.poll(() => reader.condition()).toBe('ready');
  await device.send(Buffer.from('half'));
  // The silence that would end it is awaited, and does not come.
  await expect.poll(() => timers.pending()).toEqual([80]);
  await device.unplug();
  await expect.poll(() => timers.pending()).toEqual([250]);
  await device.plugIn();
  timers.ringNext();
  await expect.poll(() => reader.condition()).toBe('ready');
  await device.send('whole');
  await expect.poll(() => codes).toEqual(['whole']);
  await reader.close();
  await device.close();
});

test('the same code is news again only after a pause of the whole window', () => {
  const clock = manualClock('2026-11-23T02:00:00Z');
  const isNew = createRepeatFilter(1_500, clock);
  const show = (code: string, afterMs: number) => {
    clock.advance(afterMs);
    return isNew(Buffer.from(code));
  };
  expect(show('A', 0)).toBe(true);
  expect(show('A', 1_000)).toBe(false);
  // The card still lies there: each reading begins the pause anew.
  expect(show('A', 1_499)).toBe(false);
  expect(show('A', 1_500)).toBe(true);
  expect(show('B', 1)).toBe(true);
  expect(show('A', 1)).toBe(true);
  // A clock that was set back must not silence the reader.
  expect(show('A', -3_600_000)).toBe(true);
});
