import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leftBehind, stringsInMemory } from './browser-memory.ts';
import { type Kiosk, openKiosk, scanBirthPapers, specimen, submitter, walkToPapers } from './kiosk.ts';

/** The kiosk's own screen, without the demo's panel beside it. */
const textOf = (kiosk: Kiosk) => kiosk.browser.page.locator('[data-testid^="screen-"]').first().textContent();

describe('a visit from the first touch to the receipt', () => {
  let kiosk: Kiosk;
  beforeAll(async () => {
    kiosk = await openKiosk({ cityWaitMs: 30_000 });
  });
  afterAll(async () => {
    await kiosk[Symbol.asyncDispose]();
  });

  it('issues a number and prints it', async () => {
    const number = await walkToPapers(kiosk);
    expect(number).toBe('B001');
    expect(kiosk.demo.printer.papers()).toHaveLength(1);
  });

  it('shows the card masked: the browser never holds the whole number', async () => {
    const { number, name } = (await kiosk.driver.visit()).identity.card ?? { number: '', name: '' };
    expect(name).toBe(submitter().fullName);
    expect(number).not.toBe(submitter().personNumber);
    expect(JSON.stringify(await kiosk.driver.view())).not.toContain(submitter().personNumber);
  });

  it('shows pages as they arrive, and lets the person turn, scan again and remove them', async () => {
    const { driver } = kiosk;
    const file = specimen('birth-registration-form').file;
    await driver.scan([file]);
    const first = (await driver.visit()).papers[0]!.pages[0]!;
    await kiosk.browser.page.getByRole('button', { name: /, trang 1: / }).click();
    await driver.press('Xoay');
    const turned = await driver.until(
      (visit) => visit.papers[0]?.pages[0]?.rotation === 90,
      'the page to be turned',
    );
    expect(turned.papers[0]!.pages[0]!.thumbnailUrl).not.toBe(first.thumbnailUrl);

    await kiosk.demo.scanner.lay([file]);
    await driver.press('Quét lại');
    const again = await driver.until(
      (visit) => visit.scan.state === 'idle' && visit.papers[0]?.pages[0]?.id !== first.id,
      'the page to be scanned again',
    );
    expect(again.papers[0]!.pages).toHaveLength(1);

    const page = kiosk.browser.page;
    if (!(await page.getByRole('button', { name: 'Bỏ trang này' }).isVisible()))
      await page.getByRole('button', { name: /, trang 1: / }).click();
    await driver.press('Bỏ trang này');
    await driver.press('Bỏ trang');
    await driver.until((visit) => visit.papers[0]?.pages.length === 0, 'the page to go');
  });

  it('reads the pages, compares them with the card, and hands the dossier to the city', async () => {
    const { driver } = kiosk;
    await scanBirthPapers(kiosk);
    const read = await driver.until(
      (visit) => visit.papers.flatMap((paper) => paper.pages).every((page) => page.state === 'ready'),
      'the pages to be read',
      90_000,
    );
    expect(read.papers[0]!.pages[0]!.kindCode).toBe('birth-registration-form');
    expect(read.papers[0]!.pages[0]!.findings).toContainEqual(
      expect.objectContaining({ field: 'personNumber', status: 'same' }),
    );
    await driver.review();
    await driver.submit();
    const submission = await driver.receipt();
    expect(submission.state).toBe('accepted');
    expect(submission.receipt).toBe('official');
    expect(submission.dossierCode).toMatch(/^H29\.15-\d{6}-\d{4}$/);
    expect(kiosk.demo.printer.papers()).toHaveLength(2);
    expect(await textOf(kiosk)).toContain(submission.dossierCode);
  });

  it('wipes the person from the screen, its memory, the service and the disk when it is finished', async () => {
    const { driver, demo, browser } = kiosk;
    const { fullName, personNumber } = submitter();
    const { identity, submission } = await driver.visit();
    const personal = [fullName, identity.card?.number, submission.dossierCode, submission.lookUpSecret];
    const inMemory = async () => {
      const strings = await stringsInMemory(browser);
      return [...personal, personNumber].filter((fact) =>
        strings.some((string) => string.includes(fact ?? '?')),
      );
    };
    expect(await inMemory()).toEqual(personal);
    await driver.finish();
    expect(await browser.page.content()).not.toContain(fullName);
    expect(await inMemory()).toEqual([]);
    expect(await leftBehind(browser)).toEqual({
      localStorage: {},
      sessionStorage: {},
      cookie: '',
      databases: [],
      caches: [],
    });
    expect((await driver.view()).visit).toBeNull();
    expect(await readdir(demo.workingFolder)).toEqual(['scratch']);
    const log = await readFile(join(kiosk.folder, 'logs', 'service.log'), 'utf8');
    expect(log).not.toContain(submitter().fullName);
    expect(log).not.toContain(submitter().personNumber);
  });

  it('gives the next person the next number', async () => {
    const { driver } = kiosk;
    await driver.start();
    await driver.chooseLanguage();
    await driver.chooseService('Đăng ký khai tử', 'khai tu');
    expect(await driver.takeNumber()).toBe('B002');
  });
});
