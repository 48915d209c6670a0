import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { galleryScreens } from '../fixtures/screens.ts';
import { openGallery, SIZES } from './open-gallery.ts';

// node gallery/take-pictures.ts FOLDER [--only NAME]: every screen in both sizes, to be looked at.
const { positionals, values } = parseArgs({ allowPositionals: true, options: { only: { type: 'string' } } });
const folder = positionals[0];
if (!folder) {
  console.error('usage: node gallery/take-pictures.ts FOLDER [--only NAME]');
  process.exit(2);
}
await mkdir(folder, { recursive: true });
const gallery = await openGallery();
for (const size of SIZES) {
  const page = await gallery.browser.newPage({ viewport: size });
  for (const screen of galleryScreens) {
    const name = screen.as ?? screen.name;
    if (values.only && !name.startsWith(values.only)) continue;
    try {
      await gallery.show(page, screen);
      // The covers that wait before they appear.
      await page.waitForTimeout(name === 'lost' || name === 'loading' ? 1200 : screen.press ? 400 : 100);
      await page.screenshot({ path: `${folder}/${name}-${size.name}.png` });
    } catch (error) {
      console.error(`${name}: ${(error as Error).message.split('\n')[0]}`);
      process.exitCode = 1;
    }
  }
  await page.close();
}
await gallery.close();
