import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemo } from '@motcua/cli/demo';
import { landscape, openBrowser, portrait } from '@motcua/cli/demo/browser';
import { createVisitDriver } from '@motcua/cli/demo/visit-driver';
import type { Kiosk } from './kiosk.ts';
import { specimen, submitter } from './kiosk.ts';

/** `npm run screenshots`: a picture of every screen of a real visit, portrait and landscape, for the README. */
const to = join(import.meta.dirname, 'screens');
await mkdir(to, { recursive: true });

for (const [name, viewport] of Object.entries({ portrait, landscape })) {
  const folder = await mkdtemp(join(tmpdir(), 'motcua-screens-'));
  const demo = await startDemo({ folder, cityWaitMs: 60_000 });
  const browser = await openBrowser(viewport);
  try {
    await visit({ demo, browser, driver: createVisitDriver(demo, browser.page), folder }, async (screen) => {
      // Waits for pictures and fonts; nothing moves on the screens that are shown.
      await browser.page.evaluate('Promise.allSettled([...document.images].map((image) => image.decode()))');
      await browser.page.evaluate('document.fonts.ready');
      const file = join(to, `${screen}-${name}.jpg`);
      await browser.page.screenshot({ path: file, type: 'jpeg', quality: 72 });
      process.stdout.write(`${file}\n`);
    });
  } finally {
    await browser.close();
    await demo.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function visit(
  kiosk: Omit<Kiosk, typeof Symbol.asyncDispose>,
  shoot: (screen: string) => Promise<void>,
) {
  const { driver } = kiosk;
  const page = kiosk.browser.page;
  await driver.open();
  await shoot('01-attract');
  await driver.start();
  await shoot('02-language');
  await driver.chooseLanguage();
  await page.getByRole('tab').nth(1).click();
  await shoot('03-service');
  await driver.chooseService('Đăng ký khai sinh', 'khai sinh');
  await shoot('04-number');
  await driver.takeNumber();
  await shoot('05-number-taken');
  await driver.goOn();
  await shoot('06-card');
  await driver.showCard(submitter().cardText);
  await page.getByRole('button', { name: 'Đúng, là tôi' }).waitFor();
  await shoot('07-card-read');
  await driver.confirmCard();
  await shoot('08-papers');
  await driver.scan([specimen('birth-registration-form').file]);
  await driver.nextPaper();
  await driver.scan([specimen('live-birth-notice').file]);
  await driver.nextPaper();
  await driver.scan([specimen('citizen-card').file]);
  await driver.until(
    (now) => now.papers.flatMap((paper) => paper.pages).every(({ state }) => state === 'ready'),
    'the pages to be read',
    120_000,
  );
  await shoot('09-papers-scanned');
  await driver.review();
  await shoot('10-review');
  await driver.submit();
  await shoot('11-submit');
  await driver.receipt();
  await shoot('12-receipt');
  await driver.press('Hoàn tất');
  await driver.onScreen('farewell');
  await shoot('13-farewell');
}
