import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';

const TO = join(import.meta.dirname, 'screens');
/** Of the screen's own pixels: the smallest print can still be read, and a picture weighs some 50 kB. */
const SCALE = 0.75;

/** Takes a picture of the page into `screens/NAME.jpg`. The demo's side panel is no part of a kiosk and steps aside. */
export async function shoot(page: Page, name: string): Promise<void> {
  const show = (isShown: boolean) =>
    page.evaluate(`(() => {
      const panel = document.querySelector('.demo');
      if (panel) panel.style.display = ${isShown} ? '' : 'none';
    })()`);
  await show(false);
  // A lazy picture far down would never be decoded.
  await page.evaluate(
    `Promise.allSettled([...document.images].filter(({ loading }) => loading !== 'lazy').map((image) => image.decode()))`,
  );
  await page.evaluate('document.fonts.ready');
  // The observers of the layout then know the room that the panel has left.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  const picture = sharp(await page.screenshot());
  await show(true);
  const { width = 1 } = await picture.metadata();
  await mkdir(TO, { recursive: true });
  const file = join(TO, `${name}.jpg`);
  await picture
    .resize(Math.round(width * SCALE))
    .jpeg({ quality: 74, mozjpeg: true })
    .toFile(file);
  process.stdout.write(`${file}\n`);
}
