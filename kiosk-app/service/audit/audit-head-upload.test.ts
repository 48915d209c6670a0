import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { startTestGateway, type TestGateway } from '@motcua/city-gateway/simulators';
import { manualClock, systemIds } from '@motcua/core';
import { type DeviceKey, openDeviceKey, verifyAuditHead } from '@motcua/ocr-pipeline/dossier';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createUploadClient } from '../outbox/upload-client.ts';
import { type Db, emptyWriteAheadLog, openDatabase } from '../store/database.ts';
import { signedAuditHead, verifyChain } from './audit-chain.ts';
import { createAuditLog } from './audit-log.ts';

const KIOSK = 'K-27475-01';
const clock = manualClock('2026-10-08T02:10:00Z');
const ids = systemIds(clock);
let folder: string;
let key: DeviceKey;
let gateway: TestGateway;
let db: Db;

const at = (name: string) => join(folder, name);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-head-'));
  key = await openDeviceKey({ folder: at('keys'), clock, id: KIOSK, name: 'Kiosk' });
  gateway = await startTestGateway({ folder: at('city'), clock, trust: () => [key.certificatePem] });
  openTrail();
});
afterEach(async () => {
  db.close();
  await gateway.close();
  await rm(folder, { recursive: true });
});

function openTrail(): void {
  ({ db } = openDatabase(at('kiosk.sqlite'), Buffer.alloc(32, 7)));
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

it.each([
  ['fewer entries than before', 1, 'lower'],
  ['as many as before, but others', 2, 'contradicts'],
])('the city notices a kiosk whose database was put back to an older state: %s', async (_, more, alarm) => {
  record(3);
  emptyWriteAheadLog(db);
  await copyFile(at('kiosk.sqlite'), at('older'));
  record(2);
  await upload();
  db.close();
  for (const end of ['-wal', '-shm']) await rm(at(`kiosk.sqlite${end}`), { force: true });
  await copyFile(at('older'), at('kiosk.sqlite'));
  openTrail();
  record(more);
  // By itself the trail is whole.
  expect(verifyChain(db).brokenAt).toBeNull();
  expect(await upload()).toMatchObject({ error: { code: 'city-error', detail: 'upload-damaged' } });
  expect(await gateway.database.auditHeads.alarms()).toMatchObject([
    { kiosk_id: KIOSK, entry: 3 + more, alarm },
  ]);
  // What it had said before is still there to be held against it.
  expect(await gateway.database.auditHeads.newest(KIOSK)).toMatchObject({ entry: 5 });
});

it('a head that another key signed is not kept', async () => {
  const other = await openDeviceKey({ folder: at('other'), clock, id: KIOSK, name: 'Kiosk' });
  record(1);
  await upload(other);
  expect(await gateway.database.auditHeads.newest(KIOSK)).toBeUndefined();
});
