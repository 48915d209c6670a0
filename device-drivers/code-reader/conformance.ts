import { type Logger, manualClock, silentLogger } from '@motcua/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SimulatedReader } from '../simulators/code-reader/simulated-reader.ts';
import type { CodeReader } from './code-reader.ts';
import { defaultCodeReaderProfile, openCodeReader } from './open-code-reader.ts';

/** What every code reader must do, whatever its cable. Run on each transport. */
export function describeCodeReader(transport: string, start: () => Promise<SimulatedReader>): void {
  describe(`a code reader over ${transport}`, () => {
    const clock = manualClock('2026-11-23T02:00:00Z');
    const card = Buffer.from('001099001234||Nguyễn Thị Ước|01011999|Nữ|Hà Nội|01052021');
    let device: SimulatedReader;
    let reader: CodeReader;
    let codes: ReturnType<typeof collect>;
    let logged: unknown[];

    const logger: Logger = {
      ...silentLogger,
      debug: (...line) => void logged.push(line),
      info: (...line) => void logged.push(line),
      warn: (...line) => void logged.push(line),
      child: () => logger,
    };

    beforeEach(async () => {
      logged = [];
      device = await start();
      reader = openCodeReader(device.uri, {
        ...device.dependencies,
        clock,
        logger,
        profile: { ...defaultCodeReaderProfile, idleGapMs: 40 },
      });
      codes = collect(reader);
      await until(reader, 'ready');
    });
    afterEach(async () => {
      await reader.close();
      await device.close();
    });

    test('delivers the bytes of a code, without its line end', async () => {
      await device.send(Buffer.concat([card, Buffer.from('\r\n')]));
      expect(await codes.next()).toEqual(card);
    });

    test('delivers a code without a line end after a silence', async () => {
      await device.send(card);
      expect(await codes.next()).toEqual(card);
    });

    test('joins a code that is cut inside a letter', async () => {
      const middleOfLetter = card.indexOf('ễ') + 1;
      await device.sendInTwo(card, middleOfLetter);
      expect(await codes.next()).toEqual(card);
    });

    test('takes bytes that are no text as they are', async () => {
      const bytes = Uint8Array.of(0x00, 0xff, 0xfe, 0x80, 0x11, 0x13, 0x03, 0x7f, 0x1a, 0x04);
      await device.send(bytes);
      expect(await codes.next()).toEqual(Buffer.from(bytes));
    });

    test('hears a card that lies on the reader once, and again when it is shown again', async () => {
      await device.send('A');
      await device.send('A');
      await device.send('B');
      expect([await codes.text(), await codes.text()]).toEqual(['A', 'B']);
      clock.advance(1_500);
      await device.send('B');
      expect(await codes.text()).toBe('B');
    });

    test('drops noise without an end, reports its length, and hears the next code', async () => {
      await device.send(Buffer.alloc(6_000, 'x'));
      await expect.poll(() => JSON.stringify(logged)).toContain('"bytes":6000');
      await device.send('after');
      expect(await codes.text()).toBe('after');
    });

    test('is absent when unplugged, drops the half code, and comes back by itself', async () => {
      await device.send(card.subarray(0, 20));
      await device.unplug();
      await until(reader, 'absent');
      await device.plugIn();
      await until(reader, 'ready');
      await device.send('back');
      // The half may have been whole by its silence already; it never joins what comes later.
      const heard = [await codes.text()];
      if (heard[0] !== 'back') heard.push(await codes.text());
      expect(heard.at(-1)).toBe('back');
    });

    test('may be absent when it is opened', async () => {
      await reader.close();
      await device.unplug();
      const early = openCodeReader(device.uri, { ...device.dependencies, clock });
      expect(early.condition()).toBe('absent');
      const heard = collect(early);
      await device.plugIn();
      await until(early, 'ready');
      await device.send('hello');
      expect(await heard.text()).toBe('hello');
      await early.close();
    });

    test('is silent after close, also when it was never there', async () => {
      await reader.close();
      await device.send('late');
      expect(codes.count()).toBe(0);
      await device.unplug();
      const never = openCodeReader(device.uri, { ...device.dependencies });
      await never.close();
      await never.close();
      expect(never.condition()).toBe('absent');
    });

    test('logs nothing of what it reads', async () => {
      await device.send(card);
      await codes.next();
      expect(JSON.stringify(logged)).toContain('"bytes"');
      expect(JSON.stringify(logged)).not.toMatch(/001099001234|Nguy|1999/);
    });
  });
}

function until(reader: CodeReader, wanted: 'ready' | 'absent'): Promise<void> {
  return new Promise((resolve) => {
    if (reader.condition() === wanted) return resolve();
    const stop = reader.onCondition((condition) => {
      if (condition !== wanted) return;
      stop();
      resolve();
    });
  });
}

function collect(reader: CodeReader) {
  const waiting: Buffer[] = [];
  const takers: ((code: Buffer) => void)[] = [];
  reader.onCode((code) => {
    const take = takers.shift();
    if (take) take(Buffer.from(code));
    else waiting.push(Buffer.from(code));
  });
  const next = () =>
    new Promise<Buffer>((resolve) => {
      const code = waiting.shift();
      if (code) resolve(code);
      else takers.push(resolve);
    });
  return { next, text: async () => (await next()).toString(), count: () => waiting.length };
}
