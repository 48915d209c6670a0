import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { decodeCode, type Logger, parseCitizenCard, silentLogger, unwrap } from '@motcua/core';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import {
  type KeyboardLetters,
  keystrokes,
  startSimulatedWedgeReader,
} from '../../simulators/code-reader/simulated-wedge-reader.ts';
import { manualTimers } from '../../timers.ts';
import { createFrameReader } from '../hid-pos/frames.ts';
import { openCodeReader } from '../open-code-reader.ts';
import { createTypist } from './typist.ts';
import { type UsbKeyboard, usbKeyboards, WEDGE_CHILD } from './usb-keyboards.ts';

const CARD = '079201001234|023456789|Đặng Thị Ước Nguyện|09122001|Nữ|17 Võ Thị Sáu, TP Hồ Chí Minh|05052021';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function typist() {
  const timers = manualTimers();
  const codes: Uint8Array[] = [];
  const dropped: number[] = [];
  const { push, reset } = createTypist({
    idleGapMs: 50,
    timers,
    onCode: (code) => codes.push(code),
    onDropped: (bytes) => dropped.push(bytes),
  });
  const type = (text: string, letters: KeyboardLetters = 'leaves-out') => {
    for (const report of keystrokes(text, letters)) push(report);
  };
  return { timers, codes, dropped, push, reset, type };
}

test('every text of a US keyboard comes as it is, at Enter or after a silence', () => {
  const text = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 1,
  });
  fc.assert(
    fc.property(text, text, (one, other) => {
      const { type, codes, timers } = typist();
      type(`${one}\n`);
      type(other);
      timers.ringNext(500);
      expect(codes.map((code) => Buffer.from(code).toString())).toEqual([one, other]);
    }),
  );
});

test.each([
  'alt-unicode',
  'alt-bytes',
] as const)('a card typed with %s keeps every Vietnamese letter', (letters) => {
  const { type, codes } = typist();
  type(`${CARD}\n`, letters);
  expect(unwrap(decodeCode(codes[0]!)).text).toBe(CARD);
});

test('a card of which letters were left out is refused as damaged, never taken for another name', () => {
  const { type, codes } = typist();
  type(`${CARD}\n`, 'leaves-out');
  expect(parseCitizenCard(codes[0]!, '2026-11-25')).toMatchObject({
    ok: false,
    error: { code: 'card-damaged-text' },
  });
});

test('no reports whatever break it, and a code without end is dropped and told', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 300 }), (reports) => {
      const { push, codes, timers } = typist();
      for (const report of reports) push(report);
      timers.ringNext();
      for (const code of codes) expect(code.length).toBeLessThanOrEqual(4 * 4_096);
    }),
  );
  const { type, codes, dropped } = typist();
  type(`${'x'.repeat(5_000)}\n`);
  type('next\n');
  expect(codes.map((code) => Buffer.from(code).toString())).toEqual(['next']);
  expect(dropped).toEqual([5_000]);
});

test('a silence in the middle of a letter drops the code, and the next one is whole', () => {
  const { type, push, codes, dropped, timers } = typist();
  const [altDown, digit] = keystrokes('Đ', 'alt-unicode');
  type('ab');
  push(altDown!);
  push(digit!);
  timers.ringNext();
  expect({ codes, dropped }).toEqual({ codes: [], dropped: [2] });
  for (const report of keystrokes('Đặng\n', 'alt-unicode')) push(report);
  expect(codes.map((code) => Buffer.from(code).toString())).toEqual(['Đặng']);
});

test('the driver finds the keyboard again after it was unplugged, and says what a keyboard is worth', async () => {
  const device = await startSimulatedWedgeReader('alt-unicode');
  const warned: unknown[] = [];
  const logger: Logger = {
    ...silentLogger,
    warn: (...line) => void warned.push(JSON.stringify(line)),
    child: () => logger,
  };
  const reader = openCodeReader(device.uri, { ...device.dependencies, logger });
  closing.push(device.close, reader.close);
  const heard: string[] = [];
  reader.onCode((code) => heard.push(Buffer.from(code).toString()));
  await expect.poll(() => reader.condition(), { timeout: 5_000 }).toBe('ready');
  expect(warned.join()).toContain('setup-reader');
  await device.send(`${CARD}\n`);
  await expect.poll(() => heard).toEqual([CARD]);
  await device.unplug();
  await expect.poll(() => reader.condition()).toBe('absent');
  await device.plugIn();
  await expect.poll(() => reader.condition(), { timeout: 10_000 }).toBe('ready');
  await device.send('second\n');
  await expect.poll(() => heard).toEqual([CARD, 'second']);
});

test('of the devices only a boot keyboard is one, and it is taken from the kernel before it is read', async () => {
  const done: string[] = [];
  const of = (interfaceClass: number, interfaceProtocol: number): UsbKeyboard => ({
    vendorId: 1,
    productId: 2,
    configuration: {
      interfaces: [
        {
          interfaceNumber: 3,
          alternate: {
            interfaceClass,
            interfaceSubclass: 1,
            interfaceProtocol,
            endpoints: [{ endpointNumber: 1, direction: 'in' }],
          },
        },
      ],
    },
    open: async () => void done.push('open'),
    close: async () => void done.push('close'),
    detachKernelDriver: async (number) => void done.push(`detach ${number}`),
    claimInterface: async (number) => void done.push(`claim ${number}`),
    controlTransferOut: async () => void done.push('boot protocol'),
    transferIn: async () => Promise.reject(new Error('unplugged')),
  });
  const library = usbKeyboards(async () => [of(3, 2), of(3, 1)]);
  const found = await library.devicesAsync();
  expect(found.map(({ usagePage }) => usagePage)).toEqual([undefined, 1]);
  await expect(library.open('0')).rejects.toThrow();
  const keyboard = await library.open('1');
  await new Promise((gone) => keyboard.on('error', gone));
  expect(done).toEqual(['open', 'detach 3', 'claim 3', 'boot protocol', 'close']);
});

test('the real program waits for a keyboard that is not plugged in, and ends with its driver', async () => {
  const address = JSON.stringify({ kind: 'wedge', vendorId: 0x1209, productId: 0xffff, serialNumber: null });
  const child = spawn(process.execPath, [WEDGE_CHILD, address], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  expect(['alive', 'refused']).toContain(createFrameReader()(chunk)?.[0]?.type);
  child.stdin.end();
  await ended;
});
