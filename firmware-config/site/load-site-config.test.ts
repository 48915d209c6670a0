import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwrap } from '@motcua/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownFolder } from '../files.ts';
import example from '../site.example.json' with { type: 'json' };
import { demoSiteConfig } from './demo-site-config.ts';
import { loadSiteConfig } from './load-site-config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'motcua-site-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function load(content: unknown) {
  const file = join(folder, 'site.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return loadSiteConfig(file);
}

function problemsOf(content: unknown) {
  const result = load(content);
  if (result.ok) throw new Error('accepted');
  return { code: result.error.code, text: result.error.problems.join('\n') };
}

const demo = () =>
  demoSiteConfig({
    folder: '/tmp/demo',
    ports: { service: 8740, control: 8741, gateway: 8742, printer: 9100 },
    devices: { codeReader: 'serial:/dev/pts/3', scanner: 'folder:/tmp/demo/glass' },
  });

/** A copy of the example with one place changed; `undefined` takes the place away. */
function changed(path: string, value: unknown): unknown {
  const copy = structuredClone(example) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop()!;
  const parent = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, copy);
  parent[last] = value;
  return copy;
}

test('the example is a valid configuration and shows every setting an appliance has', () => {
  const site = unwrap(loadSiteConfig(ownFolder('site.example.json')));
  expect(site).toEqual(example);
});

test('a short file gets sensible defaults, the ward its name, relative paths the folder of the file', () => {
  const site = unwrap(
    load({
      kiosk: { id: 'k-1', name: 'Kiosk', wardCode: '26740', serviceUnit: 'Trung tâm' } as const,
      dataFolder: 'data',
      runFolder: './run',
      devices: [],
      city: { baseUrl: 'https://city.example', receiptCertificates: ['city.pem'], agencyCode: 'H29.15' },
    }),
  );
  expect(site.kiosk).toMatchObject({ wardName: { vi: 'Phường Sài Gòn' }, settlingUnit: 'Trung tâm' });
  expect(site).toMatchObject({
    profile: 'appliance',
    listen: { host: '127.0.0.1', port: 8740 },
    visit: { idleTimeoutMs: 120_000, idleWarningMs: 30_000 },
    dataFolder: join(folder, 'data'),
    runFolder: join(folder, 'run'),
    ocr: { engine: 'auto' },
    log: { level: 'info' },
  });
  expect(site.city.receiptCertificates).toEqual([join(folder, 'city.pem')]);
});

test('the demo configuration is valid, also on SANE’s test scanner and a free port', () => {
  expect(load(demo()).ok).toBe(true);
  const sane = demoSiteConfig({
    folder: '/tmp/demo',
    ports: { service: 0, control: 1, gateway: 2, printer: 3 },
    devices: { codeReader: 'tcp://127.0.0.1:9200', scanner: 'sane:test:0' },
  });
  expect(load(sane).ok).toBe(true);
});

test.each([
  ['listen.port', '8740', 'listen.port: expected number, received string, for example 8740'],
  ['listen.host', '0.0.0.0', 'for example "127.0.0.1"'],
  ['kiosk.id', 'Kiosk Số 1', 'kiosk.id: expected lower-case letters, digits and hyphens'],
  ['kiosk.wardCode', '2747', 'kiosk.wardCode: expected a five-digit ward code, for example "27475"'],
  ['visit.idleWarningMs', 5_000, 'visit.idleWarningMs: expected number to be >=20000, for example 30000'],
  ['visit.idleWarningMs', 120_000, 'visit.idleWarningMs: expected shorter than idleTimeoutMs'],
  [
    'devices.1.uri',
    'tcp://host:1',
    'devices.1.uri: expected sane:device, escl:http[s]://host[:port][/eSCL][#sha256=…], camera:name or folder:/path, for example "',
  ],
  ['devices.0.uri', 'javascript:alert(1)', 'devices.0.uri: expected tcp://host:port, usb:vid:pid'],
  ['devices.0.profile', '../../etc/passwd', 'devices.0.profile: expected the name of a device profile'],
  ['devices.0.profile', 'epson', 'devices.0.profile: expected one of epson-tm-t82iii, generic-58mm'],
  ['devices.1.role', 'ticket-printer', 'devices.1.role: expected each role only once'],
  ['city.baseUrl', 'http://city.example', 'city.baseUrl: expected an https address'],
  ['city.baseUrl', 'city.example', 'city.baseUrl: expected an http or https address'],
  ['city.receiptCertificates', [], 'city.receiptCertificates: expected array to have >=1 items'],
  [
    'city.retry',
    { firstDelayMs: 9_000, longestDelayMs: 1_000 },
    'city.retry.longestDelayMs: expected not shorter',
  ],
  ['dataFolder', undefined, 'dataFolder: expected string, received undefined, for example "/var/lib/motcua"'],
  ['kisok', {}, 'kisok: no such setting'],
  ['ocr.engine', 'tesseract.js', 'ocr.engine: expected one of "auto"|"js"|"native", for example "auto"'],
  ['log.colour', true, 'log.colour: no such setting'],
  ['demo', { controlUrl: 'http://127.0.0.1:1' }, 'demo: expected nothing here unless profile is "demo"'],
  ['listen.port', 0, 'listen.port: expected a fixed port'],
  ['kiosk.wardName', undefined, ''],
])('%s = %j is answered with the place, what is expected and an example', (path, value, message) => {
  if (message === '') return expect(load(changed(path, value)).ok).toBe(true);
  const problems = problemsOf(changed(path, value));
  expect(problems.code).toBe('config-invalid');
  expect(problems.text).toContain(message);
});

test('a ward that the list lacks must be named', () => {
  const { wardName: _, ...kiosk } = example.kiosk;
  expect(problemsOf({ ...example, kiosk: { ...kiosk, wardCode: '99999' } }).text).toContain('kiosk.wardName');
});

test('the demo’s control must be on this machine', () => {
  const site = { ...demo(), demo: { controlUrl: 'http://192.168.1.9/' } };
  expect(problemsOf(site).text).toContain(
    'demo.controlUrl: expected an address on this machine, for example',
  );
});

test('all faults of a file are told at once, and never with the values that stand there', () => {
  const problems = problemsOf({ kiosk: { id: 'Nguyễn Văn An' }, city: 7 });
  expect(problems.text.split('\n').length).toBeGreaterThan(4);
  expect(problems.text).not.toContain('Nguyễn Văn An');
});

test('a file that is absent, a folder, empty, cut off, HTML, doubled or huge has its own code', () => {
  const absent = loadSiteConfig(join(folder, 'none.json'));
  expect(absent).toMatchObject({ ok: false, error: { code: 'config-missing' } });
  mkdirSync(join(folder, 'dir.json'));
  expect(loadSiteConfig(join(folder, 'dir.json'))).toMatchObject({ error: { code: 'config-unreadable' } });
  for (const text of ['', '{"kiosk":', '<html></html>', 'null,'])
    expect(problemsOf(text).code).toBe('config-not-json');
  for (const text of ['null', '[]', '7', '"x"']) expect(problemsOf(text).code).toBe('config-invalid');
  expect(problemsOf('{"a":{"b":1,"c":"}\\"{","b":2}}').code).toBe('config-duplicate-key');
  expect(problemsOf('{"a":[{"b":1},{"b":1}]}').code).toBe('config-invalid');
  expect(problemsOf(`"${'x'.repeat(5_000_000)}"`).code).toBe('config-too-large');
  expect(problemsOf('['.repeat(100_000)).code).toBe('config-not-json');
});

test('a byte-order mark, as some editors write it, does no harm', () => {
  expect(load(`\uFEFF${JSON.stringify(example)}`).ok).toBe(true);
});
