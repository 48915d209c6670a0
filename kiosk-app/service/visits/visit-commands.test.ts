import type { VisitCommand } from '@motcua/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPrinterBench, type PrinterBench } from '../printer-test-bench.ts';
import {
  acceptAtOnce,
  openTestKiosk,
  PROCEDURE,
  pageImage,
  submitter,
  type TestKiosk,
} from '../service-test-bench.ts';

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

const count = (sql: string) => kiosk.db.prepare(sql).pluck().get();

describe('a visit', () => {
  it('goes through all its steps to the receipt and ends as finished', async () => {
    expect((await kiosk.view()).visit).toBeNull();
    await kiosk.walkTo('review');
    await kiosk.done({ type: 'submit' });
    const visit = await kiosk.until(
      (now) => now.step === 'receipt' && now.submission.print?.state === 'printed',
    );
    expect(visit.submission).toMatchObject({
      state: 'accepted',
      receipt: 'official',
      dossierCode: 'H29.15-261008-0001',
      lookUpSecret: 'SECRET',
    });
    expect(bench.simulator.papers()).toHaveLength(2);
    await kiosk.done({ type: 'finish' });
    expect((await kiosk.view()).visit).toBeNull();
    expect(count(`SELECT end_reason FROM visits`)).toBe('finished');
  });

  it('shows the card masked only, and compares the page with it', async () => {
    await kiosk.walkTo('identity');
    kiosk.showCard();
    const { identity } = await kiosk.visit();
    expect(identity.card).toMatchObject({
      name: submitter.fullName,
      number: expect.stringMatching(/^\d{3}•{5,6}\d{3,4}$/),
    });
    await kiosk.done({ type: 'confirm-card' });
    await kiosk.scan();
    const view = JSON.stringify(await kiosk.view());
    expect(view).not.toContain(submitter.personNumber);
    expect(view).toContain('"status":"same"');
  });

  it('takes a card only while it waits for one', async () => {
    kiosk.showCard();
    await kiosk.walkTo('number');
    kiosk.showCard();
    await kiosk.done({ type: 'take-number' }, { type: 'continue' });
    expect((await kiosk.visit()).identity.state).toBe('waiting');
    kiosk.showCard('https://example.com/menu');
    expect((await kiosk.visit()).identity).toMatchObject({
      state: 'waiting',
      problem: { code: 'code-web-address' },
    });
    kiosk.showCard();
    await kiosk.done({ type: 'reject-card' });
    expect((await kiosk.visit()).identity).toMatchObject({ state: 'waiting', card: null, problem: null });
  });
});

describe('a command that does not belong to the step', () => {
  const early: readonly VisitCommand[] = [
    { type: 'choose-service', procedureCode: PROCEDURE },
    { type: 'take-number' },
    { type: 'continue' },
    { type: 'confirm-card' },
    { type: 'reject-card' },
    { type: 'scan-paper', paperCode: 'original' },
    { type: 'rescan-page', pageId: '00000000000000000000000009' },
    { type: 'turn-page', pageId: '00000000000000000000000009', degrees: 90 },
    { type: 'remove-page', pageId: '00000000000000000000000009' },
    { type: 'print-again' },
    { type: 'review' },
    { type: 'submit' },
    { type: 'back' },
  ];

  it('is refused and changes nothing', async () => {
    await kiosk.done({ type: 'start' });
    const before = (await kiosk.visit()).version;
    for (const command of early)
      expect([command.type, await kiosk.command(command)]).toEqual([command.type, 'command-out-of-place']);
    expect(await kiosk.visit()).toMatchObject({ step: 'language', version: before });
  });

  it('cannot go back behind a number that was taken', async () => {
    await kiosk.walkTo('number');
    await kiosk.done({ type: 'back' });
    expect((await kiosk.visit()).step).toBe('service');
    await kiosk.done({ type: 'choose-service', procedureCode: PROCEDURE }, { type: 'take-number' });
    expect(await kiosk.command({ type: 'back' })).toBe('command-out-of-place');
  });

  it('cannot name what does not exist', async () => {
    await kiosk.walkTo('service');
    expect(await kiosk.command({ type: 'choose-service', procedureCode: 'no-such' })).toBe(
      'procedure-unknown',
    );
    await kiosk.done(
      { type: 'choose-service', procedureCode: PROCEDURE },
      { type: 'take-number' },
      { type: 'continue' },
    );
    kiosk.showCard();
    await kiosk.done({ type: 'confirm-card' });
    expect(await kiosk.command({ type: 'scan-paper', paperCode: 'no-such' })).toBe('paper-unknown');
    const pageId = '00000000000000000000000009';
    for (const type of ['rescan-page', 'remove-page'] as const)
      expect(await kiosk.command({ type, pageId })).toBe('page-unknown');
    expect(await kiosk.command({ type: 'review' })).toBe('papers-missing');
  });
});

describe('two windows, repeated requests, old screens', () => {
  it('a repeated request gets its first answer and does nothing twice', async () => {
    await kiosk.walkTo('number');
    const on = { requestId: kiosk.requestIds.next() };
    expect(await kiosk.command({ type: 'take-number' }, on)).toBeNull();
    const { number } = (await kiosk.visit()).ticket ?? {};
    expect(await kiosk.command({ type: 'take-number' }, on)).toBeNull();
    expect((await kiosk.visit()).ticket?.number).toBe(number);
    const refused = { requestId: kiosk.requestIds.next() };
    expect(await kiosk.command({ type: 'submit' }, refused)).toBe('command-out-of-place');
    expect(await kiosk.command({ type: 'submit' }, refused)).toBe('command-out-of-place');
    expect(count('SELECT count(*) FROM tickets')).toBe(1);
  });

  it('a number taken in two windows at once is one ticket on one paper', async () => {
    await kiosk.walkTo('number');
    const { id, version } = await kiosk.visit();
    const body = () => ({
      requestId: kiosk.requestIds.next(),
      visitId: id,
      version,
      command: { type: 'take-number' },
    });
    const answers = await Promise.all([kiosk.post(body()), kiosk.post(body()), kiosk.post(body())]);
    expect(answers.map((answer) => answer.problem)).toEqual([null, null, null]);
    await kiosk.until((visit) => visit.ticket?.print.state === 'printed');
    expect(count('SELECT count(*) FROM tickets')).toBe(1);
    expect(bench.simulator.papers()).toHaveLength(1);
  });

  it('a touch on a screen of the step before is refused; one within the step is not', async () => {
    await kiosk.done({ type: 'start' });
    const { version } = await kiosk.visit();
    await kiosk.done({ type: 'choose-language', language: 'vi' });
    expect(await kiosk.command({ type: 'choose-language', language: 'en' }, { version })).toBe(
      'screen-outdated',
    );
    expect(await kiosk.command({ type: 'choose-language', language: 'en' }, { version: null })).toBe(
      'screen-outdated',
    );
    expect(await kiosk.command({ type: 'stay' }, { version })).toBeNull();
    const now = await kiosk.visit();
    await kiosk.done({ type: 'choose-language', language: 'en' });
    expect(
      await kiosk.command({ type: 'choose-language', language: 'vi' }, { version: now.version }),
    ).toBeNull();
  });

  it('a second visit cannot be started, and a command for one that is over is refused', async () => {
    await kiosk.done({ type: 'start' });
    const first = (await kiosk.visit()).id;
    expect(await kiosk.command({ type: 'start' })).toBe('visit-already-open');
    await kiosk.done({ type: 'finish' }, { type: 'start' });
    expect(await kiosk.command({ type: 'finish' }, { visitId: first, version: 9 })).toBe('visit-over');
    expect(await kiosk.command({ type: 'choose-language', language: 'en' }, { visitId: null })).toBe(
      'visit-over',
    );
    expect((await kiosk.visit()).step).toBe('language');
  });
});

describe('pages', () => {
  it('are turned, scanned again in their place, removed', async () => {
    await kiosk.walkTo('papers');
    const first = (await kiosk.scan()).papers[0]?.pages[0];
    if (!first) throw new Error('no page');
    await kiosk.done(
      { type: 'turn-page', pageId: first.id, degrees: 90 },
      { type: 'turn-page', pageId: first.id, degrees: 180 },
    );
    const turned = await kiosk.until((visit) => visit.papers[0]?.pages[0]?.state === 'ready');
    expect(turned.papers[0]?.pages[0]?.rotation).toBe(270);
    kiosk.scanner.lay(pageImage);
    await kiosk.done({ type: 'rescan-page', pageId: first.id });
    const again = await kiosk.until(
      (visit) => visit.scan.state === 'idle' && visit.papers[0]?.pages[0]?.state === 'ready',
    );
    expect(again.papers[0]?.pages.map((page) => page.id)).not.toContain(first.id);
    expect(again.papers[0]?.pages).toHaveLength(1);
    await kiosk.done({ type: 'remove-page', pageId: again.papers[0]?.pages[0]?.id ?? '' });
    expect((await kiosk.visit()).papers[0]?.pages).toEqual([]);
  });

  it('that cannot be read are shown as such and keep the dossier from being submitted', async () => {
    await kiosk.walkTo('papers');
    const visit = await kiosk.scan(`${kiosk.site.runFolder}/token`);
    expect(visit.papers[0]?.pages[0]).toMatchObject({
      state: 'failed',
      problem: { code: 'page-not-an-image' },
    });
    expect(await kiosk.command({ type: 'review' })).toBe('pages-failed');
  });

  it('are scanned as the scanner’s preset for their kind says; one page for one page when scanned again', async () => {
    const preset = await openTestKiosk({
      printer: bench.printer,
      scanSettingsFor: (kinds) =>
        kinds.includes('citizen-card')
          ? { resolutionDpi: 600, colour: 'grey', feed: 'feeder-duplex', size: 'a5' }
          : { resolutionDpi: 300, colour: 'colour', feed: 'feeder' },
    });
    await preset.walkTo('papers', '2.000884');
    for (const paperCode of ['citizen-card', 'document']) {
      preset.scanner.lay(pageImage);
      await preset.done({ type: 'scan-paper', paperCode });
      await preset.until((visit) => visit.scan.state === 'idle');
    }
    const [card] = (await preset.visit()).papers;
    await preset.done({ type: 'rescan-page', pageId: card?.pages[0]?.id ?? '' });
    await preset.until((visit) => visit.scan.state === 'idle');
    expect(preset.scanner.requests).toMatchObject([
      { source: 'feeder-duplex', resolutionDpi: 600, colour: 'grey', size: 'a5' },
      { source: 'feeder', resolutionDpi: 300, colour: 'colour' },
      { source: 'flatbed', resolutionDpi: 600 },
    ]);
    await preset.close();
  });

  it('an empty scanner says so', async () => {
    await kiosk.walkTo('papers');
    await kiosk.done({ type: 'scan-paper', paperCode: 'original' });
    const visit = await kiosk.until((now) => now.scan.state === 'idle');
    expect(visit.scan.problem?.code).toBe('scanner-empty');
  });

  it('a running scan takes no second one, and can be cancelled', async () => {
    await kiosk.walkTo('papers');
    kiosk.scanner.hold();
    await kiosk.done({ type: 'scan-paper', paperCode: 'original' });
    expect(await kiosk.command({ type: 'scan-paper', paperCode: 'original' })).toBe('command-out-of-place');
    expect(await kiosk.command({ type: 'review' })).toBe('command-out-of-place');
    await kiosk.done({ type: 'cancel-scan' });
    const visit = await kiosk.until((now) => now.scan.state === 'idle');
    expect(visit.scan.problem?.code).toBe('scanner-cancelled');
  });

  it('a scan that ended without its end being stored can be cancelled, too', async () => {
    await kiosk.walkTo('papers');
    kiosk.db.prepare(`UPDATE visits SET scan_paper = 'original' WHERE ended_at IS NULL`).run();
    expect((await kiosk.visit()).scan.state).toBe('scanning');
    await kiosk.done({ type: 'cancel-scan' });
    expect((await kiosk.visit()).scan.state).toBe('idle');
  });
});
