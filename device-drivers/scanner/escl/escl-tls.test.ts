import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '@motcua/core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkDeclaredDevice } from '../../manager/check-device.ts';
import {
  type SimulatedEsclScanner,
  startSimulatedEsclScanner,
} from '../../simulators/scanner/simulated-escl-scanner.ts';
import { openDocumentScanner } from '../open-document-scanner.ts';
import { scanWorkplace } from '../test-support.ts';

let folder: string;
let device: SimulatedEsclScanner;
let fingerprint: string;
let place: ReturnType<typeof scanWorkplace>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-tls-'));
  place = scanWorkplace();
  const [key, cert, page] = ['key.pem', 'cert.pem', 'page.png'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const openssl = async (...args: string[]) => {
    const ran = await exec('openssl', args, { timeoutMs: 20_000 });
    if (!ran.ok) throw new Error(ran.error.code);
    return ran.value.stdout.toString();
  };
  // As scanners make theirs: signed by themselves, for no host.
  await openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650'],
    ...['-subj', '/CN=Scanner', '-keyout', key, '-out', cert],
  );
  fingerprint = (await openssl('x509', '-in', cert, '-noout', '-fingerprint', '-sha256'))
    .trim()
    .split('=')[1]!;
  await sharp({ create: { width: 100, height: 140, channels: 3, background: '#fff' } })
    .png()
    .toFile(page);
  device = await startSimulatedEsclScanner({
    tls: { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') },
  });
  device.lay([page, page]);
});
afterAll(async () => {
  place.remove();
  await device.close();
  await rm(folder, { recursive: true, force: true });
});

test('a scanner with the certificate of the configuration scans over https', async () => {
  const scanner = openDocumentScanner(`${device.uri}#sha256=${fingerprint}`);
  expect(await scanner.condition()).toBe('ready');
  const result = await scanner.scan(place.request({ source: 'feeder' }), place.onPage);
  expect(result).toEqual({ ok: true, value: { pages: 2 } });
  expect(device.openJobs()).toBe(0);
  await scanner.close();
});

test.each([
  '',
  `#sha256=${'00'.repeat(32)}`,
])('any other certificate ends it before anything is sent (%s)', async (pin) => {
  const before = device.requests().length;
  const scanner = openDocumentScanner(`${device.uri}${pin}`);
  expect(await scanner.condition()).toBe('failed');
  const result = await scanner.scan(place.request({ source: 'feeder' }), place.onPage);
  expect(result).toEqual({ ok: false, error: { code: 'scanner-untrusted', pagesKept: 0 } });
  expect(device.requests().length).toBe(before);
  await scanner.close();
});

test('doctor says what the scanner shows, to be compared and written down', async () => {
  const check = (uri: string) =>
    checkDeclaredDevice({ role: 'document-scanner', uri, profile: 'escl-multifunction' }, []);
  const hex = fingerprint.replaceAll(':', '').toLowerCase();
  expect((await check(device.uri)).detail).toContain(`#sha256=${hex}"`);
  expect(await check(`${device.uri}#sha256=${fingerprint}`)).toMatchObject({ state: 'there' });
});
