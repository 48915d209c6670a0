import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  postgresPrograms,
  startTestGateway,
  startTestPostgres,
  type TestGateway,
  type TestPostgres,
} from '@motcua/city-gateway/simulators';
import { silentLogger } from '@motcua/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuditLog } from '../audit/audit-log.ts';
import { createPrinterBench, type PrinterBench } from '../printer-test-bench.ts';
import { openTestKiosk, type TestKiosk } from '../service-test-bench.ts';
import { createStatusClient } from './status-client.ts';
import { createStatusStore, type StatusStore } from './status-store.ts';
import { createStatusWorker } from './status-worker.ts';
import { createUploadClient, type UploadClient } from './upload-client.ts';

const HOUR_MS = 3_600_000;
let postgres: TestPostgres | undefined;
let folder: string;
let gateway: TestGateway;
let bench: PrinterBench;
let kiosk: TestKiosk;
let statuses: StatusStore;
let id: string;
let questions: number;

beforeAll(async () => {
  if (postgresPrograms() !== undefined) postgres = await startTestPostgres();
});
afterAll(() => postgres?.close());

/** A kiosk whose one dossier the real gateway has accepted. */
async function prepare(databaseUrl?: string) {
  folder = await mkdtemp(join(tmpdir(), 'statuses-'));
  let client: UploadClient | undefined;
  bench = await createPrinterBench();
  kiosk = await openTestKiosk({ printer: bench.printer, upload: (request) => client!.upload(request) });
  gateway = await startTestGateway({
    folder,
    clock: kiosk.clock,
    trust: () => [kiosk.certificatePem],
    ...(databaseUrl && { databaseUrl }),
  });
  client = createUploadClient({
    baseUrl: gateway.url,
    receiptCertificates: () => [gateway.receiptCertificatePem],
    chunkBytes: 1_048_576,
    idleTimeoutMs: 5_000,
  });
  await kiosk.walkTo('review');
  await kiosk.done({ type: 'submit' });
  const { submission } = await kiosk.until((visit) => visit.step === 'receipt');
  expect(submission.state).toBe('accepted');
  id = submission.dossierId ?? '';
  questions = 0;
  openStatuses();
}
function openStatuses() {
  const { clock, storage } = kiosk;
  const audit = createAuditLog(storage.db, clock);
  statuses = createStatusStore({ db: storage.db, clock, audit, random: () => 0.5 });
}
afterEach(async () => {
  await kiosk.close();
  await bench.close();
  await gateway.close();
  await rm(folder, { recursive: true });
});

/** What a kiosk asks when it wakes. */
async function ask(baseUrl = gateway.url): Promise<void> {
  const client = createStatusClient({ baseUrl, idleTimeoutMs: 1_000 });
  let answered = Promise.resolve<unknown>(undefined);
  const counting = {
    ask: (ids: readonly string[], signal: AbortSignal) => {
      questions++;
      const answer = client.ask(ids, signal);
      answered = answer;
      return answer;
    },
  };
  const worker = createStatusWorker({
    statuses,
    client: counting,
    clock: kiosk.clock,
    logger: silentLogger,
    random: () => 0.5,
  });
  worker.start();
  await answered;
  await worker.stop();
}
const later = async (hours: number, baseUrl?: string) => {
  kiosk.clock.advance(hours * HOUR_MS);
  await ask(baseUrl);
  return statuses.list()[0]!;
};
/** As the city's own system says it to its gateway. */
const cityHas = (status: number) =>
  gateway.database.handovers.done(id, status, { since: kiosk.clock.now().getTime(), next: null });
const audited = () =>
  kiosk.db
    .prepare(`SELECT data FROM audit WHERE event = 'dossier-status' ORDER BY id`)
    .pluck()
    .all()
    .map((data) => (JSON.parse(String(data)) as { status: number }).status);

describe.each(
  postgresPrograms() === undefined ? ['SQLite'] : ['SQLite', 'PostgreSQL'],
)('what became of a dossier, from a gateway on %s', (name) => {
  beforeEach(async () => prepare(name === 'PostgreSQL' ? await postgres!.newDatabase() : undefined));

  it('is asked for seldom, kept and audited when it changes, and not any more when it is over', async () => {
    expect(await later(0)).toMatchObject({ id, city_status: null });
    expect(questions).toBe(0);
    expect(await later(1)).toMatchObject({ city_status: 2, city_handover: 'waiting' });
    await cityHas(5);
    expect(await later(1)).toMatchObject({ city_status: 5, city_handover: 'done' });
    const since = statuses.list()[0]!.city_status_since;
    expect(await later(1)).toMatchObject({ city_status: 5, city_status_since: since });
    // A restart forgets nothing.
    openStatuses();
    expect(statuses.counts()).toEqual([{ city_status: 5, count: 1 }]);
    await cityHas(10);
    expect(await later(2)).toMatchObject({ city_status: 10, next_status_at: null });
    const asked = questions;
    await later(500);
    expect(questions).toBe(asked);
    expect(audited()).toEqual([2, 5, 10]);
  });
});

describe('a city that does not say it', () => {
  beforeEach(() => prepare());

  it('is asked less than once a day, and after eight weeks not any more', async () => {
    await later(1);
    for (let day = 0; day < 90; day++) await later(24);
    expect(questions).toBeGreaterThan(40);
    expect(questions).toBeLessThan(60);
    expect(statuses.list()[0]).toMatchObject({ city_status: 2, next_status_at: null });
  });

  it('a clock that is set back lets nothing sleep for years', async () => {
    kiosk.clock.set('2036-10-08T02:00:00Z');
    await ask();
    kiosk.clock.set('2026-10-09T02:00:00Z');
    await cityHas(4);
    expect(await later(0)).toMatchObject({ city_status: 4 });
  });

  it('but something else: nothing changes', async () => {
    const answers: readonly (readonly [number, string])[] = [
      [200, `{"statuses":[{"dossierId":"${id}","status":11,"handover":"done"}]}`],
      [200, '{"statuses":[{"dossierId":"X","status":9,"handover":"done"}]}'],
      [200, '{"statuses":[]}'],
      [200, '<html>'],
      [200, `{"statuses":[],"x":"${'x'.repeat(100_000)}"}`],
      [404, '{}'],
      [302, ''],
    ];
    let said: (typeof answers)[number];
    const server = createServer((_request, reply) => {
      reply.writeHead(said[0], { location: gateway.url }).end(said[1]);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      for (said of answers)
        expect(await later(1, url), said[1]).toMatchObject({ city_status: null, city_handover: null });
      expect(questions).toBe(answers.length);
      expect(audited()).toEqual([]);
    } finally {
      server.close();
    }
  });

  it('is asked for fifty at once, whatever waits', async () => {
    const { db } = kiosk.storage;
    const copy = db.prepare(
      `INSERT INTO dossiers (id, visit_id, state, procedure_code, dossier_code, accepted_at, city_status_since,
         next_status_at)
       SELECT @id, @id, state, procedure_code, dossier_code, accepted_at, city_status_since, 1
       FROM dossiers WHERE id = @of`,
    );
    db.pragma('foreign_keys = OFF');
    for (let count = 0; count < 120; count++) copy.run({ of: id, id: `X${String(count).padStart(25, '0')}` });
    db.pragma('foreign_keys = ON');
    expect(statuses.due(50)).toHaveLength(50);
    await ask();
    expect(statuses.due(200)).toHaveLength(70);
    expect(statuses.list()).toHaveLength(121);
  });
});
