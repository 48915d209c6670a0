import { landscape } from '@motcua/cli/demo/browser';
import {
  alterDg1,
  createSimulatedChip,
  createTestAuthority,
  drawPortrait,
  issueChip,
  sampleChipPerson,
  virtualReaderLacks,
} from '@motcua/device-drivers/simulators';
import { describe, expect, it } from 'vitest';
import { type Kiosk, openKiosk, submitter } from './kiosk.ts';

const LONG = 120_000;
const lacks = virtualReaderLacks();

/** Real service, real screen, real pcscd with its virtual reader. */
describe.skipIf(lacks !== null)(`the card's chip${lacks ? ` (${lacks})` : ''}`, () => {
  const walkToCard = async ({ driver }: Kiosk) => {
    await driver.start();
    await driver.chooseLanguage();
    await driver.chooseService('Đăng ký khai sinh', 'khai sinh');
    await driver.takeNumber();
    await driver.goOn();
    await driver.showCard(submitter().cardText);
  };

  it('is read when the card lies on the reader, and the screen says what it proves', {
    timeout: LONG,
  }, async () => {
    await using kiosk = await openKiosk({ chipReader: true }, landscape);
    const { driver, browser, demo } = kiosk;
    await walkToCard(kiosk);
    await browser.page.getByText('Đặt thẻ lên đầu đọc chip.').waitFor();
    // The hand of the side panel.
    const panel = browser.page.getByRole('complementary', { name: 'Bảng mô phỏng' });
    await panel
      .locator('section', { hasText: 'Đặt thẻ lên đầu đọc chip' })
      .getByRole('button', { name: submitter().onPanel })
      .press('Enter');
    await browser.page.getByText('Chip là chip gốc, dữ liệu đúng như nơi cấp đã ký.').waitFor();
    const picture = browser.page.getByRole('img', { name: 'Ảnh trong chip' });
    await expect
      .poll(() => picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth))
      .toBeGreaterThan(100);
    expect((await driver.visit()).identity.level).toBe('chip-proved');
    await driver.confirmCard();
    expect(demo.chip?.lying()).toBe(submitter().id);
  });

  it('that was written over is not taken for proof, after a restart of the service as well', {
    timeout: LONG,
  }, async () => {
    await using kiosk = await openKiosk({ chipReader: true });
    const { driver, browser, demo } = kiosk;
    await walkToCard(kiosk);
    const person = { ...sampleChipPerson, number: submitter().personNumber, name: submitter().fullName };
    const content = issueChip({
      person,
      authority: createTestAuthority(),
      portrait: await drawPortrait(3_000),
    });
    const chip = createSimulatedChip(alterDg1(content, { ...person, birthDate: '1970-01-01' }));
    demo.chip?.layChip(submitter().id, chip);
    await driver.until((visit) => visit.identity.chip?.state === 'read', 'the chip');
    await demo.service.kill();
    await demo.ready();
    await browser.page.reload();
    const { identity } = await driver.visit();
    expect(identity).toMatchObject({
      level: 'qr',
      chip: { verdict: 'altered', problem: { code: 'chip-contradicts-code' } },
    });
    await browser.page.getByText('Dữ liệu trong chip khác với mã QR').first().waitFor();
    expect(await browser.page.getByText('Chip là chip gốc').count()).toBe(0);
  });
});
