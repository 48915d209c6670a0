import { openKiosk, scanBirthPapers, submitter, walkToPapers } from './kiosk.ts';
import { shoot } from './shoot.ts';

/** `npm run screenshots`, second part: the officer's desk with a dossier that has just been handed in. */
await using kiosk = await openKiosk({ cityWaitMs: 60_000, officer: true });
const { driver, demo, browser } = kiosk;
await walkToPapers(kiosk);
await scanBirthPapers(kiosk);
await driver.until(
  (visit) => visit.papers.flatMap((paper) => paper.pages).every((page) => page.state === 'ready'),
  'the pages to be read',
  90_000,
);
await driver.review();
await driver.submit();
await driver.receipt();
await driver.finish();

const page = await browser.context.newPage();
await page.setViewportSize({ width: 1920, height: 1080 });
const shootDesk = async (name: string) => {
  await page.waitForLoadState('networkidle');
  // Pictures further down are not loaded before they are looked at.
  const loaded = `[...document.querySelectorAll('.page-picture, .thumb img')].every((one) => one.naturalWidth > 0)`;
  while (!(await page.evaluate(loaded))) await page.waitForTimeout(100);
  await page.waitForTimeout(3_000);
  await shoot(page, name);
};
await page.goto(demo.officer!.url);
await page.getByLabel('Tên đăng nhập').fill(demo.officer!.login);
await shootDesk('officer-1-log-in');
await page.getByLabel('Mật khẩu').fill(demo.officer!.password);
await page.keyboard.press('Enter');
await page.getByRole('row', { name: new RegExp(submitter().fullName) }).click();
await page.getByText('Thông tin máy đọc được').waitFor();
await shootDesk('officer-2-dossier');
await page.getByRole('button', { name: 'Ký hồ sơ', exact: true }).click();
await page.getByText('Chứng thư số').waitFor();
await shootDesk('officer-3-sign');
await page.getByLabel('Mã PIN của USB Token').fill('000000');
await page.keyboard.press('Enter');
await page.getByRole('alert').first().waitFor();
await shootDesk('officer-4-wrong-pin');
await page.getByLabel('Mã PIN của USB Token').fill(demo.officer!.pin);
await page.keyboard.press('Enter');
await page.getByRole('button', { name: 'Đóng' }).click();
await page.getByRole('tab', { name: /Đã ký/ }).click();
await page.getByRole('row', { name: new RegExp(submitter().fullName) }).click();
await page.getByText('Thông tin máy đọc được').waitFor();
await shootDesk('officer-5-signed');
