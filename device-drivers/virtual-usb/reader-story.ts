// `npm run test:usb`, inside the virtual machine: code readers on real USB as HID POS, keyboard and serial devices. Says
// what it saw and ends with 0 when all of it was right.
import { open, readFile } from 'node:fs/promises';
import { decodeCode } from '@motcua/core';
import type { CodeReader } from '../code-reader/code-reader.ts';
import { defaultCodeReaderProfile, openCodeReader } from '../code-reader/open-code-reader.ts';
import { type FoundDevice, listDevices } from '../list-devices.ts';
import { toReports } from '../simulators/code-reader/simulated-hid-reader.ts';
import { keystrokes } from '../simulators/code-reader/simulated-wedge-reader.ts';
import { createGadget, type GadgetOptions } from './gadget.ts';
import { createReport, pause } from './report.ts';

const CARD = '079201001234|023456789|Đặng Thị Ước Nguyện|09122001|Nữ|17 Võ Thị Sáu, TP Hồ Chí Minh|05052021';
/** Bar code scanner (page 8C): report 2 in with AIM id, 56 bytes of data, symbology and flags; report 4 out. */
const POS_DESCRIPTOR = Buffer.from(
  '058c0902a1010912a1028502150026ff00750895010501093b81029503058c09fb09fc09fd8102953809fe82020195010666ff09048102058c09ff750195088102c0c0',
  'hex',
);
/** HID 1.11, appendix B.1: the boot keyboard. */
const KEYBOARD_DESCRIPTOR = Buffer.from(
  '05010906a101050719e029e71500250175019508810295017508810395057501050819012905910295017503910395067508150025650507190029658100c0',
  'hex',
);
/** Software emulation is some twenty times slower than the machine that it runs on. */
const PATIENCE_MS = 60_000;

const { say, check, finish } = createReport();

interface Story {
  readonly name: string;
  readonly gadget: Omit<GadgetOptions, 'vendorId' | 'udc'>;
  /** The reader's end of the cable. */
  readonly inside: string;
  /** What the reader writes there for a code. */
  readonly writes: (code: string) => readonly Uint8Array[];
  /** Which of the found devices it is. */
  readonly scheme: 'hid' | 'wedge' | 'serial';
}

const stories: readonly Story[] = [
  {
    name: 'HID POS',
    gadget: {
      productId: '0b61',
      serialNumber: 'POS-1',
      product: 'Virtual HID POS reader',
      function: 'hid.usb0',
      settings: { protocol: '0', subclass: '0', report_length: '64', report_desc: POS_DESCRIPTOR },
    },
    inside: '/dev/hidg0',
    // By this descriptor there is no reserved byte before the flags.
    writes: (code) =>
      toReports(Buffer.from(code)).map((report) => Uint8Array.of(...report.subarray(0, 62), report[63] ?? 0)),
    scheme: 'hid',
  },
  {
    name: 'keyboard',
    gadget: {
      productId: '0b01',
      serialNumber: 'WEDGE-1',
      product: 'Virtual keyboard reader',
      function: 'hid.usb0',
      settings: { protocol: '1', subclass: '1', report_length: '8', report_desc: KEYBOARD_DESCRIPTOR },
    },
    inside: '/dev/hidg0',
    writes: (code) => keystrokes(`${code}\n`, 'alt-unicode'),
    scheme: 'wedge',
  },
  {
    name: 'USB-COM',
    gadget: {
      productId: '0caa',
      serialNumber: 'COM-1',
      product: 'Virtual serial reader',
      function: 'acm.usb0',
      settings: {},
    },
    inside: '/dev/ttyGS0',
    writes: (code) => [Buffer.from(`${code}\r\n`)],
    scheme: 'serial',
  },
];

async function until<Value>(
  ask: () => Value | Promise<Value>,
  wanted: (value: Value) => boolean,
): Promise<Value> {
  for (const end = performance.now() + PATIENCE_MS; ; await pause(200)) {
    const value = await ask();
    if (wanted(value) || performance.now() > end) return value;
  }
}

const condition = (reader: CodeReader, wanted: 'ready' | 'absent') =>
  until(
    () => reader.condition(),
    (now) => now === wanted,
  );

/** The code at the device's end; it waits there until the host asks for it. */
async function type(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const device = await open(path, 'r+');
  for (const part of parts) await device.write(part);
  await device.close();
}

async function tell({ name, gadget: options, inside, writes, scheme }: Story): Promise<void> {
  const gadget = await createGadget({ ...options, vendorId: '0c2e', udc: 'dummy_udc.3' });
  await gadget.plug();
  const isIt = ({ uri }: FoundDevice) => uri.startsWith(`${scheme}:`) && /0c2e|Motcua/.test(uri);
  const found = (await until(listDevices, (devices) => devices.some(isIt))).find(isIt);
  check(`${name}: motcua devices finds it`, found?.role === 'code-reader' && found.allowed, found);
  if (!found) return;
  // The emulated keyboard types slowly; its Enter ends a code all the same.
  const reader = openCodeReader(found.uri, { profile: { ...defaultCodeReaderProfile, idleGapMs: 5_000 } });
  const heard: string[] = [];
  reader.onCode((code) => {
    const decoded = decodeCode(code);
    heard.push(decoded.ok ? decoded.value.text : decoded.error.code);
  });
  const ready = await condition(reader, 'ready');
  check(`${name}: it is opened`, ready === 'ready', ready);
  if (scheme === 'wedge') {
    const inputs = await readFile('/proc/bus/input/devices', 'utf8');
    check(`${name}: what it types reaches no window`, !inputs.includes(options.product), inputs.length);
  }
  await type(inside, writes(CARD));
  await until(
    () => heard.length,
    (codes) => codes > 0,
  );
  check(`${name}: a card comes with every letter, once`, heard.length === 1 && heard[0] === CARD, heard);
  await gadget.unplug();
  const gone = await condition(reader, 'absent');
  check(`${name}: unplugged, it is absent`, gone === 'absent', gone);
  await gadget.plug();
  const back = await condition(reader, 'ready');
  check(`${name}: plugged in again, it is found`, back === 'ready', back);
  await type(inside, writes('second'));
  await until(
    () => heard.length,
    (codes) => codes > 1,
  );
  check(`${name}: and reads`, heard.length === 2 && heard[1] === 'second', heard);
  await reader.close();
  await gadget.unplug();
  await gadget.remove();
  say(`${name}: done`);
}

for (const story of stories) await tell(story);
finish('code readers');
