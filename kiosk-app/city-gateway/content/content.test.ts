import { mkdir, mkdtemp, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContentClaims, cityEndpoints, cityOpenApi } from '@motcua/contract';
import { manualClock } from '@motcua/core';
import { openDeviceKey, signReceipt, verifyContent, verifyReceipt } from '@motcua/ocr-pipeline/dossier';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../simulators/index.ts';
import { createTestKiosk } from '../simulators/test-kiosk.ts';

const clock = manualClock('2026-10-08T02:10:00Z');
let folder: string;
let gateway: TestGateway;
const kiosk = createTestKiosk(() => gateway.url);
const { call } = kiosk;
afterAll(kiosk.close);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'content-'));
  gateway = await startTestGateway({ folder, clock, trust: () => [] });
});
afterEach(() => gateway.close());

async function publish(path: string, content: unknown) {
  const file = join(folder, 'content', path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(`${file}.tmp`, JSON.stringify(content));
  await rename(`${file}.tmp`, file);
}
async function claimsOf(token: unknown) {
  const read = await verifyContent(String(token), [gateway.receiptCertificatePem]);
  return read.ok ? ContentClaims.parse(read.value) : read.error;
}

describe('what the city publishes', () => {
  it('is signed, the newest version counts, and what a kiosk has is not sent again', async () => {
    expect(await call('GET', '/content/catalogue')).toMatchObject({
      status: 404,
      json: { code: 'content-missing' },
    });
    await publish('catalogue/9.json', { procedures: ['cũ'] });
    await publish('catalogue/10.json', { procedures: ['mới'] });
    await publish('catalogue/notes.json', {});
    const first = await call('GET', '/content/catalogue');
    expect(await claimsOf(first.json['token'])).toEqual({
      kind: 'catalogue',
      kioskId: null,
      version: 10,
      content: { procedures: ['mới'] },
    });
    const { etag } = first.headers;
    const again = await call('GET', '/content/catalogue', undefined, { 'if-none-match': etag });
    expect([again.status, again.text]).toEqual([304, '']);
    // Another gateway of the city signs anew, and knows the tag all the same.
    await gateway.close();
    gateway = await startTestGateway({ folder, clock, trust: () => [] });
    expect((await call('GET', '/content/catalogue', undefined, { 'if-none-match': etag })).status).toBe(304);
    await publish('catalogue/11.json', {});
    expect((await call('GET', '/content/catalogue', undefined, { 'if-none-match': etag })).status).toBe(200);
  });

  it('to each kiosk its own configuration, or that of all', async () => {
    await publish('configuration/all/1.json', { of: 'all' });
    await publish('configuration/K-1/3.json', { of: 'K-1' });
    const get = async (id: string) =>
      claimsOf((await call('GET', `/content/configuration/${id}`)).json['token']);
    expect(await get('K-1')).toMatchObject({ kioskId: 'K-1', version: 3, content: { of: 'K-1' } });
    expect(await get('K-2')).toMatchObject({ kioskId: null, version: 1, content: { of: 'all' } });
    expect((await call('GET', '/content/configuration/..%2f..%2fcatalogue')).status).toBe(404);
  });

  it('is believed by a kiosk only under the key of its city, and never in the place of a receipt', async () => {
    await publish('catalogue/1.json', {});
    const token = String((await call('GET', '/content/catalogue')).json['token']);
    const [head = '', , signature = ''] = token.split('.');
    const forged = Buffer.from(JSON.stringify({ kind: 'catalogue', version: 99 })).toString('base64url');
    const stranger = await openDeviceKey({ folder: join(folder, 'x'), clock, id: 'x', name: 'x' });
    const trust = [gateway.receiptCertificatePem];
    const receipt = await signReceipt({ version: 1 }, stranger);
    for (const [text, certificates, code] of [
      [`${head}.${forged}.${signature}`, trust, 'content-bad-signature'],
      [token, [stranger.certificatePem], 'content-signer-unknown'],
      [receipt, [stranger.certificatePem], 'content-malformed'],
      ['x', trust, 'content-malformed'],
    ] as const)
      expect(await verifyContent(text, certificates)).toEqual({ ok: false, error: { code } });
    expect(await verifyReceipt(token, trust)).toEqual({ ok: false, error: { code: 'receipt-wrong-type' } });
  });
});

describe('the OpenAPI document', () => {
  it('is served, and the committed copy is the same', async () => {
    const served = (await call('GET', '/openapi.json')).text;
    expect(JSON.parse(served)).toEqual(cityOpenApi());
    const copy: unknown = JSON.parse(await readFile(join(import.meta.dirname, '..', 'openapi.json'), 'utf8'));
    expect(copy, 'run `node kiosk-app/city-gateway/write-openapi.ts`').toEqual(cityOpenApi());
  });

  it('names every address that the gateway has, and no other', async () => {
    const named = cityEndpoints.map(({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`);
    expect([...gateway.routes].sort()).toEqual([...named].sort());
  });
});
