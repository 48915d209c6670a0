import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec, unwrap } from '@motcua/core';
import { extractDossier, readDossierMetadata, verifyAny } from '@motcua/ocr-pipeline/dossier';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kiosk, openKiosk, specimen, submitter } from './kiosk.ts';

const MOTCUA = join(import.meta.dirname, '..', 'cli', 'bin', 'motcua.mjs');

describe('an officer at the counter', () => {
  let kiosk: Kiosk;
  let page: Page;
  beforeAll(async () => {
    kiosk = await openKiosk({ cityWaitMs: 60_000, officer: true });
    const { driver } = kiosk;
    await driver.start();
    await driver.chooseLanguage();
    await driver.chooseService('Chứng thực bản sao từ bản chính', 'chung thuc');
    await driver.takeNumber();
    await driver.goOn();
    await driver.showCard(submitter().cardText);
    await driver.confirmCard();
    await driver.scan([specimen('citizen-card').file]);
    await driver.until(
      (visit) => visit.papers.flatMap((paper) => paper.pages).every((one) => one.state === 'ready'),
      'the page to be read',
      90_000,
    );
    await driver.review();
    await driver.submit();
    await driver.receipt();
    await driver.finish();
    page = await kiosk.browser.context.newPage();
    await page.setViewportSize({ width: 1920, height: 1080 });
  }, 180_000);
  afterAll(() => kiosk?.[Symbol.asyncDispose]());

  it('logs in on a page of her own, reads what a citizen handed in, and signs it with her token', async () => {
    const { officer } = kiosk.demo;
    await page.goto(officer!.url);
    await page.getByLabel('Tên đăng nhập').fill(officer!.login);
    await page.getByLabel('Mật khẩu').fill(officer!.password);
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: new RegExp(submitter().fullName) }).click();
    await page.getByText(submitter().personNumber).first().waitFor();
    const picture = page.locator('.page-picture');
    await expect
      .poll(() => picture.evaluate((image: { naturalWidth?: number }) => image.naturalWidth ?? 0))
      .toBeGreaterThan(500);
    await page.getByRole('button', { name: 'Ký hồ sơ', exact: true }).click();
    // Her own certificate is chosen already; the agency's token is plugged in as well.
    await page.getByLabel('Mã PIN của USB Token').fill('000000');
    await page.keyboard.press('Enter');
    await page
      .getByRole('alert')
      .getByText(/Mã PIN không đúng/)
      .waitFor();
    await page.getByLabel('Mã PIN của USB Token').fill(officer!.pin);
    await page.keyboard.press('Enter');
    await page.getByText('Đã ký 1 hồ sơ.').waitFor();
    await page.getByRole('button', { name: 'Đóng' }).click();
    await page.getByRole('tab', { name: /Đã ký/ }).click();
    await page.getByText('Thành phố đã nhận').first().waitFor();
  });

  it('has the agency’s signature put on top, by the other token', async () => {
    await page.getByRole('row', { name: new RegExp(submitter().fullName) }).click();
    await page.getByRole('button', { name: 'Ký số cơ quan' }).click();
    await page.getByText('Ủy ban nhân dân phường Tân Hưng', { exact: true }).click();
    await page.getByLabel('Mã PIN của USB Token').fill(kiosk.demo.officer!.pin);
    await page.keyboard.press('Enter');
    await page.getByText('Đã ký 1 hồ sơ.').waitFor();
    await page.getByRole('button', { name: 'Đóng' }).click();
    await expect.poll(() => page.getByText('Thành phố đã nhận').count()).toBeGreaterThan(0);
  });

  it('sends the city three versions, each whole by itself, the last with both signatures by anybody’s judgement', async () => {
    const city = join(kiosk.folder, 'city', 'dossiers');
    const trusted = join(kiosk.folder, 'city', 'trust');
    const pems = (await readdir(trusted)).filter((name) => name.endsWith('.pem'));
    const trust = await Promise.all(pems.map((name) => readFile(join(trusted, name), 'utf8')));
    await expect.poll(async () => (await containers(city)).length).toBe(3);
    const versions = await Promise.all(
      (await containers(city)).map(async (file) => ({
        file,
        sha256: createHash('sha256')
          .update(await readFile(file))
          .digest('hex'),
        about: (await readDossierMetadata(file))!,
      })),
    );
    const first = versions.find(({ about }) => about.previousVersion === undefined)!;
    const signed = versions.find(({ about }) => about.decision?.outcome === 'signed')!;
    const certified = versions.find(({ about }) => about.decision?.outcome === 'certified')!;
    expect(signed.about.previousVersion).toEqual({ dossierId: first.about.dossierId, sha256: first.sha256 });
    expect(certified.about.previousVersion).toEqual({
      dossierId: signed.about.dossierId,
      sha256: signed.sha256,
    });
    const code = async (version: (typeof versions)[number]) =>
      (await fetch(`${kiosk.demo.gatewayUrl}/dossiers/${version.about.dossierId}`)).json();
    const { dossierCode } = (await code(first)) as { dossierCode: string };
    expect(dossierCode).toMatch(/-0001$/);
    for (const version of [signed, certified]) expect(await code(version)).toMatchObject({ dossierCode });
    for (const { file } of versions)
      expect((await verifyAny(file, { trust, receiptTrust: [], at: new Date() })).verdict).toBe('valid');
    const out = join(kiosk.folder, 'out');
    await mkdir(out);
    const [pdf] = await extractDossier(certified.file, out, (name) => name.endsWith('.pdf'));
    const seen = unwrap(await exec('pdfsig', ['-nocert', pdf!], { timeoutMs: 20_000 })).stdout.toString();
    // The kiosk's seal, the officer's, the agency's; time-stamps of documents it cannot judge.
    expect(seen.match(/Signature is Valid/g)).toHaveLength(3);
    expect(seen).toContain('Signer Certificate Common Name: Nguyễn Thị Thanh Hường');
    expect(seen).toContain('Signer Certificate Common Name: Ủy ban nhân dân phường Tân Hưng');
    expect(unwrap(await exec('qpdf', ['--check', pdf!], { timeoutMs: 20_000 })).stdout.toString()).toContain(
      'No syntax',
    );
    expect(
      (await readFile(join(kiosk.folder, 'logs', 'service.log'), 'utf8')).includes(kiosk.demo.officer!.pin),
    ).toBe(false);
  });

  it('has an account that a technician makes, closes and opens again', async () => {
    const officer = async (args: readonly string[], password = '') => {
      const ran = await exec(
        process.execPath,
        [MOTCUA, 'officer', ...args, '--config', kiosk.demo.configFile],
        {
          timeoutMs: 30_000,
          input: `${password}\n`,
        },
      );
      return ran.ok
        ? ran.value.stdout.toString()
        : ran.error.code === 'exec-failed'
          ? ran.error.stderr
          : ran.error.code;
    };
    const hai = ['hai', '--full-name', 'Trần Văn Hai'];
    expect(await officer(['add', ...hai], 'ngắn')).toContain('The password is too easy to guess.');
    expect(await officer(['add', ...hai], 'một câu dài để nhớ')).toBe('hai: added\n');
    expect(await officer(['add', ...hai], 'một câu dài để nhớ')).toContain('That log-in name is taken.');
    expect(await officer(['disable', 'hai'])).toBe('hai: closed\n');
    expect(JSON.parse(await officer(['list', '--json']))).toMatchObject({
      officers: [
        { login: 'canbo', disabled: false },
        { login: 'hai', disabled: true },
      ],
    });
    expect(await officer(['password', 'hai'], 'một câu khác để nhớ')).toBe('hai: new password set\n');
  });
});

async function containers(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => /^[0-9A-Z]{26}$/.test(name)).map((name) => join(folder, name));
}
