import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { problem } from '@motcua/contract';
import type { SiteFile } from '@motcua/firmware-config';
import { composeScene, spoilPage } from '@motcua/ocr-pipeline/specimens';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kiosk, openKiosk, specimen, walkToPapers } from './kiosk.ts';

describe('the quality of a page, as the person sees it', () => {
  let kiosk: Kiosk;
  beforeAll(async () => {
    kiosk = await openKiosk({ adjust: onFlatbed });
    await walkToPapers(kiosk);
  });
  afterAll(async () => {
    await kiosk[Symbol.asyncDispose]();
  });
  const sentence = (code: string) => kiosk.browser.page.getByText(problem(code).what.vi).first();
  const pages = async () => (await kiosk.driver.visit()).papers[0]!.pages;

  it('says at once that a page is blurred, lets her go on, and is silent when it was scanned again', async () => {
    const { driver, demo, browser } = kiosk;
    const { file, degradation } = specimen('birth-registration-form');
    const blurred = join(kiosk.folder, 'blurred.jpg');
    const fault = { kind: 'defocus', millimetres: 0.35 } as const;
    await writeFile(blurred, await spoilPage(await readFile(file), degradation.dpi, fault, 1));
    await driver.scan([blurred]);
    expect((await pages())[0]?.quality).toMatchObject([{ severity: 'bad' }]);
    await sentence('quality-blur').waitFor();
    expect(await browser.page.getByRole('button', { name: /^Tiếp: / }).isEnabled()).toBe(true);

    const blurredId = (await pages())[0]?.id;
    await demo.scanner.lay([file]);
    await driver.press('Quét lại');
    await driver.until(
      (visit) => visit.scan.state === 'idle' && visit.papers[0]?.pages[0]?.id !== blurredId,
      'the page to be scanned again',
    );
    await sentence('quality-blur').waitFor({ state: 'detached' });
    expect((await pages()).map(({ quality }) => quality)).toEqual([[]]);
  });

  it('makes two pages of two cards on one glass', async () => {
    const { driver } = kiosk;
    await driver.nextPaper();
    const glass = join(kiosk.folder, 'glass.jpg');
    await writeFile(glass, await twoCards());
    await driver.scan([glass]);
    const cards = await driver.until((visit) => visit.papers[1]?.pages.length === 2, 'two pages');
    expect(new Set(cards.papers[1]!.pages.map(({ thumbnailUrl }) => thumbnailUrl)).size).toBe(2);
    await kiosk.browser.page.getByRole('button', { name: /, trang 2: / }).waitFor();
    const read = await driver.until(
      (visit) => visit.papers[1]!.pages.every(({ state }) => state === 'ready'),
      'both to be read',
      90_000,
    );
    expect(read.papers[1]!.pages[0]!.kindCode).toBe('citizen-card');
  });
});

/** The demo's folder is a feeder, whose pictures are one sheet each; on a glass several papers may lie. */
function onFlatbed(site: SiteFile): SiteFile {
  const devices = site.devices.map((device) =>
    device.role === 'document-scanner' ? { ...device, profile: 'folder' } : device,
  );
  return { ...site, devices };
}

/** Front and back of a citizen card, cut from the specimen's sheet, side by side askew on a scanner's glass. */
async function twoCards(): Promise<Buffer> {
  const { file } = specimen('citizen-card');
  const card = async (top: number, x: number, angle: number) => {
    const { data, info } = await sharp(file)
      .extract({ left: 775, top, width: 980, height: 618 })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const picture = { width: info.width, height: info.height, data };
    return { picture, width: 85.6, height: 54, x, y: 80, angle, corner: 3.18 };
  };
  const { picture } = await composeScene({
    seed: 5,
    dpi: 240,
    width: 216,
    height: 297,
    ground: { kind: 'plain', colour: [74, 76, 80] },
    papers: [await card(455, 56, 2), await card(1265, 158, -3)],
    tilt: [0, 0],
    edgeShadow: { depth: 0.3, width: 1, direction: null },
    light: 0.05,
    castShadow: null,
    noise: 2,
    jpegQuality: 85,
  });
  return picture;
}
