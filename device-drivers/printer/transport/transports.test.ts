import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startSimulatedPrinter } from '../../simulators/printer/simulated-printer.ts';
import { parsePrinterUri } from '../printer-uri.ts';
import { openThermalPrinter } from '../thermal-printer.ts';
import { printerConformance, type WiredPrinter } from './conformance.ts';
import { createFrameReader, encodeFrame, MAX_FRAME_BODY } from './frames.ts';
import { fileChannel, findLpDevice } from './lp-channel.ts';
import { supervisedChannel } from './supervised-channel.ts';
import { ptyTo } from './test-wires.ts';

const timeouts = { retryFirstMs: 20, retryMaxMs: 100 };

printerConformance('a network', async (): Promise<WiredPrinter> => {
  const simulator = await startSimulatedPrinter();
  const cable = await cableTo(simulator.port);
  const driver = openThermalPrinter(`tcp://127.0.0.1:${cable.port}`, { timeouts });
  return wired(simulator, driver, cable);
});

printerConformance('a serial line', async (): Promise<WiredPrinter> => {
  const simulator = await startSimulatedPrinter();
  const wire = await ptyTo(simulator.port);
  const driver = openThermalPrinter(`serial:${wire.path}?baud=115200`, { timeouts });
  return wired(simulator, driver, wire);
});

// A terminal stands in for /dev/usb/lp0: a character device that blocks alike; what usblp itself does is not shown.
printerConformance('a character device', async (): Promise<WiredPrinter> => {
  const simulator = await startSimulatedPrinter();
  const wire = await ptyTo(simulator.port);
  const driver = openThermalPrinter('usb:04b8:0e28', { timeouts, openChannel: fileChannel(wire.path) });
  return wired(simulator, driver, wire);
});

function wired(
  simulator: WiredPrinter['simulator'],
  driver: WiredPrinter['driver'],
  wire: { plug(): Promise<void>; unplug(): Promise<void>; close(): Promise<void> },
): WiredPrinter {
  return {
    simulator,
    driver,
    plug: wire.plug,
    unplug: wire.unplug,
    [Symbol.asyncDispose]: async () => {
      await driver.close();
      await wire.close();
      await simulator.close();
    },
  };
}

/** A network cable that can be pulled. */
async function cableTo(port: number) {
  const ends = new Set<Socket>();
  let plugged = true;
  const server = createServer((near) => {
    if (!plugged) return near.destroy();
    const far = connect(port, '127.0.0.1');
    for (const end of [near, far]) {
      ends.add(end);
      end.on('error', () => undefined);
      end.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const unplug = async () => {
    plugged = false;
    for (const end of ends) end.destroy();
    ends.clear();
  };
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    unplug,
    plug: async () => {
      plugged = true;
    },
    close: async () => {
      await unplug();
      server.close();
    },
  };
}

describe('a printer address', () => {
  it.each([
    ['tcp://printer.local', { kind: 'tcp', host: 'printer.local', port: 9100 }],
    ['tcp://[fe80::1]:9101', { kind: 'tcp', host: 'fe80::1', port: 9101 }],
    ['serial:/dev/ttyUSB0', { kind: 'serial', path: '/dev/ttyUSB0', baudRate: 115_200 }],
    ['serial:/dev/ttyS1?baud=9600', { kind: 'serial', path: '/dev/ttyS1', baudRate: 9_600 }],
    ['usb:04b8:0E28', { kind: 'usb', vendorId: 0x04b8, productId: 0x0e28 }],
    ['usb:04b8:0e28:X5:7', { kind: 'usb', vendorId: 0x04b8, productId: 0x0e28, serialNumber: 'X5:7' }],
  ])('%s', (uri, value) => {
    expect(parsePrinterUri(uri)).toEqual({ ok: true, value });
  });

  it.each([
    'usb:4b8:e28',
    'serial:ttyS0',
    'serial:/dev/ttyS0?baud=fast',
    'tcp://h:0',
    'lpt1',
    'usb:04b8:0e28:\u0007',
  ])('%j is none', (uri) => {
    expect(parsePrinterUri(uri)).toMatchObject({ ok: false, error: { code: 'printer-uri' } });
  });
});

describe('a child process that holds a device', () => {
  const refused = async (command: readonly string[]) =>
    supervisedChannel({ kind: 'serial', path: '/no/such/device', baudRate: 9_600 }, command)(200);

  it('that cannot open it is a refusal', async () => {
    const opened = await supervisedChannel({ kind: 'serial', path: '/no/such', baudRate: 9_600 })(5_000);
    expect(opened).toEqual({ ok: false, error: { code: 'channel-refused' } });
  });

  it('that speaks nonsense, ends at once or cannot be started is a refusal', async () => {
    expect(await refused(['sh', '-c', 'echo Segmentation fault; sleep 9'])).toMatchObject({ ok: false });
    expect(await refused(['sh', '-c', 'exit 139'])).toMatchObject({ ok: false });
    expect(await refused(['/no/such/program'])).toMatchObject({ ok: false });
  });

  it('frames are read back, cut anywhere; a stream that is none is given up', () => {
    const frame = fc.tuple(
      fc.constantFrom('data', 'opened', 'written', 'portStatus', 'refused', 'portQuestion' as const),
      fc.uint8Array({ maxLength: 40 }),
    );
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), fc.integer({ min: 1, max: 9 }), (frames, cut) => {
        const bytes = Buffer.concat(frames.map(([type, body]) => encodeFrame(type, body)));
        const read = createFrameReader();
        const found = [];
        for (let at = 0; at < bytes.length; at += cut)
          found.push(...(read(bytes.subarray(at, at + cut)) ?? []));
        expect(found).toEqual(frames.map(([type, body]) => ({ type, body })));
      }),
    );
    expect(createFrameReader()(Uint8Array.of(1, 0xff, 0xff, 0xff))).toBeUndefined();
    expect(createFrameReader()(Uint8Array.of(99, 0, 0, 0))).toBeUndefined();
    expect(() => encodeFrame('data', new Uint8Array(MAX_FRAME_BODY + 1))).toThrow(RangeError);
  });
});

it('finds the device file of a USB printer by its ids, whatever number it got', async () => {
  const sysfs = await mkdtemp(join(tmpdir(), 'motcua-sysfs-'));
  try {
    for (const [name, vendor, product, serial] of [
      ['lp0', '04b8', '0e28', 'AAA'],
      ['lp1', '0519', '0003', 'BBB'],
      ['lp3', '04b8', '0e28', 'CCC'],
    ] as const) {
      const device = join(sysfs, 'devices', name);
      await mkdir(join(device, 'interface'), { recursive: true });
      await Promise.all([
        writeFile(join(device, 'idVendor'), `${vendor}\n`),
        writeFile(join(device, 'idProduct'), `${product}\n`),
        writeFile(join(device, 'serial'), `${serial}\n`),
      ]);
      await mkdir(join(sysfs, 'class', 'usbmisc', name), { recursive: true });
      await symlink(join(device, 'interface'), join(sysfs, 'class', 'usbmisc', name, 'device'));
    }
    const find = (serialNumber?: string) =>
      findLpDevice({ vendorId: 0x04b8, productId: 0x0e28, ...(serialNumber ? { serialNumber } : {}) }, sysfs);
    expect(await find()).toBe('/dev/usb/lp0');
    expect(await find('CCC')).toBe('/dev/usb/lp3');
    expect(await find('DDD')).toBeUndefined();
    expect(await findLpDevice({ vendorId: 1, productId: 2 }, join(sysfs, 'none'))).toBeUndefined();
  } finally {
    await rm(sysfs, { recursive: true });
  }
});
