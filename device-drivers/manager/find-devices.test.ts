import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProfile } from '@motcua/firmware-config';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseDeviceUri } from '../device-uri.ts';
import { type FoundDevice, listHidReaders, listUsbPrinters } from '../list-devices.ts';
import { checkDeclaredDevice } from './check-device.ts';
import { proposeDevices } from './propose-devices.ts';

/** A machine's `/sys` and `/dev` as far as they are read, with a reader, a keyboard, a printer and a hub. */
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'motcua-sys-'));
  const put = async (path: string, content: string | Uint8Array) => {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), content);
  };
  await put(
    'sys/class/hidraw/hidraw3/device/uevent',
    'DRIVER=hid-generic\nHID_ID=0003:00000C2E:00000B61\nHID_NAME=Honeywell 1950g\nHID_UNIQ=22123B0F1A\n',
  );
  await put('sys/class/hidraw/hidraw3/device/report_descriptor', Buffer.from('058c0902a1018502', 'hex'));
  await put('dev/hidraw3', '');
  await put('sys/class/hidraw/hidraw0/device/uevent', 'HID_ID=0003:0000046D:0000C31C\nHID_NAME=Keyboard\n');
  await put('sys/class/hidraw/hidraw0/device/report_descriptor', Buffer.from('05010906a101', 'hex'));
  await put('sys/bus/usb/devices/1-2:1.0/bInterfaceClass', '07\n');
  await put('sys/bus/usb/devices/1-2/idVendor', '04b8\n');
  await put('sys/bus/usb/devices/1-2/idProduct', '0e28\n');
  await put('sys/bus/usb/devices/1-2/manufacturer', 'EPSON\n');
  await put('sys/bus/usb/devices/1-2/product', 'TM-T82III\n');
  await put('sys/bus/usb/devices/1-0:1.0/bInterfaceClass', '09\n');
});
afterAll(() => rm(root, { recursive: true, force: true }));

test('a HID POS reader and a USB printer are found by what they are, with what may be opened', async () => {
  expect(await listHidReaders(root)).toEqual([
    {
      role: 'code-reader',
      uri: 'hid:0c2e:0b61:22123B0F1A',
      name: 'Honeywell 1950g',
      vendorId: '0c2e',
      allowed: true,
      node: join(root, 'dev/hidraw3'),
    },
  ]);
  expect(await listUsbPrinters(root)).toMatchObject([
    { role: 'ticket-printer', uri: 'usb:04b8:0e28', name: 'EPSON TM-T82III', allowed: false },
  ]);
  expect(await listHidReaders(join(root, 'nowhere'))).toEqual([]);
});

const device = (role: FoundDevice['role'], uri: string, vendorId: string | null = null): FoundDevice => ({
  role,
  uri,
  name: 'x',
  vendorId,
  allowed: true,
  node: null,
});

test('a proposal has one device of each role, with a profile that there is', () => {
  const { devices, alternatives } = proposeDevices([
    device('code-reader', 'serial:/dev/ttyUSB0', '1a86'),
    device('code-reader', 'hid:1eab:0110', '1eab'),
    device('document-scanner', 'sane:epsonds:libusb:001:004'),
    device('ticket-printer', 'usb:04b8:0e28', '04b8'),
  ]);
  expect(devices).toEqual([
    { role: 'code-reader', uri: 'hid:1eab:0110', profile: 'newland-hid-pos' },
    { role: 'document-scanner', uri: 'sane:epsonds:libusb:001:004', profile: 'generic-flatbed' },
    { role: 'ticket-printer', uri: 'usb:04b8:0e28', profile: 'generic-80mm' },
  ]);
  expect(alternatives.map(({ uri }) => uri)).toEqual(['serial:/dev/ttyUSB0']);
  const kinds = {
    'code-reader': 'code-readers',
    'ticket-printer': 'printers',
    'document-scanner': 'scanners',
    'chip-reader': 'chip-readers',
  } as const;
  for (const vendorId of ['0c2e', '1eab', 'ffff'])
    for (const uri of ['serial:/dev/ttyACM0', 'hid:0c2e:0b61'])
      for (const proposed of proposeDevices([device('code-reader', uri, vendorId)]).devices)
        expect(loadProfile(kinds[proposed.role], proposed.profile)).toMatchObject({ ok: true });
  for (const proposed of devices)
    expect(loadProfile(kinds[proposed.role], proposed.profile)).toMatchObject({ ok: true });
  expect(parseDeviceUri('hid:1eab:0110', ['hid'])).toMatchObject({ ok: true });
});

test('a declared device is there, missing with what was found instead, or may not be opened', async () => {
  const found = [
    device('code-reader', 'hid:0c2e:0b61:SERIAL'),
    { ...device('code-reader', 'hid:1eab:0110'), allowed: false, node: '/dev/hidraw9' },
  ];
  const check = (uri: string) =>
    checkDeclaredDevice({ role: 'code-reader', uri, profile: 'generic-serial' }, found);
  expect(await check('hid:0c2e:0b61')).toMatchObject({ state: 'there' });
  const wrong = await check('hid:05e0:1900');
  expect(wrong.state).toBe('missing');
  expect(wrong.detail).toContain('found instead: hid:0c2e:0b61:SERIAL');
  const forbidden = await check('hid:1eab:0110');
  expect(forbidden.state).toBe('denied');
  expect(forbidden.detail).toMatch(/hidraw9.*udev.*plugdev/);
  expect(await check(`serial:${root}/dev/none`)).toMatchObject({ state: 'missing' });
  const server = createServer().listen(0, '127.0.0.1');
  await expect.poll(() => server.listening).toBe(true);
  const address = server.address();
  const uri = `tcp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  expect(await check(uri)).toMatchObject({ state: 'there' });
  const escl = `escl:${uri.replace('tcp:', 'http:')}/eSCL`;
  expect(await check(escl)).toMatchObject({ state: 'there' });
  await new Promise((resolve) => server.close(resolve));
  expect(await check(uri)).toMatchObject({ state: 'missing' });
  expect(await check(escl)).toMatchObject({ state: 'missing' });
  expect(await check('camera:none-such')).toMatchObject({ state: 'missing' });
});
