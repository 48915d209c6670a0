import { join } from 'node:path';
import { openKiosk, scanBirthPapers, submitter, walkToPapers } from './kiosk.ts';

/** `npm run screenshots`, second part: the officer's desk with a dossier that has just been handed in. */
const to = join(import.meta.dirname, 'screens');
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
const shoot = async (name: string) => {
  await page.waitForLoadState('networkidle');
  // Pictures further down are not loaded before they are looked at.
  const loaded = `[...document.querySelectorAll('.page-picture, .thumb img')].every((one) => one.naturalWidth > 0)`;
  while (!(await page.evaluate(loaded))) await page.waitForTimeout(100);
  await page.waitForTimeout(3_000);
  await page.evaluate('document.fonts.ready');
  const path = join(to, `${name}.jpg`);
  await page.screenshot({ path, type: 'jpeg', quality: 72 });
  process.stdout.write(`${path}\n`);
};
await page.goto(demo.officer!.url);
await page.getByLabel('Tên đăng nhập').fill(demo.officer!.login);
await shoot('officer-1-log-in');
await page.getByLabel('Mật khẩu').fill(demo.officer!.password);
await page.keyboard.press('Enter');
await page.getByRole('row', { name: new RegExp(submitter().fullName) }).click();
await page.getByText('Thông tin máy đọc được').waitFor();
await shoot('officer-2-dossier');
await page.getByRole('button', { name: 'Ký hồ sơ', exact: true }).click();
await page.getByText('Chứng thư số').waitFor();
await shoot('officer-3-sign');
await page.getByLabel('Mã PIN của USB Token').fill(demo.officer!.pin);
await page.keyboard.press('Enter');
await page.getByRole('button', { name: 'Đóng' }).click();
await page.getByRole('tab', { name: /Đã ký/ }).click();
await page.getByRole('row', { name: new RegExp(submitter().fullName) }).click();
await page.getByText('Thông tin máy đọc được').waitFor();
await shoot('officer-4-signed');
