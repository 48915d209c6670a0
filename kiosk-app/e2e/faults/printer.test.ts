import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kiosk, openKiosk } from '../kiosk.ts';
import {
  blankPage,
  expectSentence,
  finish,
  leave,
  serviceLog,
  walkToNumber,
  walkToReview,
} from './fault-kit.ts';

describe('a printer that cannot print', () => {
  let kiosk: Kiosk;
  let ticketHeight = 0;
  const cut = () => kiosk.demo.printer.papers().filter(({ end }) => end === 'cut');

  beforeAll(async () => {
    // With the code reader on the network, as the other tests have it on a serial line.
    kiosk = await openKiosk({ reader: 'tcp' });
  });
  afterAll(async () => {
    await kiosk[Symbol.asyncDispose]();
  });

  it('out of paper before the number is taken: no number; after the refill the first one', async () => {
    const { driver, demo } = kiosk;
    await walkToNumber(kiosk);
    demo.printer.setFault('paper-end');
    await driver.press('Lấy số');
    await expectSentence(kiosk, 'printer-paper-end');
    expect((await driver.visit()).ticket).toBeNull();

    demo.printer.setFault('none');
    await expect
      .poll(async () => (await driver.view()).devices.find(({ role }) => role === 'ticket-printer')?.state)
      .toBe('ready');
    const number = await driver.takeNumber();
    expect(number).toMatch(/001$/);
    expect(cut()).toHaveLength(1);
    ticketHeight = cut()[0]?.bitmap.height ?? 0;
    await leave(kiosk);
  });

  it('out of paper in the middle of the ticket: held, then the same number by itself, marked as a copy', async () => {
    const { driver, demo } = kiosk;
    await walkToNumber(kiosk);
    demo.printer.runOutAfterDots(200);
    await driver.press('Lấy số');
    const held = await driver.until((visit) => visit.ticket?.print.state === 'held', 'the ticket to be held');
    expect(held.ticket?.print.problem?.code).toBe('printer-paper-end');
    expect(held.ticket?.number).toMatch(/002$/);
    await expectSentence(kiosk, 'printer-paper-end');
    expect(cut()).toHaveLength(1);

    demo.printer.setFault('none');
    const printed = await driver.until((visit) => visit.ticket?.print.state === 'printed', 'the copy');
    expect(printed.ticket?.number).toBe(held.ticket?.number);
    expect(printed.ticket?.print.id).toBe(held.ticket?.print.id);
    const papers = demo.printer.papers();
    expect(papers.map(({ end }) => end)).toEqual(['cut', 'torn', 'cut']);
    expect(papers[1]?.bitmap.height).toBeLessThan(ticketHeight);
    // The same ticket with the mark of a copy above it.
    expect(papers[2]?.bitmap.height).toBeGreaterThan(ticketHeight);
    await leave(kiosk);
  });

  it('cover open at the receipt: the dossier is handed in, the receipt waits and comes by itself, once', async () => {
    const { driver, demo } = kiosk;
    await walkToReview(kiosk, await blankPage(kiosk.folder));
    const before = cut().length;
    demo.printer.setFault('cover-open');
    await driver.submit();
    const held = await driver.until(
      (visit) => visit.step === 'receipt' && visit.submission.print?.state === 'held',
      'the receipt to be held',
      60_000,
    );
    expect(held.submission.state).toBe('accepted');
    await expectSentence(kiosk, 'printer-cover-open');
    expect(cut()).toHaveLength(before);

    demo.printer.setFault('none');
    const submission = await driver.receipt();
    expect(submission.dossierCode).toBe(held.submission.dossierCode);
    expect(submission.print?.problem).toBeNull();
    expect(cut()).toHaveLength(before + 1);
    await finish(kiosk);
  });

  it.each([
    ['before', 0],
    ['in the middle of', 1],
  ])('out of paper %s the provisional receipt: it comes by itself, then the official one', async (_, torn) => {
    const { driver, demo } = kiosk;
    await demo.gateway.stop();
    await walkToReview(kiosk, await blankPage(kiosk.folder));
    const before = demo.printer.papers().length;
    if (torn) demo.printer.runOutAfterDots(300);
    else demo.printer.setFault('paper-end');
    await driver.submit();
    const held = await driver.until(
      (visit) => visit.step === 'receipt' && visit.submission.print?.state === 'held',
      'the provisional receipt to be held',
      60_000,
    );
    expect(held.submission.receipt).toBe('provisional');
    await expectSentence(kiosk, 'printer-paper-end');
    await expectSentence(kiosk, 'city-unreachable');
    demo.printer.setFault('none');
    await driver.receipt();
    const pieces = () => demo.printer.papers().slice(before);
    const whole = pieces().at(-1);
    expect(whole?.end).toBe('cut');
    const broken = pieces().slice(0, -1);
    expect(broken[0]?.end).toBe(torn ? 'torn' : undefined);
    // A printer that still had the rest in its memory prints it after the refill, in a piece of its own. The whole
    // receipt is taller than both: it has the mark of a copy above it.
    expect(broken.length).toBeLessThanOrEqual(torn ? 2 : 0);
    const height = broken.reduce((sum, { bitmap }) => sum + bitmap.height, 0);
    expect(whole?.bitmap.height).toBeGreaterThan(height);

    const count = pieces().length;
    demo.gateway.start();
    await driver.until(
      ({ submission }) => submission.receipt === 'official' && submission.print?.state === 'printed',
      'the official receipt',
      60_000,
    );
    expect(
      pieces()
        .slice(count)
        .map(({ end }) => end),
    ).toEqual(['cut']);
    await finish(kiosk);
  });

  it('unplugged in the middle of a visit: the number is refused; plugged in, it is given', async () => {
    const { driver, demo } = kiosk;
    await walkToNumber(kiosk);
    demo.printer.setFault('offline');
    await driver.press('Lấy số');
    await driver.page.getByRole('alert').first().waitFor();
    expect((await driver.visit()).ticket).toBeNull();
    demo.printer.setFault('none');
    await expect
      .poll(async () => (await driver.view()).devices.find(({ role }) => role === 'ticket-printer')?.state)
      .toBe('ready');
    expect(await driver.takeNumber()).toMatch(/006$/);
    await leave(kiosk);
  });

  it('logs the broken job by its code', async () => {
    expect(await serviceLog(kiosk)).toContain('"code":"printer-paper-end"');
  });
});
