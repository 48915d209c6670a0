import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kiosk, openKiosk, scanBirthPapers, submitter } from './kiosk.ts';

/** Kills the service as a power cut would, waits for it to come back, and compares the visit with the one before. */
async function crash(kiosk: Kiosk) {
  const before = await kiosk.driver.visit();
  await kiosk.demo.service.kill();
  await kiosk.demo.ready();
  const after = await kiosk.driver.visit();
  expect(after.id).toBe(before.id);
  return { before, after };
}

describe('a service that is killed in a step goes on at that step', () => {
  let kiosk: Kiosk;
  beforeAll(async () => {
    kiosk = await openKiosk({ cityWaitMs: 60_000 });
  });
  afterAll(async () => {
    await kiosk[Symbol.asyncDispose]();
  });

  it('language', async () => {
    await kiosk.driver.start();
    expect((await crash(kiosk)).after.step).toBe('language');
    await kiosk.driver.onScreen('language');
  });

  it('service', async () => {
    await kiosk.driver.chooseLanguage();
    expect((await crash(kiosk)).after.step).toBe('service');
    await kiosk.driver.onScreen('service');
  });

  it('number, before it is taken', async () => {
    await kiosk.driver.chooseService('Đăng ký khai sinh', 'khai sinh');
    const { after } = await crash(kiosk);
    expect(after.step).toBe('number');
    expect(after.procedure?.code).toBe('1.001193');
    expect(after.ticket).toBeNull();
  });

  it('number, taken: the same number, printed once', async () => {
    const number = await kiosk.driver.takeNumber();
    const { after } = await crash(kiosk);
    expect(after.ticket?.number).toBe(number);
    expect(after.ticket?.print.state).toBe('printed');
    expect(kiosk.demo.printer.papers()).toHaveLength(1);
  });

  it('identity, while the card is awaited', async () => {
    await kiosk.driver.goOn();
    expect((await crash(kiosk)).after.identity.state).toBe('waiting');
    await kiosk.driver.onScreen('identity');
  });

  it('identity, after the card was read', async () => {
    await kiosk.driver.until(() => true, 'the service');
    await readerReady(kiosk);
    await kiosk.driver.showCard(submitter().cardText);
    const { before, after } = await crash(kiosk);
    expect(after.identity.state).toBe('read');
    expect(after.identity.card).toEqual(before.identity.card);
  });

  it('papers, while pages are being read', async () => {
    await kiosk.driver.confirmCard();
    await scanBirthPapers(kiosk);
    const { before, after } = await crash(kiosk);
    const ids = (visit: typeof after) => visit.papers.flatMap((paper) => paper.pages.map((page) => page.id));
    expect(after.step).toBe('papers');
    expect(ids(after)).toEqual(ids(before));
    await kiosk.driver.until(
      (visit) => visit.papers.flatMap((paper) => paper.pages).every((page) => page.state === 'ready'),
      'the pages to be read after the restart',
      90_000,
    );
  });

  it('review', async () => {
    await kiosk.driver.onScreen('papers');
    await kiosk.driver.review();
    expect((await crash(kiosk)).after.step).toBe('review');
    await kiosk.driver.onScreen('review');
  });

  it('submit: the same dossier goes on to the city, once', async () => {
    await kiosk.driver.submit();
    await kiosk.demo.service.kill();
    await kiosk.demo.ready();
    const submission = await kiosk.driver.receipt();
    expect(submission.state).toBe('accepted');
    expect(submission.dossierCode).toMatch(/-0001$/);
  });

  it('receipt: it is still there, and is not printed again', async () => {
    const { before, after } = await crash(kiosk);
    expect(after.submission.dossierCode).toBe(before.submission.dossierCode);
    expect(after.submission.print?.state).toBe('printed');
    expect(kiosk.demo.printer.papers()).toHaveLength(2);
    await kiosk.driver.onScreen('receipt');
    await kiosk.driver.finish();
  });
});

/** The reader's line comes back a moment after the service. */
async function readerReady({ driver }: Kiosk): Promise<void> {
  await expect
    .poll(async () => (await driver.view()).devices.find(({ role }) => role === 'code-reader')?.state, {
      timeout: 15_000,
    })
    .toBe('ready');
}
