import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kiosk, openKiosk } from '../kiosk.ts';
import { blankPage, expectSentence, pagesOf, pagesSettled, serviceLog, walkToPaper } from './fault-kit.ts';

const PILE = 8;

describe('a scanner that fails', () => {
  let kiosk: Kiosk;
  let page: string;

  beforeAll(async () => {
    kiosk = await openKiosk({ slowScanner: true });
    page = await blankPage(kiosk.folder);
    await walkToPaper(kiosk);
  });
  afterAll(async () => {
    await kiosk[Symbol.asyncDispose]();
  });

  const scan = () => kiosk.driver.press(/^Quét( thêm trang)?$/);
  const scanEnded = (code: string) =>
    kiosk.driver.until(
      (visit) => visit.scan.state === 'idle' && visit.scan.problem?.code === code,
      `the scan to end as ${code}`,
    );

  it('with nothing on the glass: says so, and takes the paper that is then laid on it', async () => {
    await scan();
    await scanEnded('scanner-empty');
    await expectSentence(kiosk, 'scanner-empty');
    await kiosk.driver.scan([page]);
    expect(pagesOf(await kiosk.driver.visit())).toHaveLength(1);
  });

  it('stopped by the person: ends at once, and what is there stays', async () => {
    // A page that never gets whole keeps the scanner at work.
    const part = join(kiosk.folder, 'glass', 'page-0100.png.part');
    const growing = setInterval(() => void appendFile(part, '…').catch(() => undefined), 50);
    try {
      await appendFile(part, '…');
      await scan();
      await kiosk.driver.press('Dừng quét');
      await scanEnded('scanner-cancelled');
    } finally {
      clearInterval(growing);
    }
    await expectSentence(kiosk, 'scanner-cancelled');
    expect(pagesOf(await kiosk.driver.visit())).toHaveLength(1);
    await kiosk.demo.scanner.clear();
  });

  it('gone in the middle of a pile: finished pages stay and are read; plugged in, it scans on', async () => {
    const { driver, demo } = kiosk;
    await demo.scanner.lay(Array<string>(PILE).fill(page));
    await scan();
    await driver.until((visit) => pagesOf(visit).length >= 3, 'some pages of the pile');
    await demo.scanner.vanish();
    const lost = await scanEnded('scanner-lost');
    await expectSentence(kiosk, 'scanner-lost');
    const kept = pagesOf(lost).length;
    expect(kept).toBeGreaterThanOrEqual(3);
    expect(kept).toBeLessThan(1 + PILE);
    expect(pagesOf(await pagesSettled(kiosk)).every(({ state }) => state === 'ready')).toBe(true);

    await expect
      .poll(async () => (await driver.view()).devices.find(({ role }) => role === 'document-scanner')?.state)
      .toBe('absent');
    expect(await kiosk.browser.page.getByRole('button', { name: 'Quét thêm trang' }).isDisabled()).toBe(true);
    await demo.scanner.appear();
    await expect
      .poll(
        async () => (await driver.view()).devices.find(({ role }) => role === 'document-scanner')?.state,
        {
          timeout: 20_000,
        },
      )
      .toBe('ready');
    await driver.scan([page]);
    expect(pagesOf(await driver.visit())).toHaveLength(kept + 1);
  });

  it('then the dossier goes to the city with every page', async () => {
    await pagesSettled(kiosk);
    await kiosk.driver.review();
    await kiosk.driver.submit();
    expect((await kiosk.driver.receipt()).state).toBe('accepted');
    expect((await serviceLog(kiosk)).match(/the kiosk is ready/g)).toHaveLength(1);
  });
});
