import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kiosk, openKiosk, specimen } from '../kiosk.ts';
import { blankPage, expectSentence, pagesOf, pagesSettled, serviceLog, walkToPaper } from './fault-kit.ts';

/** 20,000 × 10,000 white pixels by the header; the file is small. */
async function hugePng(): Promise<Buffer> {
  const png = await sharp({ create: { width: 400, height: 600, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
  png.writeUInt32BE(20_000, 16);
  png.writeUInt32BE(10_000, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  return png;
}

describe('a scanner that sends something else than a page', () => {
  let kiosk: Kiosk;
  let files: readonly { readonly file: string; readonly code: string }[];

  beforeAll(async () => {
    kiosk = await openKiosk();
    const whole = await readFile(specimen('birth-registration-form').file);
    const broken: readonly (readonly [name: string, bytes: Uint8Array | string, code: string])[] = [
      ['no-png.png', 'this is no picture at all', 'page-not-an-image'],
      ['huge.png', await hugePng(), 'page-too-large'],
      ['pdf.jpg', '%PDF-1.7\n%âãÏÓ\n1 0 obj\n<<>>\nendobj\n', 'page-is-pdf'],
      ['paper.pdf', '%PDF-1.4\n1 0 obj\n<<>>\nendobj\n', 'page-is-pdf'],
      ['cut.jpg', whole.subarray(0, Math.floor(whole.length / 2)), 'page-truncated'],
      ['empty.jpg', '', 'page-empty'],
    ];
    files = await Promise.all(
      broken.map(async ([name, bytes, code]) => {
        const file = join(kiosk.folder, name);
        await writeFile(file, bytes);
        return { file, code };
      }),
    );
    await walkToPaper(kiosk);
  });
  afterAll(async () => {
    await kiosk[Symbol.asyncDispose]();
  });

  const openPage = (number: number) =>
    kiosk.browser.page.getByRole('button', { name: new RegExp(`, trang ${number}: `) }).click();

  it('keeps each as a failed page with its sentence, and reads the good page among them', async () => {
    await kiosk.driver.scan([...files.map(({ file }) => file), await blankPage(kiosk.folder)]);
    const pages = pagesOf(await pagesSettled(kiosk));
    expect(pages.map(({ state, problem }) => problem?.code ?? state)).toEqual([
      ...files.map(({ code }) => code),
      'ready',
    ]);
    expect(pages.slice(0, -1).every(({ state }) => state === 'failed')).toBe(true);
  });

  it('says what is wrong with a page when it is opened', async () => {
    for (const [index, { code }] of files.entries()) {
      await openPage(index + 1);
      await expectSentence(kiosk, code);
      await kiosk.driver.press('Đóng');
      await kiosk.browser.page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  });

  it('does not go on to the review with such pages', async () => {
    await kiosk.driver.press('Kiểm tra hồ sơ');
    await expectSentence(kiosk, 'pages-failed');
    expect((await kiosk.driver.visit()).step).toBe('papers');
  });

  it('is healed by scanning the page again', async () => {
    const before = pagesOf(await kiosk.driver.visit());
    await openPage(1);
    await kiosk.demo.scanner.lay([await blankPage(kiosk.folder, 'again.png')]);
    await kiosk.browser.page.getByRole('dialog').getByRole('button', { name: 'Quét lại' }).click();
    await kiosk.driver.until(
      (visit) => visit.scan.state === 'idle' && !pagesOf(visit).some(({ id }) => id === before[0]?.id),
      'the page to be replaced',
    );
    const pages = pagesOf(await pagesSettled(kiosk));
    expect(pages).toHaveLength(before.length);
    expect(pages.filter(({ state }) => state === 'ready')).toHaveLength(2);
  });

  it('is healed by removing the pages; then the dossier goes to the city', async () => {
    const { driver } = kiosk;
    for (;;) {
      const pages = pagesOf(await driver.visit());
      const broken = pages.findIndex(({ state }) => state === 'failed');
      if (broken === -1) break;
      await openPage(broken + 1);
      await driver.press('Bỏ trang này');
      await kiosk.browser.page.getByRole('button', { name: 'Bỏ trang', exact: true }).click();
      await driver.until((visit) => pagesOf(visit).length === pages.length - 1, 'the page to go');
      await kiosk.browser.page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await driver.review();
    await driver.submit();
    expect((await driver.receipt()).state).toBe('accepted');
  });

  it('never took the service down', async () => {
    expect((await serviceLog(kiosk)).match(/the kiosk is ready/g)).toHaveLength(1);
  });
});
