import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { VisitView } from '@motcua/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPrinterBench, type PrinterBench } from '../printer-test-bench.ts';
import { openTestKiosk, submitter, type TestKiosk } from '../service-test-bench.ts';

const DAY_MS = 86_400_000;

let bench: PrinterBench;
let kiosk: TestKiosk;
beforeEach(async () => {
  bench = await createPrinterBench();
  kiosk = await openTestKiosk({ printer: bench.printer });
});
afterEach(async () => {
  await kiosk.close();
  await bench.close();
});

async function reopen(): Promise<void> {
  await kiosk.stop();
  kiosk = await openTestKiosk({ reopens: kiosk, printer: bench.reopen() });
}

const pageFiles = () =>
  kiosk.db
    .prepare<[], { sealed: string }>('SELECT sealed FROM pages')
    .all()
    .map(({ sealed }) => join(kiosk.files.blobs, sealed));

const ready = (visit: VisitView) => visit.papers[0]?.pages.every(({ state }) => state === 'ready') === true;

describe('a visit that is left with scanned pages', () => {
  beforeEach(async () => {
    await kiosk.walkTo('papers');
    await kiosk.scan();
    await kiosk.done({ type: 'finish' });
  });

  it('keeps them for the owner, and nothing of them on the screen', async () => {
    expect((await kiosk.view()).visit).toBeNull();
    await expect.poll(() => kiosk.everythingKept()).not.toContain('.jpg\n');
    expect(pageFiles().every((file) => existsSync(file))).toBe(true);
    await kiosk.walkTo('papers');
    const visit = await kiosk.visit();
    expect(visit.identity.reopenedPages).toBe(1);
    expect(visit.papers[0]?.pages).toHaveLength(1);
    await kiosk.until(ready);
    await kiosk.done({ type: 'review' });
  });

  it('does not give them to somebody else', async () => {
    await kiosk.walkTo('identity');
    kiosk.showCard(submitter.cardText.replace(submitter.personNumber, '079190099999'));
    await kiosk.done({ type: 'confirm-card' });
    expect(await kiosk.visit()).toMatchObject({ identity: { reopenedPages: 0 }, papers: [{ pages: [] }] });
  });

  it('leaves reopened pages alone when what remains of old visits is swept at a restart', async () => {
    await kiosk.walkTo('papers');
    await reopen();
    expect((await kiosk.until(ready)).step).toBe('papers');
    expect(pageFiles().every((file) => existsSync(file))).toBe(true);
    await kiosk.done({ type: 'review' });
  });

  it('deletes both folders when the owner has submitted and left', async () => {
    await kiosk.walkTo('papers');
    await kiosk.done({ type: 'review' }, { type: 'submit' });
    await kiosk.until((visit) => visit.step === 'receipt');
    await kiosk.done({ type: 'finish' });
    await expect.poll(() => kiosk.everythingKept()).not.toContain('.jpg');
    expect(await kiosk.everythingKept()).not.toContain(submitter.fullName);
  });

  it('deletes both folders also when the owner has removed every reopened page', async () => {
    await kiosk.walkTo('papers');
    const pageId = (await kiosk.visit()).papers[0]?.pages[0]?.id ?? '';
    await kiosk.done({ type: 'remove-page', pageId }, { type: 'finish' });
    await expect.poll(() => kiosk.everythingKept()).not.toContain('.jpg');
  });

  it('deletes them when their days are over', async () => {
    kiosk.clock.advance(kiosk.site.visit.draftDays * DAY_MS - 1);
    await reopen();
    expect(pageFiles()).toHaveLength(1);
    kiosk.clock.advance(1);
    await reopen();
    expect(await kiosk.everythingKept()).not.toContain('.jpg');
    await kiosk.walkTo('papers');
    expect((await kiosk.visit()).identity.reopenedPages).toBe(0);
  });
});
