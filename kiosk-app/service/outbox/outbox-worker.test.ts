import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ReceiptClaims } from '@motcua/contract';
import { err, manualClock, ok, silentLogger } from '@motcua/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAuditLog } from '../audit/audit-log.ts';
import { createChanges } from '../changes.ts';
import { createDossierStore, type DossierStore } from '../dossiers/dossier-store.ts';
import { acceptAtOnce, unreachable } from '../service-test-bench.ts';
import { type Db, openDatabase } from '../store/database.ts';
import { createOutboxWorker, type OutboxWorker } from './outbox-worker.ts';
import type { UploadClient } from './upload-client.ts';

const START = '2026-10-08T02:00:00Z';
const FIRST = '00000000000000000000000001';
const SECOND = '00000000000000000000000002';
const clock = manualClock(START);
const retry = { firstDelayMs: 2_000, longestDelayMs: 300_000 };
let folder: string;
let db: Db;
let dossiers: DossierStore;
let worker: OutboxWorker;
let upload: ReturnType<typeof vi.fn<UploadClient['upload']>>;
let random = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outbox-'));
  clock.set(START);
  random = 0;
  ({ db } = openDatabase(join(folder, 'kiosk.sqlite'), Buffer.alloc(32, 7)));
  dossiers = createDossierStore(db, clock, createAuditLog(db, clock));
  upload = vi.fn<UploadClient['upload']>(async () => err(unreachable));
  worker = newWorker();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await worker.stop();
  db.close();
  await rm(folder, { recursive: true, force: true });
});

function newWorker(): OutboxWorker {
  const client: UploadClient = { upload: (request) => upload(request) };
  return createOutboxWorker({
    dossiers,
    blobs: { open: async () => ({ size: 9, read: () => Readable.from(['123456789']) }) },
    client,
    clock,
    changes: createChanges(),
    logger: silentLogger,
    retry: () => retry,
    random: () => random,
  });
}

function queue(id: string, size = 9): void {
  db.prepare(
    `INSERT INTO visits (id, version, step_version, step, language, started_at, active_at, ended_at) VALUES (?, 1, 1, 'submit', 'vi', 1, 1, 2)`,
  ).run(`visit-${id}`);
  dossiers.begin(id, `visit-${id}`, '2.000815');
  const manifest = {
    dossierId: id,
    kioskId: 'k',
    procedureCode: '2.000815',
    size,
    sha256: 'a'.repeat(64),
    documents: [],
  };
  dossiers.seal(id, join(folder, id), manifest);
}

const row = (id = FIRST) =>
  db
    .prepare<[string], { attempts: number; next_attempt_at: number; problem: string | null }>(
      'SELECT attempts, next_attempt_at, problem FROM outbox WHERE dossier_id = ?',
    )
    .get(id);
const waitOf = (id = FIRST) => (row(id)?.next_attempt_at ?? 0) - clock.now().getTime();

/** Lets the worker try what is due now, and waits until it has. */
async function attempt(id = FIRST): Promise<void> {
  const settled = new Promise<void>((resolve) => {
    worker.onSettled((dossierId) => dossierId === id && resolve());
  });
  worker.kick();
  await settled;
}

describe('while the city cannot be reached', () => {
  it('the pauses double from the first to the longest, and stay there', async () => {
    queue(FIRST);
    const pauses: number[] = [];
    for (let turn = 0; turn < 12; turn++) {
      await attempt();
      pauses.push(waitOf());
      clock.advance(waitOf());
    }
    expect(pauses.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(pauses.at(-1)).toBe(150_000);
    expect(row()).toMatchObject({ attempts: 12, problem: 'city-unreachable' });
    expect(dossiers.get(FIRST)?.state).toBe('sealed');
  });

  it('half of each pause is chance, so that many kiosks do not come back in the same second', async () => {
    queue(FIRST);
    random = 0.999;
    await attempt();
    expect(waitOf()).toBeGreaterThan(1_990);
    expect(waitOf()).toBeLessThanOrEqual(2_000);
  });

  it('nothing is sent before its time; a technician can send it at once', async () => {
    queue(FIRST);
    await attempt();
    worker.kick();
    await vi.advanceTimersByTimeAsync(0);
    expect(upload).toHaveBeenCalledTimes(1);
    expect(dossiers.retryNow()).toBe(1);
    await attempt();
    expect(upload).toHaveBeenCalledTimes(2);
  });

  it('it wakes by itself when the pause is over', async () => {
    queue(FIRST);
    await attempt();
    upload.mockImplementation(acceptAtOnce);
    clock.advance(waitOf());
    await vi.advanceTimersByTimeAsync(60_000);
    await vi.waitFor(() => expect(dossiers.get(FIRST)?.state).toBe('accepted'));
  });

  it('a clock that is set back years does not put it to sleep for years', async () => {
    queue(FIRST);
    await attempt();
    clock.set('2020-01-01T00:00:00Z');
    upload.mockImplementation(acceptAtOnce);
    await attempt();
    expect(dossiers.get(FIRST)?.state).toBe('accepted');
  });
});

describe('the outcome of a dossier', () => {
  it('accepted: leaves the outbox with the receipt, in one transaction', async () => {
    queue(FIRST);
    upload.mockImplementation(acceptAtOnce);
    await attempt();
    expect(row()).toBeUndefined();
    expect(dossiers.get(FIRST)).toMatchObject({
      state: 'accepted',
      receipt: 'signed',
      dossier_code: 'H29.15-261008-0001',
      problem: null,
    });
  });

  it('an invalid receipt is no acceptance: the dossier stays queued', async () => {
    queue(FIRST);
    upload.mockImplementation(async () =>
      err({ code: 'receipt-invalid', final: false, detail: 'receipt-bad-signature' }),
    );
    await attempt();
    expect(dossiers.get(FIRST)?.state).toBe('sealed');
    expect(row()?.problem).toBe('receipt-invalid');
  });

  it('refused for good: set aside with its file, and the next one goes', async () => {
    queue(FIRST);
    queue(SECOND);
    upload.mockImplementation(async (request) =>
      request.dossierId === FIRST
        ? err({ code: 'city-refused', final: true, detail: 'seal-unknown' })
        : acceptAtOnce(request),
    );
    await attempt(SECOND);
    expect(dossiers.get(FIRST)).toMatchObject({
      state: 'refused',
      problem: 'city-refused',
      file: join(folder, FIRST),
    });
    expect(dossiers.get(SECOND)?.state).toBe('accepted');
    expect(dossiers.outbox()).toEqual([]);
    const refusal = db.prepare(`SELECT data FROM audit WHERE event = 'upload-refused'`).pluck().get();
    expect(refusal).toBe('{"code":"seal-unknown"}');
  });

  it('one that is put off does not hold up the others', async () => {
    queue(FIRST);
    queue(SECOND);
    upload.mockImplementation(async (request) =>
      request.dossierId === FIRST
        ? err({ code: 'city-error', final: false, detail: 'signer-untrusted' })
        : acceptAtOnce(request),
    );
    await attempt(SECOND);
    expect(dossiers.get(SECOND)?.state).toBe('accepted');
    expect(row(FIRST)?.attempts).toBe(1);
  });
});

describe('whose turn it is', () => {
  const order = async () => {
    const sent: string[] = [];
    upload.mockImplementation(async (request) => {
      sent.push(request.dossierId);
      return acceptAtOnce(request);
    });
    await attempt(SECOND);
    await vi.waitFor(() => expect(dossiers.waiting()).toBe(0));
    return sent;
  };
  const putOff = (id: string) => {
    dossiers.claim(600_000);
    dossiers.failed(id, 'city-error', clock.now().getTime());
  };

  it('the small before the large, and the large when it has waited long enough', async () => {
    queue(FIRST, 30 * 1_048_576);
    putOff(FIRST);
    clock.advance(60_000);
    queue(SECOND);
    expect(await order()).toEqual([SECOND, FIRST]);
  });

  it('a large one that was queued an hour before is not overtaken any more', async () => {
    queue(FIRST, 500 * 1_048_576);
    putOff(FIRST);
    clock.advance(3_600_001);
    queue(SECOND);
    putOff(SECOND);
    expect(await order()).toEqual([FIRST, SECOND]);
  });

  it('a person who waits at the kiosk goes before all that waited already', async () => {
    queue(FIRST);
    putOff(FIRST);
    clock.advance(60_000);
    queue(SECOND);
    expect(await order()).toEqual([SECOND, FIRST]);
  });

  it('a line that is down is tried once, not once per dossier; a new dossier tries it again', async () => {
    for (const id of [FIRST, SECOND]) queue(id);
    await attempt();
    await vi.advanceTimersByTimeAsync(0);
    expect(upload).toHaveBeenCalledTimes(1);
    await attempt(SECOND);
    expect(upload).toHaveBeenCalledTimes(2);
  });

  it('the pause that the city asks for holds for all', async () => {
    for (const id of [FIRST, SECOND]) queue(id);
    const busy = { code: 'city-error', final: false, detail: 'http-503', retryAfterMs: 120_000 } as const;
    upload.mockImplementation(async () => err(busy));
    await attempt();
    expect(waitOf()).toBe(120_000);
    clock.advance(60_000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(upload).toHaveBeenCalledTimes(1);
    clock.advance(60_000);
    await vi.advanceTimersByTimeAsync(60_000);
    await vi.waitFor(() => expect(upload.mock.calls.length).toBeGreaterThan(1));
  });
});

describe('a dossier that the city refused', () => {
  beforeEach(async () => {
    queue(FIRST);
    upload.mockImplementation(async () => err({ code: 'city-refused', final: true, detail: 'seal-unknown' }));
    await attempt();
  });

  it('is listed with the reason, and goes again when an officer says so', async () => {
    expect(dossiers.setAside()).toMatchObject([{ id: FIRST, refusal: 'seal-unknown' }]);
    expect(dossiers.requeue(FIRST)).toBe(true);
    expect(dossiers.requeue(FIRST)).toBe(false);
    upload.mockImplementation(acceptAtOnce);
    await attempt();
    expect(dossiers.get(FIRST)?.state).toBe('accepted');
    expect(dossiers.setAside()).toEqual([]);
  });

  it('can be given up, once, and is not sent any more', () => {
    expect(dossiers.withdraw(FIRST)).toBe(true);
    expect(dossiers.withdraw(FIRST)).toBe(false);
    expect(dossiers.requeue(FIRST)).toBe(false);
    expect(dossiers.get(FIRST)).toMatchObject({ state: 'withdrawn', file: null });
  });

  it('one that was not refused cannot be given up', () => {
    queue(SECOND);
    expect(dossiers.withdraw(SECOND)).toBe(false);
    expect(dossiers.get(SECOND)?.state).toBe('sealed');
  });
});

describe('the lease', () => {
  it('keeps a second worker from sending the same dossier; a restart takes it up at once', async () => {
    queue(FIRST);
    const sending = Promise.withResolvers<Awaited<ReturnType<UploadClient['upload']>>>();
    upload.mockImplementation(() => sending.promise);
    worker.kick();
    await new Promise(setImmediate);
    expect(upload).toHaveBeenCalledTimes(1);
    const other = newWorker();
    other.kick();
    await vi.advanceTimersByTimeAsync(0);
    expect(upload).toHaveBeenCalledTimes(1);
    other.start();
    await new Promise(setImmediate);
    expect(upload).toHaveBeenCalledTimes(2);
    sending.resolve(err(unreachable));
    await other.stop();
  });

  it('ends after ten minutes, should a worker have died with it', () => {
    queue(FIRST);
    expect(dossiers.claim(600_000)?.id).toBe(FIRST);
    expect(dossiers.claim(600_000)).toBeNull();
    expect(dossiers.nextDue()).toBe(clock.now().getTime() + 600_000);
    clock.advance(600_000);
    expect(dossiers.claim(600_000)?.id).toBe(FIRST);
  });

  it('is shown as uploading, a first failure as deferred', async () => {
    queue(FIRST);
    const state = () => dossiers.submissionState(dossiers.get(FIRST)!);
    expect(state()).toBe('sealed');
    dossiers.claim(600_000);
    expect(state()).toBe('uploading');
    dossiers.failed(FIRST, 'city-timeout', clock.now().getTime() + 1_000);
    expect(state()).toBe('deferred');
  });
});

describe('a visit that waits for the city', () => {
  it('is told as soon as there is an outcome, of whatever kind', async () => {
    queue(FIRST);
    const told = worker.firstOutcome(FIRST, 10_000);
    worker.kick();
    await told;
    expect(row()?.attempts).toBe(1);
  });

  it('is let go at its time-out when the city hangs, and the upload goes on', async () => {
    queue(FIRST);
    const hanging = Promise.withResolvers<Awaited<ReturnType<UploadClient['upload']>>>();
    upload.mockImplementation(() => hanging.promise);
    worker.kick();
    const told = worker.firstOutcome(FIRST, 10_000);
    await vi.advanceTimersByTimeAsync(10_000);
    await told;
    expect(dossiers.get(FIRST)?.state).toBe('sealed');
    const settled = new Promise<void>((resolve) => worker.onSettled(() => resolve()));
    const claims = { dossierCode: 'H29.15-261008-0007' } as ReceiptClaims;
    hanging.resolve(ok({ receipt: 'signed', claims }));
    await settled;
    expect(dossiers.get(FIRST)?.dossier_code).toBe('H29.15-261008-0007');
  });

  it('does not wait for what has its outcome already, nor when the service stops', async () => {
    await worker.firstOutcome('no-such-dossier', 10_000);
    queue(FIRST);
    const told = worker.firstOutcome(FIRST, 10_000);
    await worker.stop();
    await told;
  });
});
