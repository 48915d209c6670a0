import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { manualTimers } from '../timers.ts';
import { claimDevice } from './claim-device.ts';
import type { DeviceReading, DeviceStatus } from './device-status.ts';
import { superviseDriver } from './supervise-driver.ts';

/** A driver whose answers the test gives. */
function fakeDriver(number: number) {
  const listeners = new Set<(code: string) => void>();
  let tell: (reading: DeviceReading) => void = () => undefined;
  return {
    uri: 'folder:/nowhere',
    number,
    hangs: false,
    closed: false,
    reading: { state: 'ready', cause: null } as DeviceReading,
    onCode: (listener: (code: string) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    read: (code: string) => {
      for (const listener of listeners) listener(code);
    },
    setTell: (listener: typeof tell) => {
      tell = listener;
    },
    tell: (reading: DeviceReading) => tell(reading),
    work: (until: Promise<string>) => until,
    close: async () => undefined,
  };
}

function supervised() {
  const timers = manualTimers();
  const opened: ReturnType<typeof fakeDriver>[] = [];
  const statuses: string[] = [];
  const device = superviseDriver({
    role: 'code-reader',
    open: () => {
      const driver = fakeDriver(opened.length);
      driver.close = async () => {
        driver.closed = true;
      };
      opened.push(driver);
      return driver;
    },
    look: (driver) => (driver.hangs ? new Promise(() => undefined) : Promise.resolve(driver.reading)),
    listen: (driver, tell) => {
      driver.setTell(tell);
      return () => driver.setTell(() => undefined);
    },
    work: ['work'],
    ask: 'always',
    timers,
  });
  const note = ({ state, cause }: DeviceStatus) => statuses.push(cause ? `${state} ${cause}` : state);
  note(device.status());
  device.onStatus(note);
  return { device, timers, opened, statuses };
}

test('a device goes from starting to ready, is busy while it works, and tells what it tells', async () => {
  const { device, opened, statuses } = supervised();
  device.start();
  await expect.poll(() => device.status().state).toBe('ready');
  let finish = (_: string) => {};
  const work = device.driver.work(new Promise((resolve) => (finish = resolve)));
  expect(device.status().state).toBe('busy');
  finish('done');
  expect(await work).toBe('done');
  opened[0]!.tell({ state: 'blocked', cause: 'printer-cover-open' });
  await device.check();
  expect(statuses).toEqual(['starting', 'ready', 'busy', 'ready', 'blocked printer-cover-open', 'ready']);
  await device.stop();
  expect(opened[0]!.closed).toBe(true);
});

test('a driver that does not answer is opened anew, later and later, and its listeners stay', async () => {
  const { device, opened, timers, statuses } = supervised();
  const heard: string[] = [];
  device.driver.onCode((code) => heard.push(code));
  device.start();
  await expect.poll(() => device.status().state).toBe('ready');
  const waits: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const before = opened.length;
    opened.at(-1)!.hangs = true;
    const checked = device.check();
    await expect.poll(() => timers.pending()).toContain(60_000);
    timers.ringNext(60_000);
    await expect.poll(() => timers.pending().length).toBe(2);
    waits.push(timers.pending().find((wait) => wait !== 15_000) ?? 0);
    timers.ringNext();
    await expect.poll(() => opened.length).toBe(before + 1);
    await checked;
  }
  expect(waits).toEqual([1_000, 2_000, 4_000]);
  expect(opened.map(({ closed }) => closed)).toEqual([true, true, true, false]);
  expect(statuses.at(-1)).toBe('failed device-hung');
  await device.check();
  expect(statuses.at(-1)).toBe('ready');
  opened.at(-1)!.read('card');
  expect(heard).toEqual(['card']);
  expect(device.driver.number).toBe(3);
  await device.stop();
});

test('work that fails leaves no device busy', async () => {
  const { device } = supervised();
  await device.check();
  await expect(device.driver.work(Promise.reject(new Error('torn')))).rejects.toThrow('torn');
  expect(device.status().state).toBe('ready');
  await device.stop();
});

test('a local device belongs to one process, and is free when that one is killed', async () => {
  const uri = `serial:/dev/motcua-claim-${process.pid}`;
  const program = `
    const { claimDevice } = await import(${JSON.stringify(import.meta.resolve('./claim-device.ts'))});
    const claim = await claimDevice(${JSON.stringify(uri)});
    process.stdout.write(claim.ok ? 'claimed' : 'in use');
    setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(other.stdout, 'data')) as [Buffer];
  expect(said.toString()).toBe('claimed');
  expect(await claimDevice(uri)).toEqual({ ok: false, error: { code: 'device-in-use' } });
  other.kill('SIGKILL');
  await once(other, 'exit');
  const claim = await claimDevice(uri);
  expect(claim.ok).toBe(true);
  if (claim.ok) await claim.value();
  expect((await claimDevice(uri)).ok).toBe(true);
});

test.each([
  ['tcp://Printer.example', 'tcp://printer.example:9100', false],
  ['tcp://printer.example:9101', 'tcp://printer.example:9102', true],
  ['usb:04B8:0E28', 'usb:04b8:0e28', false],
  ['serial:/dev/null?baud=9600', 'serial:/dev/../dev/null', false],
  ['folder:/tmp', 'folder:/tmp', true],
])('%s and %s at once: %s', async (one, other, both) => {
  const first = await claimDevice(one);
  const second = await claimDevice(other);
  expect([first.ok, second.ok]).toEqual([true, both]);
  for (const claim of [first, second]) if (claim.ok) await claim.value();
});
