import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPrinterBench, type PrinterBench } from '../printer-test-bench.ts';
import { acceptAtOnce, openTestKiosk, pageImage, submitter, type TestKiosk } from '../service-test-bench.ts';

let bench: PrinterBench;
let kiosk: TestKiosk;
beforeEach(async () => {
  bench = await createPrinterBench();
  kiosk = await openTestKiosk({ printer: bench.printer, upload: acceptAtOnce });
});
afterEach(async () => {
  await kiosk.close();
  await bench.close();
});

const PERSONAL = [
  submitter.fullName,
  submitter.fullName.normalize('NFD'),
  submitter.personNumber,
  submitter.birthDate,
  submitter.residence,
];

const personalKept = async () => {
  const kept = await kiosk.everythingKept();
  return [
    ...PERSONAL.filter((fact) => kept.includes(fact) || kept.includes(Buffer.from(fact).toString('latin1'))),
  ];
};

describe('when a person leaves', () => {
  it('after the receipt, no table and no work file speaks of her any more', async () => {
    await kiosk.walkTo('review');
    expect(await personalKept()).toContain(submitter.personNumber);
    await kiosk.done({ type: 'submit' });
    await kiosk.until((visit) => visit.step === 'receipt' && visit.submission.print?.state === 'printed');
    await kiosk.done({ type: 'finish' });
    await expect.poll(personalKept).toEqual([]);
    await expect.poll(() => kiosk.everythingKept()).not.toMatch(/\.(jpg|json)\b/);
    expect(kiosk.db.prepare('SELECT person_key, wiped FROM visits').get()).toEqual({
      person_key: null,
      wiped: 1,
    });
  });

  it.each([
    'the receipt',
    'a draft',
  ] as const)('at no time up to %s and after it does the disk say who she is', async (end) => {
    const picture = (await readFile(pageImage)).subarray(0, 4_096);
    const onDisk = async () => {
      const entries = await readdir(kiosk.site.dataFolder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      expect(files.length).toBeGreaterThan(2);
      const bytes = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name))));
      return [...PERSONAL, picture, '%PDF-'].filter((fact) => bytes.some((file) => file.includes(fact)));
    };
    await kiosk.walkTo('review');
    expect(await personalKept()).toContain(submitter.personNumber);
    expect(await onDisk()).toEqual([]);
    if (end === 'the receipt') {
      await kiosk.done({ type: 'submit' });
      await kiosk.until((visit) => visit.step === 'receipt' && visit.submission.print?.state === 'printed');
    }
    expect(await onDisk()).toEqual([]);
    await kiosk.done({ type: 'finish' });
    await expect.poll(personalKept).toEqual([]);
    expect(await onDisk()).toEqual([]);
  });

  it('before a page was scanned, nothing is kept', async () => {
    await kiosk.walkTo('papers');
    await kiosk.done({ type: 'finish' });
    await expect.poll(personalKept).toEqual([]);
  });

  it('in the middle of a scan, the scan ends, nothing of it stays, and the next person can scan', async () => {
    await kiosk.walkTo('papers');
    kiosk.scanner.hold();
    kiosk.scanner.lay(pageImage, pageImage);
    await kiosk.done({ type: 'scan-paper', paperCode: 'original' });
    await kiosk.until((visit) => visit.papers[0]?.pages.length === 2);
    for (const page of (await kiosk.visit()).papers[0]?.pages ?? [])
      await kiosk.done({ type: 'remove-page', pageId: page.id });
    await kiosk.done({ type: 'finish' });
    await expect.poll(() => kiosk.everythingKept()).not.toContain('.jpg');
    expect((await kiosk.view()).visit).toBeNull();
    await kiosk.walkTo('papers');
    kiosk.scanner.lay(pageImage);
    await kiosk.done({ type: 'scan-paper', paperCode: 'original' });
    const visit = await kiosk.until((now) => now.papers[0]?.pages[0]?.state === 'ready');
    expect(visit.papers[0]?.pages).toHaveLength(1);
  });

  it('while the disk takes nothing she is off the screen and out of memory at once, and the end follows', async () => {
    await kiosk.walkTo('review');
    const { id, papers } = await kiosk.visit();
    kiosk.db.exec(
      `CREATE TRIGGER no_end BEFORE UPDATE OF ended_at ON visits BEGIN SELECT RAISE(ABORT, 'no room'); END`,
    );
    await kiosk.done({ type: 'finish' });
    expect((await kiosk.view()).visit).toBeNull();
    await expect.poll(() => readdir(kiosk.files.working)).not.toContain(id);
    await expect.poll(async () => (await kiosk.view()).problem?.code).toBe('kiosk-error');
    const url = papers[0]?.pages[0]?.thumbnailUrl ?? '';
    expect((await kiosk.service.app.inject({ url, headers: kiosk.headers })).statusCode).toBe(404);
    expect(await kiosk.command({ type: 'start' })).toBe('kiosk-error');

    kiosk.db.exec('DROP TRIGGER no_end');
    const end = kiosk.db.prepare('SELECT end_reason, card FROM visits');
    await expect.poll(() => end.get()).toEqual({ end_reason: 'number-only', card: null });
    await kiosk.done({ type: 'start' });
    expect((await kiosk.view()).problem).toBeNull();
  });

  it('the audit trail tells the whole visit in codes, and nothing of the person', async () => {
    await kiosk.walkTo('review');
    await kiosk.done({ type: 'submit' });
    await kiosk.until((visit) => visit.step === 'receipt');
    const trail = kiosk.db
      .prepare<[], { event: string; data: string }>('SELECT event, data FROM audit')
      .all();
    const events = new Set(trail.map(({ event }) => event));
    for (const event of [
      'visit-started',
      'ticket-issued',
      'card-read',
      'card-confirmed',
      'page-scanned',
      'page-digitised',
      'dossier-sealed',
      'upload-accepted',
    ])
      expect(events).toContain(event);
    const text = JSON.stringify(trail);
    for (const fact of PERSONAL) expect(text).not.toContain(fact);
  });
});

describe('at the idle time-out and after a crash', () => {
  it('a visit untouched for longer than its time is closed at the restart', async () => {
    await kiosk.walkTo('identity');
    kiosk.showCard();
    kiosk.clock.advance(kiosk.site.visit.idleTimeoutMs + 1);
    await kiosk.stop();
    kiosk = await openTestKiosk({ reopens: kiosk, printer: bench.reopen() });
    expect((await kiosk.view()).visit).toBeNull();
    expect(kiosk.db.prepare('SELECT end_reason FROM visits').pluck().get()).toBe('timed-out');
    await expect.poll(personalKept).toEqual([]);
  });

  it('a long visit that was touched a moment ago goes on, whatever its age', async () => {
    await kiosk.walkTo('service');
    kiosk.clock.advance(kiosk.site.visit.idleTimeoutMs * 3);
    await kiosk.done({ type: 'choose-service', procedureCode: '2.000815' });
    kiosk.clock.advance(1_000);
    await kiosk.stop();
    kiosk = await openTestKiosk({ reopens: kiosk, printer: bench.reopen() });
    expect((await kiosk.visit()).step).toBe('number');
  });

  it('after a power cut, which takes what lay in memory, the pages come back from the disk and are read again', async () => {
    await kiosk.walkTo('papers');
    await kiosk.scan();
    const before = (await kiosk.visit()).papers[0]?.pages[0];
    await kiosk.stop();
    await rm(kiosk.files.working, { recursive: true });
    kiosk = await openTestKiosk({ reopens: kiosk, printer: bench.reopen(), upload: acceptAtOnce });
    const after = await kiosk.until((visit) => visit.papers[0]?.pages[0]?.state === 'ready');
    expect(after.papers[0]?.pages).toMatchObject([{ id: before?.id, kind: before?.kind }]);
    await kiosk.done({ type: 'review' }, { type: 'submit' });
    expect((await kiosk.until((visit) => visit.step === 'receipt')).submission.state).toBe('accepted');
  });

  it('a page whose encrypted file is damaged is told as unreadable, and can be scanned again', async () => {
    await kiosk.walkTo('papers');
    await kiosk.scan();
    const sealed = String(kiosk.db.prepare('SELECT sealed FROM pages').pluck().get());
    await kiosk.stop();
    await rm(kiosk.files.working, { recursive: true });
    await writeFile(join(kiosk.files.blobs, sealed), 'x'.repeat(5_000));
    kiosk = await openTestKiosk({ reopens: kiosk, printer: bench.reopen() });
    const visit = await kiosk.until((now) => now.papers[0]?.pages[0]?.state === 'failed');
    const page = visit.papers[0]?.pages[0];
    expect(page?.problem?.code).toBe('page-not-readable');
    kiosk.scanner.lay(pageImage);
    await kiosk.done({ type: 'rescan-page', pageId: page?.id ?? '' });
    await kiosk.until((now) => now.papers[0]?.pages[0]?.state === 'ready');
  });

  it('a visit goes on when the clock was set back meanwhile', async () => {
    await kiosk.walkTo('service');
    await kiosk.stop();
    kiosk.clock.set('2026-07-02T00:00:00Z');
    kiosk = await openTestKiosk({ reopens: kiosk, printer: bench.reopen() });
    expect((await kiosk.visit()).step).toBe('service');
  });
});
