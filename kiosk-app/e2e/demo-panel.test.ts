import { landscape } from '@motcua/cli/demo/browser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kiosk, openKiosk, submitter } from './kiosk.ts';

describe('the side panel of the demo', () => {
  let kiosk: Kiosk;
  beforeAll(async () => {
    kiosk = await openKiosk({}, landscape);
  });
  afterAll(async () => {
    await kiosk[Symbol.asyncDispose]();
  });
  const panel = () => kiosk.browser.page.getByRole('complementary', { name: 'Bảng mô phỏng' });
  // By key: the panel's pictures arrive while the test runs, and a button may move between a press and its release.
  const press = (name: string | RegExp) => panel().getByRole('button', { name }).first().press('Enter');

  it('empties the roll: no number is given, and the screen says why', async () => {
    const { driver, browser } = kiosk;
    await driver.start();
    await driver.chooseLanguage();
    await driver.chooseService('Đăng ký khai sinh', 'khai sinh');
    await press('Hết giấy');
    await expect.poll(() => kiosk.demo.printer.fault()).toBe('paper-end');
    await driver.press('Lấy số');
    await browser.page.getByText('Máy in hết giấy.').first().waitFor();
    expect((await driver.visit()).ticket).toBeNull();
    await press('Bình thường');
    await expect.poll(() => kiosk.demo.printer.fault()).toBe('none');
    expect(await driver.takeNumber()).toBe('B001');
  });

  it('tears the paper off the printer', async () => {
    await press('Xé giấy');
    await expect.poll(() => kiosk.demo.printer.inSlot()).toBeUndefined();
  });

  it('shows a card to the reader and lays papers on the glass', async () => {
    const { driver } = kiosk;
    await driver.goOn();
    await press(submitter().onPanel);
    const read = await driver.until((visit) => visit.identity.state === 'read', 'the card');
    expect(read.identity.card?.name).toBe(submitter().fullName);
    await driver.confirmCard();
    // On a busy machine an action can run into the panel's time limit; a person then presses again, and so does this.
    const lay = async () => {
      if (kiosk.demo.scanner.lying().length === 0) {
        const chosen = panel().getByRole('button', { name: /^Đặt 1 tờ lên kính$/ });
        if ((await chosen.count()) === 0) await press(/birth-registration-form/);
        await press(/^Đặt 1 tờ lên kính$/);
      }
      return kiosk.demo.scanner.lying().length;
    };
    await expect.poll(lay, { interval: 3_000, timeout: 45_000 }).toBe(1);
    await driver.press('Quét');
    await driver.until((visit) => visit.papers[0]?.pages.length === 1, 'the page');
  });

  it('cuts the line to the city and mends it', async () => {
    await press('Đứt');
    await expect.poll(() => kiosk.demo.gateway.running()).toBe(false);
    await press('Thông');
    await expect.poll(() => kiosk.demo.gateway.running()).toBe(true);
  });
});
