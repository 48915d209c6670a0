import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { landscape, portrait } from '@motcua/cli/demo/browser';
import { simulatedCameraPicture, virtualReaderLacks } from '@motcua/device-drivers/simulators';
import { spoilPage } from '@motcua/ocr-pipeline/specimens';
import { type Kiosk, openKiosk, scanBirthPapers, specimen, submitter } from './kiosk.ts';
import { shoot } from './shoot.ts';

/** `npm run screenshots`: a picture of every screen of real visits, portrait and landscape, good days and bad ones. */
for (const [name, viewport] of Object.entries({ portrait, landscape })) {
  const take = (kiosk: Kiosk) => (screen: string) => shoot(kiosk.browser.page, `${screen}-${name}`);
  {
    await using kiosk = await openKiosk({ cityWaitMs: 60_000 }, viewport);
    await goodDay(kiosk, take(kiosk));
  }
  {
    await using kiosk = await openKiosk({ chipReader: virtualReaderLacks() === null }, viewport);
    await badDay(kiosk, take(kiosk));
  }
  const folder = await mkdtemp(join(tmpdir(), 'motcua-hall-'));
  const hall = join(folder, 'hall.jpg');
  await writeFile(hall, await simulatedCameraPicture(null));
  {
    await using kiosk = await openKiosk({ camera: hall }, viewport);
    await cameraInsteadOfReader(kiosk, take(kiosk));
  }
  await rm(folder, { recursive: true });
}

type Take = (screen: string) => Promise<void>;

async function walkToCard({ driver }: Kiosk): Promise<void> {
  await driver.start();
  await driver.chooseLanguage();
  await driver.chooseService('Đăng ký khai sinh', 'khai sinh');
  await driver.takeNumber();
  await driver.goOn();
}

async function goodDay(kiosk: Kiosk, shoot: Take): Promise<void> {
  const { driver } = kiosk;
  const page = kiosk.browser.page;
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
  await scanBirthPapers(kiosk);
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

/** A printer without paper, a wrong code, a chip, a blurred page, no line to the city. */
async function badDay(kiosk: Kiosk, shoot: Take): Promise<void> {
  const { driver, demo, browser } = kiosk;
  const { page } = browser;
  demo.printer.setFault('paper-end');
  await page.getByText('Máy in hết giấy').first().waitFor();
  await shoot('20-attract-trouble');
  demo.printer.setFault('none');
  await page.getByText('Máy in hết giấy').first().waitFor({ state: 'detached' });
  await driver.start();
  await driver.chooseLanguage();
  await driver.chooseService('Đăng ký khai sinh', 'khai sinh');
  demo.printer.runOutAfterDots(200);
  await driver.press('Lấy số');
  await driver.until(({ ticket }) => ticket?.print.state === 'held', 'the ticket to be held');
  await shoot('21-number-held');
  demo.printer.setFault('none');
  await driver.until(({ ticket }) => ticket?.print.state === 'printed', 'the ticket to be printed');
  await driver.goOn();
  await driver.showCard('8934563138165');
  await page.getByRole('alert').first().waitFor();
  await shoot('22-card-wrong-code');
  await driver.showCard(submitter().cardText);
  await page.getByRole('button', { name: 'Đúng, là tôi' }).waitFor();
  if (demo.chip) {
    await shoot('23-chip-waiting');
    demo.chip.lay(submitter().id);
    await driver.until(({ identity }) => identity.chip?.state === 'read', 'the chip');
    await shoot('24-chip-read');
  }
  await driver.confirmCard();
  const { file, degradation } = specimen('birth-registration-form');
  const blurred = join(kiosk.folder, 'blurred.jpg');
  const fault = { kind: 'defocus', millimetres: 0.35 } as const;
  await writeFile(blurred, await spoilPage(await readFile(file), degradation.dpi, fault, 1));
  await driver.scan([blurred]);
  await page.getByRole('alert').first().waitFor();
  await shoot('25-page-blurred');
  await driver.press('Trợ giúp');
  await shoot('26-help');
  await driver.press('Đóng');
  const blurredId = (await driver.visit()).papers[0]?.pages[0]?.id;
  await demo.scanner.lay([file]);
  await driver.press('Quét lại');
  await driver.until(
    ({ scan, papers }) => scan.state === 'idle' && papers[0]?.pages[0]?.id !== blurredId,
    'the page to be scanned again',
  );
  await driver.nextPaper();
  await driver.scan([specimen('live-birth-notice').file]);
  await driver.nextPaper();
  await driver.scan([specimen('citizen-card').file]);
  await demo.gateway.stop('SIGKILL');
  await driver.review();
  await driver.submit();
  await driver.receipt();
  await shoot('27-receipt-provisional');
  await demo.service.stop('SIGKILL');
  await page.getByTestId('screen-lost').waitFor();
  await page.waitForTimeout(1_200);
  await shoot('28-service-unreachable');
}

async function cameraInsteadOfReader(kiosk: Kiosk, shoot: Take): Promise<void> {
  await walkToCard(kiosk);
  const picture = kiosk.browser.page.getByRole('img', { name: 'Hình từ máy ảnh' });
  await picture.waitFor();
  await kiosk.browser.page.waitForTimeout(3_000);
  await shoot('29-camera');
}
