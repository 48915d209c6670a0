import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { manualClock } from '@motcua/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startSimulatedHidReader, toReports } from '../../simulators/code-reader/simulated-hid-reader.ts';
import { manualTimers } from '../../timers.ts';
import { describeCodeReader } from '../conformance.ts';
import { openCodeReader } from '../open-code-reader.ts';
import { createFrameReader, encodeFrame } from './frames.ts';
import { HID_CHILD } from './hid-line.ts';
import { parseReport, REPORT_BYTES } from './report.ts';
import { createReportJoiner } from './report-joiner.ts';

describeCodeReader('HID POS (a child process)', startSimulatedHidReader);

const CARD = '001099001234||Nguyễn Thị Ước|01011999|Nữ|Hà Nội|01052021';

function join(layout: 'aim-first' | 'data-first' = 'aim-first') {
  const timers = manualTimers();
  const codes: string[] = [];
  const dropped: number[] = [];
  const joiner = createReportJoiner({
    layout,
    timers,
    onCode: (code) => codes.push(Buffer.from(code).toString()),
    onDropped: (bytes) => dropped.push(bytes),
  });
  return { ...joiner, timers, codes, dropped };
}

describe('the reports of a HID POS reader', () => {
  test('are joined as bytes, wherever the reader cuts a letter', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.integer({ min: 1, max: 56 }),
        (text, cut) => {
          const { push, codes, dropped } = join();
          for (const report of toReports(Buffer.from(`${CARD}${text}`), cut)) push(report);
          expect({ codes, dropped }).toEqual({
            codes: [Buffer.from(`${CARD}${text}`).toString()],
            dropped: [],
          });
        },
      ),
    );
  });

  test('of 63 bytes lack the reserved byte before the flags', () => {
    const { push, codes } = join();
    for (const report of toReports(Buffer.from(CARD)))
      push(Uint8Array.from([...report.subarray(0, 62), report[63]!]));
    expect(codes).toEqual([CARD]);
  });

  test('a code whose last part was lost never joins the next one', () => {
    const { push, codes, dropped, timers } = join();
    push(toReports(Buffer.from(CARD), 40)[0]!);
    timers.ringNext();
    for (const report of toReports(Buffer.from('next'))) push(report);
    expect({ codes, dropped }).toEqual({ codes: ['next'], dropped: [40] });
    // The next one is of another kind and comes at once.
    push(toReports(Buffer.from(CARD), 40)[0]!);
    const bar = Uint8Array.from(toReports(Buffer.from('4006381333931'))[0]!);
    bar.set(Buffer.from(']E0'), 2);
    push(bar);
    expect(codes).toEqual(['next', '4006381333931']);
  });

  test('a part that states more than it holds spoils its code, not the next', () => {
    const { push, codes, dropped } = join();
    const [first, second] = toReports(Buffer.from(CARD), 40).map((report) => Uint8Array.from(report));
    first![1] = 57;
    push(first!);
    push(second!);
    for (const report of toReports(Buffer.from('next'))) push(report);
    expect(codes).toEqual(['next']);
    expect(dropped).toHaveLength(1);
  });

  test('a reader that never ends its code is stopped at 4,096 bytes', () => {
    const { push, codes, dropped } = join();
    for (const report of toReports(Buffer.alloc(1_000_000, 'x'))) push(report);
    for (const report of toReports(Buffer.from('next'))) push(report);
    expect({ codes, dropped }).toEqual({ codes: ['next'], dropped: [1_000_000] });
  });

  test('any bytes are answered without throwing, and what comes out is never longer than the bound', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 })), (reports) => {
        const { push, codes } = join();
        for (const report of reports) {
          push(report);
          const padded = new Uint8Array(REPORT_BYTES);
          padded.set([2, ...report.subarray(0, 63)]);
          push(padded);
        }
        for (const code of codes) expect(code.length).toBeLessThanOrEqual(4_096);
      }),
    );
  });

  test('of Newland have no AIM id: their data begin at byte 2', () => {
    const report = new Uint8Array(REPORT_BYTES);
    report.set([2, 3, ...Buffer.from('Nữ').subarray(0, 3)]);
    report[63] = 1;
    expect(parseReport(report, 'data-first')).toMatchObject({
      data: Uint8Array.from(Buffer.from('Nữ').subarray(0, 3)),
      last: false,
    });
    const { push, codes } = join('data-first');
    push(report);
    const end = new Uint8Array(REPORT_BYTES);
    end.set([2, 1, Buffer.from('Nữ')[3]!]);
    push(end);
    expect(codes).toEqual(['Nữ']);
  });
});

test('frames from the child survive any cut, and garbage ends the stream for good', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 255 })),
      fc.integer({ min: 1, max: 300 }),
      (bodies, cut) => {
        const read = createFrameReader();
        const stream = Buffer.concat(bodies.map((body) => encodeFrame('report', body)));
        const got: Uint8Array[] = [];
        for (let at = 0; at < stream.length; at += cut)
          for (const { body } of read(stream.subarray(at, at + cut)) ?? []) got.push(body);
        expect(got.map((body) => [...body])).toEqual(bodies.map((body) => [...body]));
      },
    ),
  );
  const read = createFrameReader();
  expect(read(Uint8Array.of(99, 0))).toBeNull();
  expect(read(encodeFrame('alive'))).toBeNull();
});

describe('native code that fails in the child', () => {
  test('is started anew after a crash, later and later while it goes on, and the service lives', async () => {
    const device = await startSimulatedHidReader();
    const timers = manualTimers();
    const clock = manualClock('2026-11-23T02:00:00Z');
    const reader = openCodeReader(device.uri, { ...device.dependencies, timers, clock });
    const heard: string[] = [];
    reader.onCode((code) => heard.push(Buffer.from(code).toString()));
    const waits: number[] = [];
    for (let crash = 0; crash < 3; crash += 1) {
      await expect.poll(() => reader.condition()).toBe('ready');
      await device.breakDriver('crash');
      await expect.poll(() => reader.condition()).toBe('absent');
      waits.push(...timers.pending());
      timers.ringNext();
    }
    expect(waits).toEqual([250, 500, 1_000]);
    await expect.poll(() => reader.condition()).toBe('ready');
    await device.send(CARD);
    await expect.poll(() => heard).toEqual([CARD]);
    await reader.close();
    await device.close();
  });

  test('is killed by the watchdog when it hangs', async () => {
    const device = await startSimulatedHidReader();
    const timers = manualTimers();
    const reader = openCodeReader(device.uri, { ...device.dependencies, timers });
    await expect.poll(() => reader.condition()).toBe('ready');
    await device.breakDriver('hang');
    // The bell of the watchdog is rung by hand: real time plays no part.
    await expect.poll(() => timers.pending()).toEqual([10_000]);
    timers.ringNext();
    await expect.poll(() => reader.condition()).toBe('absent');
    timers.ringNext();
    await expect.poll(() => reader.condition()).toBe('ready');
    await reader.close();
    await device.close();
  });
});

test('the real program loads node-hid, waits for a reader that is not plugged in, and ends with its driver', async () => {
  const address = JSON.stringify({ kind: 'hid', vendorId: 0x1209, productId: 0xffff, serialNumber: null });
  const child = spawn(process.execPath, [HID_CHILD, address], { stdio: ['pipe', 'pipe', 'ignore'] });
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  expect(createFrameReader()(chunk)?.[0]?.type).toBe('alive');
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
