import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { err, silentLogger } from '@motcua/core';
import { verifyDossier } from '@motcua/ocr-pipeline/dossier';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UploadClient } from '../outbox/upload-client.ts';
import { createPrinterBench, type PrinterBench } from '../printer-test-bench.ts';
import { acceptAtOnce, openTestKiosk, type TestKiosk, unreachable } from '../service-test-bench.ts';

let bench: PrinterBench;
let kiosk: TestKiosk;
let upload: UploadClient['upload'];
/** Lines that the service has logged as errors. */
let faults: number;
beforeEach(async () => {
  bench = await createPrinterBench();
  upload = async () => err(unreachable);
  faults = 0;
  kiosk = await openTestKiosk({
    printer: bench.printer,
    upload: (request) => upload(request),
    logger: { ...silentLogger, error: () => faults++ },
  });
});
afterEach(async () => {
  await kiosk.close();
  await bench.close();
});

const submitted = async () => {
  await kiosk.walkTo('review');
  await kiosk.done({ type: 'submit' });
  return kiosk.until((visit) => visit.step === 'receipt');
};

describe('a dossier that is submitted', () => {
  it.each([
    ['', 60_000],
    [', also on a clock that was set back meanwhile', -60_000],
  ])('while the city is away: a provisional receipt, the upload later by itself, the official one to who waited%s', async (_, passed) => {
    expect((await submitted()).submission).toMatchObject({
      state: 'deferred',
      receipt: 'provisional',
      dossierCode: null,
      problem: { code: 'city-unreachable' },
    });
    upload = acceptAtOnce;
    kiosk.clock.advance(passed);
    await kiosk.service.app.inject({
      method: 'POST',
      url: '/api/outbox/retries',
      headers: { ...kiosk.headers, 'content-type': 'application/json' },
      payload: '{}',
    });
    const visit = await kiosk.until(
      (now) => now.submission.state === 'accepted' && now.submission.print?.state === 'printed',
    );
    expect(visit.submission).toMatchObject({ receipt: 'official', problem: null });
    // Ticket, provisional receipt, receipt.
    expect(bench.simulator.papers()).toHaveLength(3);
  });

  it('is begun again by itself when the database could not be written, and sealed once', async () => {
    await kiosk.walkTo('review');
    const full = `BEGIN SELECT RAISE(ABORT, 'no room'); END`;
    kiosk.db.exec(`CREATE TRIGGER no_seal BEFORE UPDATE ON dossiers ${full}`);
    kiosk.db.exec(`CREATE TRIGGER no_return BEFORE DELETE ON dossiers ${full}`);
    await kiosk.done({ type: 'submit' });
    await expect.poll(() => faults).toBeGreaterThan(1);
    expect((await kiosk.visit()).step).toBe('submit');
    kiosk.db.exec('DROP TRIGGER no_seal; DROP TRIGGER no_return');
    expect((await kiosk.until((visit) => visit.step === 'receipt')).submission.state).toBe('deferred');
    expect(kiosk.db.prepare('SELECT count(*) AS count FROM outbox').get()).toEqual({ count: 1 });
  });

  it('was sealed by this kiosk, and its queue entry came in the same transaction', async () => {
    const { submission } = await submitted();
    const file = join(kiosk.folder, 'dossier.asice');
    await kiosk.storage.blobs.restore(kiosk.dossierFile(submission.dossierId), file);
    const verified = await verifyDossier(file, { trust: [kiosk.certificatePem], at: kiosk.clock.now() });
    expect(verified).toMatchObject({ verdict: 'valid', metadata: { dossierId: submission.dossierId } });
    // What each page says of itself, once.
    expect(verified.metadata?.provenance.engines).toEqual([{ name: 'tesseract', version: '5.3.0' }]);
    const stored = kiosk.db.prepare('SELECT state FROM dossiers JOIN outbox ON dossier_id = id').all();
    expect(stored).toEqual([{ state: 'sealed' }]);
  });

  it('refused by the city: the person is told, the dossier is kept', async () => {
    upload = async () => err({ code: 'city-refused', final: true, detail: 'seal-unknown' });
    const { submission } = await submitted();
    expect(submission).toMatchObject({
      state: 'refused',
      receipt: 'provisional',
      problem: { code: 'city-refused' },
    });
    const kept = await kiosk.storage.blobs.open(kiosk.dossierFile(submission.dossierId));
    expect(kept.size).toBeGreaterThan(1_000);
  });

  it('whose page has vanished from the disk goes back to the review, and can be submitted after a new scan', async () => {
    await kiosk.walkTo('review');
    const { id } = await kiosk.visit();
    for (const name of await readdir(kiosk.files.work(id)))
      if (name.endsWith('.json')) await rm(join(kiosk.files.work(id), name));
    await kiosk.done({ type: 'submit' });
    const visit = await kiosk.until((now) => now.step === 'review');
    expect(visit.problem?.code).toBe('seal-failed');
    expect(kiosk.db.prepare('SELECT count(*) FROM dossiers').pluck().get()).toBe(0);
    await kiosk.done({ type: 'back' }, { type: 'rescan-page', pageId: visit.papers[0]?.pages[0]?.id ?? '' });
  });

  it('cannot be left, submitted twice or changed while it is being sealed', async () => {
    const hanging = Promise.withResolvers<Awaited<ReturnType<UploadClient['upload']>>>();
    upload = () => hanging.promise;
    await kiosk.walkTo('review');
    await kiosk.done({ type: 'submit' });
    for (const type of ['finish', 'submit', 'review', 'back'] as const)
      expect([type, await kiosk.command({ type })]).toEqual([type, 'command-out-of-place']);
    hanging.resolve(err(unreachable));
    await kiosk.until((visit) => visit.step === 'receipt');
    expect(kiosk.db.prepare('SELECT count(*) FROM dossiers').pluck().get()).toBe(1);
  });
});
