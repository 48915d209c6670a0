import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDeviceUri } from './device-uri.ts';

const ALL = ['serial', 'tcp', 'hid', 'sane', 'escl', 'camera', 'folder'] as const;

test.each([
  ['serial:/dev/ttyACM0', { kind: 'serial', path: '/dev/ttyACM0' }],
  ['tcp://192.168.1.60:4001', { kind: 'tcp', host: '192.168.1.60', port: 4001 }],
  ['tcp://[::1]:9', { kind: 'tcp', host: '::1', port: 9 }],
  ['hid:0C2E:0b61', { kind: 'hid', vendorId: 0x0c2e, productId: 0x0b61, serialNumber: null }],
  ['hid:1eab:0110:A:1', { kind: 'hid', vendorId: 0x1eab, productId: 0x0110, serialNumber: 'A:1' }],
  ['sane:test:0', { kind: 'sane', device: 'test:0' }],
  ['sane:airscan:e0:Máy quét', { kind: 'sane', device: 'airscan:e0:Máy quét' }],
  ['escl:http://192.168.1.70', { kind: 'escl', url: new URL('http://192.168.1.70/eSCL'), certificate: null }],
  [
    'escl:http://[fe80::1]:8080/eSCL/',
    { kind: 'escl', url: new URL('http://[fe80::1]:8080/eSCL/'), certificate: null },
  ],
  [
    `escl:https://192.168.1.70/eSCL#sha256=${'AB:'.repeat(31)}CD`,
    { kind: 'escl', url: new URL('https://192.168.1.70/eSCL'), certificate: `${'ab'.repeat(31)}cd` },
  ],
  ['camera:usb-Doc_Cam_12-video-index0', { kind: 'camera', name: 'usb-Doc_Cam_12-video-index0' }],
  ['folder:/var/spool/scans', { kind: 'folder', path: '/var/spool/scans' }],
])('%s is understood', (uri, value) => {
  expect(parseDeviceUri(uri, ALL)).toEqual({ ok: true, value });
});

test.each([
  '',
  'serial:ttyACM0',
  'folder:scans',
  'hid:0c2e',
  'hid:0c2e:0b61:',
  'hid:/dev/hidraw0',
  'sane:',
  'sane: x',
  'tcp://host',
  'tcp://host:0',
  'tcp://host:65536',
  'usb:1',
  'folder:/a\0b',
  'escl:ftp://192.168.1.70/eSCL',
  'escl:https://192.168.1.70/eSCL#sha256=abcd',
  `escl:http://192.168.1.70/eSCL#sha256=${'ab'.repeat(32)}`,
  'escl:192.168.1.70',
  'escl:http://user:secret@192.168.1.70/',
  'escl:http://192.168.1.70/eSCL?a=1',
  'camera:/dev/video0',
  'camera:../../video0',
  `sane:${'x'.repeat(1_000)}`,
])('%j is refused', (uri) => {
  expect(parseDeviceUri(uri, ALL)).toMatchObject({ ok: false, error: { code: 'device-uri' } });
});

test('an address for another role is refused with an example of this one', () => {
  const result = parseDeviceUri('sane:test:0', ['serial', 'tcp']);
  expect(result.ok || result.error.message).toMatch(/"sane:test:0".*serial:\/dev.* or tcp:\/\//);
});

test('any text is answered without throwing', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (uri) => void parseDeviceUri(uri, ALL)));
});
