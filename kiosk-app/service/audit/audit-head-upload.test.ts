import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  postgresPrograms,
  startTestGateway,
  startTestPostgres,
  type TestGateway,
  type TestPostgres,
} from '@motcua/city-gateway/simulators';
import { manualClock, silentLogger, systemIds } from '@motcua/core';
import { type DeviceKey, openDeviceKey, signAuditHead, verifyAuditHead } from '@motcua/ocr-pipeline/dossier';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createUploadClient } from '../outbox/upload-client.ts';
import { type Db, emptyWriteAheadLog, openDatabase } from '../store/database.ts';
import { signedAuditHead, verifyChain } from './audit-chain.ts';
import { createAuditLog } from './audit-log.ts';
import { type CityWitness, createCityWitness } from './city-witness.ts';

const KIOSK = 'K-27475-01';
const clock = manualClock('2026-10-08T02:10:00Z');
const ids = systemIds(clock);
let folder: string;
let key: DeviceKey;
let gateway: TestGateway;
let db: Db;

const at = (name: string) => join(folder, name);
let witness: CityWitness;
let postgres: TestPostgres | undefined;
beforeAll(async () => {
  if (postgresPrograms() !== undefined) postgres = await startTestPostgres();
});
afterAll(() => postgres?.close());

async function prepare(databaseUrl?: string) {
  folder = await mkdtemp(join(tmpdir(), 'audit-head-'));
  key = await openDeviceKey({ folder: at('keys'), clock, id: KIOSK, name: 'Kiosk' });
  gateway = await startTestGateway({
    folder: at('city'),
    clock,
    trust: () => [key.certificatePem],
    ...(databaseUrl && { databaseUrl }),
  });
  openTrail();
}
afterEach(async () => {
  db.close();
  await gateway.close();
  await rm(folder, { recursive: true });
});

function openTrail(): void {
  ({ db } = openDatabase(at('kiosk.sqlite'), Buffer.alloc(32, 7)));
  const audit = createAuditLog(db, clock);
  witness = createCityWitness({ db, clock, audit, logger: silentLogger, key, kioskId: KIOSK });
}
function record(count: number): void {
  const log = createAuditLog(db, clock);
  for (let done = 0; done < count; done++) log.record('visit-started', ids.next(), {});
}
/** As far as the announcement, which carries the head: the bytes are none of a dossier, and are refused for it. */
async function upload(signer: Pick<DeviceKey, 'privateKey'> = key) {
  const dossierId = ids.next();
  return createUploadClient({
    baseUrl: gateway.url,
    receiptCertificates: () => [gateway.receiptCertificatePem],
    chunkBytes: 65_536,
    idleTimeoutMs: 5_000,
    auditHead: () => signedAuditHead(db, signer, KIOSK, clock),
    onAuditHeads: witness.compare,
  }).upload({
    dossierId,
    manifest: {
      dossierId,
      kioskId: KIOSK,
      procedureCode: '2.000815',
      size: 1,
      sha256: '0'.repeat(64),
      documents: [],
    },
    content: { size: 1, read: () => Readable.from(['x']) },
    signal: new AbortController().signal,
  });
}

/** Writes more, uploads, and then everything is as it was before. */
async function putBackAfter(more: number): Promise<void> {
  emptyWriteAheadLog(db);
  await copyFile(at('kiosk.sqlite'), at('older'));
  record(more);
  await upload();
  db.close();
  for (const end of ['-wal', '-shm']) await rm(at(`kiosk.sqlite${end}`), { force: true });
  await copyFile(at('older'), at('kiosk.sqlite'));
  openTrail();
}
const audited = () => db.prepare(`SELECT count(*) FROM audit WHERE event = 'audit-alarm'`).pluck().get();

describe.each(
  postgresPrograms() === undefined ? ['SQLite'] : ['SQLite', 'PostgreSQL'],
)('with a city on %s', (name) => {
  beforeEach(async () => prepare(name === 'PostgreSQL' ? await postgres!.newDatabase() : undefined));

  it('the city keeps the head that comes with an upload, and the trail can be held against it', async () => {
    record(3);
    await upload();
    record(2);
    await upload();
    const kept = await gateway.database.auditHeads.newest(KIOSK);
    expect(kept).toMatchObject({ entry: 5, alarm: null });
    const head = verifyAuditHead(kept!.token, key.certificatePem)!;
    expect(verifyChain(db, head.id).asked).toBe(head.hash);
    expect(await gateway.database.auditHeads.alarms()).toEqual([]);
  });

  it('a kiosk that was put back and has written on past what the city knows sees it, and the city has the proof', async () => {
    record(3);
    await putBackAfter(2);
    record(6);
    expect(verifyChain(db).brokenAt).toBeNull();
    expect(witness.alarms()).toEqual([]);
    // The upload itself goes on as far as it can.
    expect(await upload()).toMatchObject({ error: { code: 'city-error', detail: 'upload-damaged' } });
    expect(witness.alarms()).toMatchObject([{ entry: 5, acknowledged_at: null }]);
    expect(await gateway.database.auditHeads.alarms()).toMatchObject([
      { kiosk_id: KIOSK, entry: 5, alarm: 'contradicts' },
    ]);
    // Once, and until a technician looks into it, also after a start.
    record(1);
    await upload();
    db.close();
    openTrail();
    expect(audited()).toBe(1);
    expect(witness.alarms()).toHaveLength(1);
    expect(witness.acknowledge()).toBe(1);
    await upload();
    expect(witness.alarms()).toMatchObject([{ entry: 5, acknowledged_at: clock.now().getTime() }]);
    expect(witness.acknowledge()).toBe(0);
  });

  it('sees it too when the first answers were lost on the line', async () => {
    record(3);
    await putBackAfter(2);
    for (let lost = 0; lost < 6; lost++) {
      record(3);
      // The city heard it, the kiosk heard nothing.
      const head = verifyAuditHead(signedAuditHead(db, key, KIOSK, clock)!, key.certificatePem)!;
      await gateway.database.auditHeads.keep(head, signedAuditHead(db, key, KIOSK, clock)!, clock.now());
    }
    record(3);
    await upload();
    expect(witness.alarms()).toMatchObject([{ entry: 5 }]);
  });

  it('a kiosk that was never put back sees nothing, whatever the city shows it', async () => {
    for (let round = 0; round < 12; round++) {
      record(2);
      await upload();
    }
    const stranger = await openDeviceKey({ folder: at('stranger'), clock, id: KIOSK, name: 'Kiosk' });
    const head = { version: 1, kioskId: KIOSK, id: 2, hash: 'a'.repeat(64), at: 1 } as const;
    const lies = [
      signAuditHead(head, stranger.privateKey),
      signAuditHead({ ...head, kioskId: 'K-2' }, key.privateKey),
      'x.y.z',
      '',
    ];
    expect(witness.compare(lies)).toBeNull();
    expect(witness.alarms()).toEqual([]);
    expect(await gateway.database.auditHeads.alarms()).toEqual([]);
  });

  it.each([
    ['fewer entries than before', 1, 'lower'],
    ['as many as before, but others', 2, 'contradicts'],
  ])('the city notices a kiosk whose database was put back to an older state: %s', async (_, more, alarm) => {
    record(3);
    await putBackAfter(2);
    record(more);
    // By itself the trail is whole.
    expect(verifyChain(db).brokenAt).toBeNull();
    expect(await upload()).toMatchObject({ error: { code: 'city-error', detail: 'upload-damaged' } });
    expect((await gateway.database.auditHeads.alarms()).at(-1)).toMatchObject({
      kiosk_id: KIOSK,
      entry: 3 + more,
      alarm,
    });
    // What it had said before is still there to be held against it.
    expect(await gateway.database.auditHeads.newest(KIOSK)).toMatchObject({ entry: 5 });
  });

  it('a head that another key signed is not kept', async () => {
    const other = await openDeviceKey({ folder: at('other'), clock, id: KIOSK, name: 'Kiosk' });
    record(1);
    await upload(other);
    expect(await gateway.database.auditHeads.newest(KIOSK)).toBeUndefined();
  });
});
