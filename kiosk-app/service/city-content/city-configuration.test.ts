import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  postgresPrograms,
  startTestGateway,
  startTestPostgres,
  type TestGateway,
  type TestPostgres,
} from '@motcua/city-gateway/simulators';
import { manualClock, silentLogger } from '@motcua/core';
import { demoSiteConfig, parseSiteConfig } from '@motcua/firmware-config';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuditLog } from '../audit/audit-log.ts';
import { openTestKiosk } from '../service-test-bench.ts';
import { type CityContent, openCityContent } from './city-content.ts';

const clock = manualClock('2026-10-08T02:10:00Z');
const signal = new AbortController().signal;
let postgres: TestPostgres | undefined;
let folder: string;
let gateway: TestGateway;
let events: (readonly [string, unknown])[];

beforeAll(async () => {
  if (postgresPrograms() !== undefined) postgres = await startTestPostgres();
});
afterAll(() => postgres?.close());

const source = () => ({
  value: demoSiteConfig({
    folder,
    ports: { service: 0, control: 9, gateway: 9, printer: 9 },
    devices: { codeReader: null, scanner: `folder:${folder}/glass` },
  }),
  file: join(folder, 'site.json'),
});
const open = (): Promise<CityContent> => {
  const own = parseSiteConfig(source().value, source().file);
  if (!own.ok) throw new Error(own.error.message);
  return openCityContent({
    own: own.value,
    source: source(),
    baseUrl: gateway.url,
    certificates: () => [gateway.receiptCertificatePem],
    folder: join(folder, 'kept'),
    kioskId: own.value.kiosk.id,
    logger: silentLogger,
    idleTimeoutMs: 2_000,
    audit: { record: (event, _, data) => void events.push([event, data]) },
  });
};
async function publish(version: number, content: unknown, of = 'all') {
  const place = join(folder, 'city/content/configuration', of);
  await mkdir(place, { recursive: true });
  await writeFile(join(place, `${version}.json`), JSON.stringify(content));
}
const refusals = () =>
  events.filter(([event]) => event === 'content-refused').map(([, data]) => (data as { code: string }).code);

describe.each(
  postgresPrograms() === undefined ? ['SQLite'] : ['SQLite', 'PostgreSQL'],
)('the configuration from a gateway on %s', (name) => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'city-configuration-'));
    events = [];
    gateway = await startTestGateway({
      folder: join(folder, 'city'),
      clock,
      trust: () => [],
      ...(name === 'PostgreSQL' && { databaseUrl: await postgres!.newDatabase() }),
    });
  });
  afterEach(async () => {
    await gateway.close();
    await rm(folder, { recursive: true });
  });

  it('is taken over, holds at once or from the next start on, and survives it', async () => {
    const city = await open();
    expect(await city.configuration.ask(signal)).toBe('none');
    expect(city.report()).toEqual({ catalogue: null, configuration: null });
    await publish(2, { kiosk: { name: 'Kiosk cửa chính' }, visit: { draftDays: 3 } });
    expect(await city.configuration.ask(signal)).toBe('taken');
    expect(await city.configuration.ask(signal)).toBe('unchanged');
    expect(city.site()).toMatchObject({ visit: { draftDays: 3 }, profile: 'demo' });
    expect(city.report().configuration).toEqual({ version: 2, atNextStart: ['kiosk.name'] });
    expect(events).toEqual([['content-taken', { kind: 'configuration', version: 2 }]]);
    const started = await open();
    expect(started.site().kiosk.name).toBe('Kiosk cửa chính');
    expect(started.report().configuration).toEqual({ version: 2, atNextStart: [] });
  });

  it('of this kiosk goes before the one of all, and another kiosk’s is none of ours', async () => {
    await publish(1, { visit: { draftDays: 1 } });
    await publish(9, { visit: { draftDays: 9 } }, 'k-99999-99');
    await publish(2, { visit: { draftDays: 2 } }, 'demo-kiosk');
    const city = await open();
    await city.configuration.ask(signal);
    expect(city.site().visit.draftDays).toBe(2);
  });

  it('that is bad, too long, older or changed under its number is refused, and the old one stays', async () => {
    await publish(5, { visit: { draftDays: 5 } });
    const city = await open();
    await city.configuration.ask(signal);
    const place = join(folder, 'city/content/configuration/all');
    for (const bad of [{ city: { baseUrl: 'https://x.example' } }, { visit: { draftDays: 1_000 } }, []]) {
      await publish(6, bad);
      expect(await city.configuration.ask(signal)).toBe('refused');
      await rm(join(place, '6.json'));
    }
    await publish(7, { note: 'x'.repeat(100_000) });
    expect(await city.configuration.ask(signal)).toBe('failed');
    await rm(join(place, '7.json'));
    await publish(5, { visit: { draftDays: 6 } });
    expect(await city.configuration.ask(signal)).toBe('refused');
    await rm(join(place, '5.json'));
    await publish(4, { visit: { draftDays: 4 } });
    expect(await city.configuration.ask(signal)).toBe('refused');
    expect(refusals()).toEqual([
      'content-invalid',
      'content-invalid',
      'content-invalid',
      'content-contradicts',
      'content-older',
    ]);
    expect((await open()).site().visit.draftDays).toBe(5);
    expect(await readdir(join(folder, 'kept'))).toEqual(['configuration-5.jws']);
  });

  it('that was changed or cut on the disk is not used; the one before is, until the city answers', async () => {
    await publish(1, { visit: { draftDays: 1 } });
    const city = await open();
    await city.configuration.ask(signal);
    await publish(2, { visit: { draftDays: 2 } });
    await city.configuration.ask(signal);
    const file = join(folder, 'kept/configuration-2.jws');
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, -9));
    const started = await open();
    expect(started.site().visit.draftDays).toBe(1);
    expect(await started.configuration.ask(signal)).toBe('taken');
    expect(started.site().visit.draftDays).toBe(2);
  });

  it('reaches the running kiosk without a start', async () => {
    await publish(1, { visit: { idleTimeoutMs: 240_000, idleWarningMs: 45_000 } });
    let city: CityContent | undefined;
    const kiosk = await openTestKiosk({
      cityContent: async (own, storage) => {
        city = await openCityContent({
          own,
          source: source(),
          baseUrl: gateway.url,
          certificates: () => [gateway.receiptCertificatePem],
          folder: join(folder, 'kept'),
          kioskId: own.kiosk.id,
          logger: silentLogger,
          idleTimeoutMs: 2_000,
          audit: createAuditLog(storage.db, clock),
        });
        return city;
      },
    });
    try {
      await expect.poll(() => city!.report().configuration).toEqual({ version: 1, atNextStart: [] });
      expect((await kiosk.view()).idleWarningMs).toBe(45_000);
      await kiosk.walkTo('service');
      const { idleDeadline } = await kiosk.visit();
      const left = new Date(idleDeadline).getTime() - kiosk.clock.now().getTime();
      expect(left).toBeGreaterThan(120_000);
      const asked = await kiosk.service.app.inject({ url: '/api/city-content', headers: kiosk.headers });
      expect(asked.json()).toEqual({ content: city!.report() });
    } finally {
      await kiosk.close();
    }
  });
});
