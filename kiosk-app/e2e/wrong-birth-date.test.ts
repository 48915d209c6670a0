import { landscape } from '@motcua/cli/demo/browser';
import { expect, it, vi } from 'vitest';
import { openKiosk, specimen, submitter } from './kiosk.ts';

// Three pages are read: seconds on an idle machine, more beside other tests.
vi.setConfig({ testTimeout: 240_000 });

/** The submitter's card, but for the month of birth: what the papers print is then wrong. */
function otherBirthDate(): string {
  const fields = submitter().cardText.split('|');
  expect(fields[3]).toBe('14021990');
  return fields.with(3, '14031990').join('|');
}

it('a birth date on a paper that is not the card’s is shown first, beside its place on the paper', async () => {
  await using kiosk = await openKiosk({ cityWaitMs: 30_000 }, landscape);
  const { driver, browser } = kiosk;
  await driver.start();
  await driver.chooseLanguage();
  await driver.chooseService('Đăng ký khai sinh', 'khai sinh');
  await driver.takeNumber();
  await driver.goOn();
  await driver.showCard(otherBirthDate());
  await driver.confirmCard();
  await driver.scan([specimen('birth-registration-form').file]);
  await driver.nextPaper();
  await driver.scan([specimen('live-birth-notice').file]);
  await driver.nextPaper();
  await driver.scan([specimen('birth-certificate').file]);
  const visit = await driver.until(
    ({ papers }) => papers.flatMap(({ pages }) => pages).every(({ state }) => state === 'ready'),
    'the pages to be read',
    120_000,
  );
  const statusOf = (paper: number) =>
    visit.papers[paper]?.pages[0]?.findings.find(({ field }) => field === 'birthDate');
  expect(statusOf(0)).toMatchObject({
    status: 'different',
    found: '14/02/1990',
    person: { en: 'Requester' },
  });
  expect(statusOf(1)).toMatchObject({ status: 'different', found: '14/02/1990' });
  // The child's own birth date is no disagreement; the mother's year of birth is the card's.
  expect(statusOf(2)).toMatchObject({ status: 'same', found: '1990' });

  await driver.review();
  const page = browser.page;
  const differences = page
    .getByRole('region', { name: 'Có chỗ khác với thẻ căn cước' })
    .getByRole('listitem');
  expect(await differences.count()).toBe(2);
  const first = (await differences.first().textContent()) ?? '';
  for (const words of ['Ngày sinh', '14/02/1990', '14/03/1990']) expect(first).toContain(words);
  const picture = differences.first().getByRole('presentation').first();
  await expect
    .poll(() => picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth))
    .toBeGreaterThan(60);

  await page
    .getByRole('button', { name: /^Xem \d+ mục/ })
    .first()
    .click();
  const number = page.locator('.read-field', { hasText: 'Số định danh cá nhân' }).first();
  expect(await number.textContent()).toContain('079•••••2345');
  expect(await number.locator('img').count()).toBe(0);
  expect(await page.content()).not.toContain(submitter().personNumber);

  const url = /\/api\/pages\/\w+\/fields\/\d+/.exec((await picture.getAttribute('src')) ?? '')?.[0] ?? '';
  const answer = (path: string) => page.evaluate(async (at) => (await fetch(at)).status, path);
  expect(await answer(url)).toBe(200);
  expect(await answer(url.replace(/\d+$/, '999'))).toBe(404);
  const numberIndex = visit.papers[0]?.pages[0]?.fields.find(({ value }) => value.includes('•'))?.index;
  expect(await answer(url.replace(/\d+$/, String(numberIndex)))).toBe(404);
});
