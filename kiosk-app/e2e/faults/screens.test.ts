import { type FaultyGateway, startFaultyGateway } from '@motcua/city-gateway/simulators';
import { openBrowser } from '@motcua/cli/demo/browser';
import { createVisitDriver } from '@motcua/cli/demo/visit-driver';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kiosk, openKiosk, submitter } from '../kiosk.ts';
import { alerts, blankPage, leave, pagesOf, pagesSettled, walkToNumber } from './fault-kit.ts';

/** Presses the buttons in the same moment: none is on its way out when it is touched. */
async function pressAtOnce(pages: readonly Page[], button: (page: Page) => Locator): Promise<void> {
  const buttons = await Promise.all(pages.map((page) => button(page).elementHandle()));
  await Promise.all(
    buttons.map((handle) => handle?.evaluate((element) => (element as unknown as { click(): void }).click())),
  );
}

describe('more than one window, and windows that are loaded again', () => {
  let kiosk: Kiosk;
  let silentCity: FaultyGateway;

  beforeAll(async () => {
    silentCity = await startFaultyGateway({ behaviour: 'hang' });
    kiosk = await openKiosk({
      cityWaitMs: 6_000,
      adjust: (site) => ({ ...site, city: { ...site.city, baseUrl: silentCity.url } }),
    });
  });
  afterAll(async () => {
    await kiosk[Symbol.asyncDispose]();
    await silentCity.close();
  });

  it('two windows show the same visit, and pressing in both at once takes one number', async () => {
    const { driver, demo } = kiosk;
    const second = createVisitDriver(demo, await kiosk.browser.context.newPage());
    await second.page.goto(demo.origin);
    await second.onScreen('attract');
    // A browser slows down what lies behind another window.
    await driver.page.bringToFront();
    await walkToNumber(kiosk);
    await second.onScreen('number');

    await pressAtOnce([driver.page, second.page], (page) => page.getByRole('button', { name: /^Lấy số$/ }));
    const taken = await driver.until((visit) => visit.ticket?.print.state === 'printed', 'the ticket');
    const number = taken.ticket?.number ?? '?';
    expect(number).toMatch(/001$/);
    for (const { page } of [driver, second]) await page.getByText(number, { exact: true }).first().waitFor();
    expect(demo.printer.papers()).toHaveLength(1);
    expect([...(await alerts(kiosk)), ...(await alerts({ driver: second }))]).toEqual([]);

    // A second press on a screen that has gone on in the other window is answered with the state as it is.
    await driver.goOn();
    await second.onScreen('identity');
    await second.page.close();
    await leave(kiosk);
  });

  it('two windows that begin at once begin one visit', async () => {
    const { driver, demo } = kiosk;
    const second = createVisitDriver(demo, await kiosk.browser.context.newPage());
    await second.page.goto(demo.origin);
    await second.onScreen('attract');
    await driver.page.bringToFront();
    await pressAtOnce([driver.page, second.page], (page) =>
      page.getByTestId('screen-attract').getByRole('button').first(),
    );
    await Promise.all([driver.onScreen('language'), second.onScreen('language')]);
    await driver.chooseLanguage();
    await second.onScreen('service');
    await second.page.close();
    await leave(kiosk);
  });

  it('a window that the kiosk did not open sees the locked page and learns nothing', async () => {
    const { demo } = kiosk;
    const stranger = await openBrowser();
    try {
      await stranger.page.goto(demo.origin);
      await stranger.page.getByTestId('screen-locked').waitFor();
      expect((await stranger.page.request.get(`${demo.origin}/api/kiosk`)).status()).toBe(401);
      const start = { requestId: '0'.repeat(26), visitId: null, version: null, command: { type: 'start' } };
      const command = await stranger.page.request.post(`${demo.origin}/api/visit/commands`, { data: start });
      expect(command.status()).toBe(401);
      expect((await kiosk.driver.view()).visit).toBeNull();
    } finally {
      await stranger.close();
    }
  });

  it('loading the page again keeps every step', async () => {
    const { driver } = kiosk;
    const page = kiosk.browser.page;
    const reload = async (step: string) => {
      const before = await driver.visit();
      expect(before.step).toBe(step);
      await page.reload();
      await driver.onScreen(step);
      const after = await driver.visit();
      expect({ ...after, idleDeadline: null }).toEqual({ ...before, idleDeadline: null });
      return after;
    };
    await driver.start();
    await reload('language');
    await driver.chooseLanguage();
    await reload('service');
    await driver.chooseService('Chứng thực bản sao từ bản chính', 'chung thuc');
    await reload('number');
    const number = await driver.takeNumber();
    await reload('number');
    await page.getByText(number, { exact: true }).first().waitFor();
    await driver.goOn();
    await reload('identity');
    await driver.showCard(submitter().cardText);
    await reload('identity');
    await page.getByText(submitter().fullName).first().waitFor();
    await driver.confirmCard();
    await driver.scan([await blankPage(kiosk.folder)]);
    await pagesSettled(kiosk);
    const papers = await reload('papers');
    expect(pagesOf(papers)).toHaveLength(1);
    await driver.review();
    await reload('review');

    await driver.submit();
    // The city is silent: the visit stays in this step while the page is loaded.
    await driver.onScreen('submit');
    const submitting = await driver.visit();
    await page.reload();
    await driver.onScreen('submit');
    expect((await driver.visit()).submission.dossierId).toBe(submitting.submission.dossierId);

    const submission = await driver.receipt();
    await reload('receipt');
    expect(submission.receipt).toBe('provisional');
    expect(kiosk.demo.printer.papers()).toHaveLength(3);
    await driver.finish();
    await page.reload();
    await driver.onScreen('attract');
  });
});
