import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestGateway, type TestGateway } from '@motcua/city-gateway/simulators';
import { manualClock, silentLogger } from '@motcua/core';
import { defaultCatalogueFolder, loadCatalogue } from '@motcua/firmware-config';
import { openDeviceKey, signContent } from '@motcua/ocr-pipeline/dossier';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCatalogueInForce } from './catalogue-in-force.ts';
import { type CityCatalogue, openCityCatalogue } from './city-catalogue.ts';

const KIOSK = 'k-27475-01';
const clock = manualClock('2026-10-08T02:10:00Z');
const signal = new AbortController().signal;
let folder: string;
let gateway: TestGateway;
let events: (readonly [string, unknown])[];
let packaged: Record<string, unknown>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'city-catalogue-'));
  gateway = await startTestGateway({ folder: join(folder, 'city'), clock, trust: () => [] });
  events = [];
  packaged = JSON.parse(await readFile(join(defaultCatalogueFolder(), '2026-07-01.json'), 'utf8')) as never;
  clock.set('2026-10-08T02:10:00Z');
});
afterEach(async () => {
  await gateway.close();
  await rm(folder, { recursive: true });
});

const open = (baseUrl = gateway.url): Promise<CityCatalogue> =>
  openCityCatalogue({
    baseUrl,
    certificates: () => [gateway.receiptCertificatePem],
    folder: join(folder, 'kept'),
    kioskId: KIOSK,
    logger: silentLogger,
    idleTimeoutMs: 2_000,
    audit: { record: (event, _, data) => void events.push([event, data]) },
  });
/** The packaged catalogue with one procedure only, from a day on. */
const catalogue = (validFrom: string) => ({
  ...packaged,
  validFrom,
  procedures: (packaged['procedures'] as unknown[]).slice(0, 1),
});
async function publish(version: number, content: unknown) {
  await mkdir(join(folder, 'city/content/catalogue'), { recursive: true });
  await writeFile(join(folder, `city/content/catalogue/${version}.json`), JSON.stringify(content));
}
const unpublish = (version: number) => rm(join(folder, `city/content/catalogue/${version}.json`));

describe('the catalogue of the city', () => {
  it('is taken over once, survives a restart, and is asked for by its tag', async () => {
    const city = await open();
    expect(await city.ask(signal)).toBe('none');
    await publish(3, catalogue('2026-10-01'));
    expect(await city.ask(signal)).toBe('taken');
    expect(await city.ask(signal)).toBe('unchanged');
    expect(events).toEqual([['content-taken', { kind: 'catalogue', version: 3 }]]);
    await gateway.close();
    const again = await open();
    expect(await again.ask(signal)).toBe('failed');
    expect(again.onDay('2026-10-08')?.validFrom).toBe('2026-10-01');
    gateway = await startTestGateway({ folder: join(folder, 'city'), clock, trust: () => [] });
  });

  it('one that holds from a later day leaves the present one in force until then', async () => {
    await publish(3, catalogue('2026-10-01'));
    const city = await open();
    await city.ask(signal);
    await publish(4, catalogue('2027-01-01'));
    expect(await city.ask(signal)).toBe('taken');
    expect(city.onDay('2026-12-31')?.validFrom).toBe('2026-10-01');
    expect(city.onDay('2027-01-01')?.validFrom).toBe('2027-01-01');
  });

  it('is never stepped back, nor changed under its number', async () => {
    await publish(3, catalogue('2026-10-01'));
    await publish(4, catalogue('2026-10-02'));
    const city = await open();
    await city.ask(signal);
    await unpublish(4);
    expect(await city.ask(signal)).toBe('refused');
    expect(await (await open()).ask(signal), 'also after a restart').toBe('refused');
    await publish(4, { ...catalogue('2026-10-02'), source: 'another' });
    expect(await city.ask(signal)).toBe('refused');
    expect(city.onDay('2026-10-08')?.validFrom).toBe('2026-10-02');
    expect(events.slice(1).map(([, data]) => (data as { code: string }).code)).toEqual([
      'content-older',
      'content-older',
      'content-contradicts',
    ]);
  });

  it('a document that the schema of the packaged ones does not take is not taken', async () => {
    await publish(5, { ...catalogue('2026-10-01'), procedures: [] });
    expect(await (await open()).ask(signal)).toBe('refused');
    expect(await readdir(join(folder, 'kept'))).toEqual([]);
  });

  it('a stored one that was changed on the disk is not used, and its number is not gone below', async () => {
    await publish(3, catalogue('2026-10-01'));
    await (await open()).ask(signal);
    const file = join(folder, 'kept/catalogue-3.jws');
    const [head, body = '', signature] = (await readFile(file, 'utf8')).split('.');
    await writeFile(file, `${head}.${body.slice(0, -8)}AAAAAAAA.${signature}`);
    const city = await open();
    expect(city.onDay('2026-10-08')).toBeNull();
    await unpublish(3);
    await publish(2, catalogue('2026-10-01'));
    expect(await city.ask(signal)).toBe('refused');
    await publish(3, catalogue('2026-10-01'));
    expect(await city.ask(signal)).toBe('taken');
  });
});

describe('a lying gateway is never believed', () => {
  let server: Server;
  let answer: { status: number; body: string };
  beforeEach(async () => {
    server = createServer((_, reply) => reply.writeHead(answer.status, { etag: '"x"' }).end(answer.body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => server.close());
  const key = (name: string) =>
    openDeviceKey({ folder: join(folder, name), clock, id: 'city-gateway', name });
  const claims = (change: object) => ({
    kind: 'catalogue',
    kioskId: null,
    version: 1,
    content: catalogue('2026-10-01'),
    ...change,
  });

  it.each<[string, string, object]>([
    ['another signer', 'stranger', {}],
    ['another kind', 'city/receipt-key', { kind: 'configuration' }],
    ['another kiosk', 'city/receipt-key', { kioskId: 'k-99999-99' }],
    ['no version', 'city/receipt-key', { version: 0 }],
  ])('%s', async (_, signer, change) => {
    answer = {
      status: 200,
      body: JSON.stringify({ token: await signContent(claims(change), await key(signer)) }),
    };
    const city = await open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await city.ask(signal)).toBe('refused');
    expect(city.onDay('2026-10-08')).toBeNull();
    expect(await readdir(join(folder, 'kept'))).toEqual([]);
    expect(events.map(([event]) => event)).toEqual(['content-refused']);
  });

  it.each([
    [200, '<html>', 'refused'],
    [200, `{"token":"${'x'.repeat(9_000_000)}"}`, 'failed'],
    [302, '', 'failed'],
    [500, '', 'failed'],
  ])('%s with nonsense', async (status, body, outcome) => {
    answer = { status, body };
    const city = await open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await city.ask(signal)).toBe(outcome);
  });
});

describe('what is in force', () => {
  it('changes for the next visit, never under one', async () => {
    const city = await open();
    let visit: string | null = null;
    const inForce = createCatalogueInForce({
      folder: defaultCatalogueFolder(),
      city,
      clock,
      openVisit: () => visit,
    });
    const floor = loadCatalogue(defaultCatalogueFolder(), '2026-10-08');
    expect(floor.ok && inForce()).toEqual(floor.ok && floor.value);
    visit = 'first';
    inForce();
    await publish(1, catalogue('2026-10-01'));
    await city.ask(signal);
    expect(inForce().validFrom).toBe('2026-07-01');
    clock.advance(86_400_000);
    expect(inForce().validFrom).toBe('2026-07-01');
    visit = 'second';
    expect(inForce().validFrom).toBe('2026-10-01');
  });

  it('is the packaged one where that holds from a later day', async () => {
    await publish(1, catalogue('2026-06-01'));
    const city = await open();
    await city.ask(signal);
    const deps = { folder: defaultCatalogueFolder(), city, clock, openVisit: () => null };
    expect(createCatalogueInForce(deps)().validFrom).toBe('2026-07-01');
  });
});
