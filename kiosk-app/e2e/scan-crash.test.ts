import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { listSpecimens } from '@motcua/ocr-pipeline/specimens';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Kiosk, openKiosk, walkToPapers } from './kiosk.ts';

let kiosk: Kiosk;
beforeAll(async () => {
  kiosk = await openKiosk();
});
afterAll(async () => {
  await kiosk[Symbol.asyncDispose]();
});

it('a service that is killed in the middle of a pile loses no sheet: each is a page, or still on the glass', async () => {
  const { driver, demo } = kiosk;
  await walkToPapers(kiosk);
  // Without the sheets that show two cards: they become two pages each.
  const pile = listSpecimens()
    .filter(({ kind }) => kind !== 'citizen-card')
    .slice(0, 8)
    .map(({ file }) => file);
  const pages = (visit: Awaited<ReturnType<typeof driver.visit>>) => visit.papers[0]?.pages ?? [];
  await demo.scanner.lay(pile);
  await driver.press('Quét');
  const before = await driver.until((visit) => pages(visit).length >= 2, 'some pages to arrive');
  await demo.service.kill();
  await demo.ready();
  const after = await driver.until((visit) => visit.scan.state === 'idle', 'the scan to be given up');
  const kept = pages(after).map((page) => page.id);
  expect(kept).toEqual(expect.arrayContaining(pages(before).map((page) => page.id)));
  const onGlass = (await readdir(join(kiosk.folder, 'glass'))).filter((name) => !name.startsWith('.'));
  expect(kept.length + onGlass.length).toBe(pile.length);

  if (onGlass.length > 0) {
    await driver.onScreen('papers');
    await driver.press(/^Quét thêm trang$/);
  }
  await driver.until((visit) => pages(visit).length === pile.length, 'the rest of the pile', 120_000);
}, 240_000);
