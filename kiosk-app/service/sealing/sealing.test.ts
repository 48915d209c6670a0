import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, manualClock, sequentialIds, systemClock } from '@motcua/core';
import {
  createRevocationClient,
  createTimeStampClient,
  readPems,
  verifyDossier,
} from '@motcua/ocr-pipeline/dossier';
import { type LocalPki, startLocalPki } from '@motcua/ocr-pipeline/simulators';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuditLog } from '../audit/audit-log.ts';
import type { UploadClient } from '../outbox/upload-client.ts';
import { createPrinterBench, type PrinterBench } from '../printer-test-bench.ts';
import {
  acceptAtOnce,
  openTestKiosk,
  requestIdsOf,
  type TestKiosk,
  type TestKioskOptions,
  unreachable,
} from '../service-test-bench.ts';
import { createLevelStore } from './level-store.ts';

let bench: PrinterBench;
let kiosk: TestKiosk;
let pki: LocalPki;
let upload: UploadClient['upload'];
const DAY_MS = 86_400_000;

const open = (reopens: TestKioskOptions['reopens']) =>
  openTestKiosk({
    printer: bench.printer,
    upload: (request) => upload(request),
    ...(reopens && { reopens }),
    site: (site) => ({
      ...site,
      signing: { timeStampUrl: pki.timeStampUrl, timeoutMs: 3_000, budgetMs: 5_000, renewDays: 30 },
      city: { ...site.city, retry: { firstDelayMs: 100, longestDelayMs: 1_000 } },
    }),
    authorities: {
      timeStamps: createTimeStampClient({ url: pki.timeStampUrl, timeoutMs: 3_000 }),
      revocation: createRevocationClient({ clock: systemClock, timeoutMs: 3_000 }),
      known: readPems([pki.rootPem]),
    },
  });

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sealing-'));
  pki = await startLocalPki({ folder: join(folder, 'pki') });
  bench = await createPrinterBench();
  // The authorities' clock is the machine's: the kiosk's begins there too.
  const clock = manualClock(new Date());
  kiosk = await open({
    folder: join(folder, 'kiosk'),
    clock,
    ids: sequentialIds(),
    requestIds: requestIdsOf(),
  });
});
afterEach(async () => {
  await kiosk.close();
  await Promise.all([bench.close(), pki.close()]);
});

const submit = async () => {
  await kiosk.walkTo('review');
  await kiosk.done({ type: 'submit' });
  const { submission } = await kiosk.until((visit) => visit.step === 'receipt');
  return submission.dossierId!;
};
const row = (id: string) =>
  kiosk.db.prepare('SELECT level, problem FROM seal_levels WHERE dossier_id = ?').get(id) as object;
/** The dossier as it lies now, plain. */
async function fileOf(id: string): Promise<string> {
  const file = join(kiosk.folder, `${id}.asice`);
  await kiosk.storage.blobs.restore(kiosk.dossierFile(id), file);
  return file;
}
async function verify(id: string) {
  const own = await readFile(join(kiosk.files.keys, 'device-certificate.pem'), 'utf8');
  const seen = await verifyDossier(await fileOf(id), { trust: [own, pki.rootPem], at: kiosk.clock.now() });
  const papers = seen.documents.flatMap((one) => one.signatures.map((signature) => signature.level));
  return [seen.verdict, seen.signatures[0]?.level, papers];
}

describe('the seal of a submitted dossier', () => {
  it('is at B-LTA when the authorities answer, on the dossier and on every paper in it', async () => {
    upload = acceptAtOnce;
    const id = await submit();
    expect(row(id)).toEqual({ level: 'B-LTA', problem: null });
    expect(await verify(id)).toEqual(['valid', 'B-LTA', ['B-LTA']]);
  });

  it('is at B-B without the authority, the visit ends as ever, and the level rises when it returns', async () => {
    pki.setTimeStamping('out');
    upload = acceptAtOnce;
    const id = await submit();
    expect(row(id)).toEqual({ level: 'B-B', problem: 'tsa-unreachable' });
    expect((await verify(id))[1]).toBe('B-B');
    pki.setTimeStamping('well');
    await expect
      .poll(() => {
        kiosk.clock.advance(1_000);
        return row(id);
      })
      .toEqual({ level: 'B-LTA', problem: null });
    // The papers were sealed before; the dossier's time-stamp stands over them.
    expect(await verify(id)).toEqual(['valid', 'B-LTA', ['B-B']]);
    const told = kiosk.db.prepare(`SELECT data FROM audit WHERE event = 'seal-level'`).all() as {
      data: string;
    }[];
    expect(told.map(({ data }) => JSON.parse(data).level)).toEqual(['B-B', 'B-LTA']);
  });

  it('stays as it is while its bytes are on their way to the city', async () => {
    pki.setTimeStamping('out');
    upload = async () => err(unreachable);
    const id = await submit();
    kiosk.clock.advance(10_000);
    const { db, clock } = kiosk;
    const levels = createLevelStore(db, clock, createAuditLog(db, clock));
    expect(levels.due()).toBeNull();
    db.prepare('DELETE FROM outbox').run();
    expect(levels.due()).toMatchObject({ dossier_id: id, level: 'B-B' });
  });

  it('gets a new time-stamp before the old one ends', async () => {
    upload = acceptAtOnce;
    const id = await submit();
    const plan = kiosk.db.prepare('SELECT next_attempt_at AS at FROM seal_levels').get() as { at: number };
    const days = (plan.at - kiosk.clock.now().getTime()) / DAY_MS;
    expect(Math.round(days)).toBe(365 - 30);
    const stamped = pki.requests.timeStamps;
    kiosk.db.prepare('UPDATE seal_levels SET next_attempt_at = 0').run();
    await kiosk.stop();
    kiosk = await open(kiosk);
    await expect.poll(() => pki.requests.timeStamps).toBe(stamped + 1);
    await expect.poll(async () => (await verify(id))[0]).toBe('valid');
  });
});
