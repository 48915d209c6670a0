import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build, preview } from 'vite';
import type { GalleryScreen } from '../fixtures/screens.ts';

export const SIZES = [
  { name: 'portrait', width: 1080, height: 1920 },
  { name: 'landscape', width: 1920, height: 1080 },
] as const;

export interface Gallery {
  readonly browser: Browser;
  show(page: Page, screen: GalleryScreen): Promise<void>;
  close(): Promise<void>;
}

const configFile = `${import.meta.dirname}/../vite.config.ts`;

/** Builds the gallery page into a temporary folder, serves it on a free port and opens the system's Chromium. */
export async function openGallery(): Promise<Gallery> {
  const folder = await mkdtemp(join(tmpdir(), 'gallery-'));
  const outDir = join(folder, 'dist');
  await build({
    configFile,
    logLevel: 'error',
    build: { outDir, minify: false, rolldownOptions: { input: `${import.meta.dirname}/../gallery.html` } },
  });
  const server = await preview({
    configFile,
    logLevel: 'error',
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0 },
  });
  const address = server.httpServer.address();
  if (!address || typeof address === 'string') throw new Error('the gallery has no port');
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  return {
    browser,
    show: async (page, screen) => {
      await page.goto(`http://127.0.0.1:${address.port}/gallery.html?screen=${screen.name}`);
      await page.locator('[data-testid^="screen-"]').first().waitFor();
      for (const button of screen.press ?? []) {
        await page.getByRole('button', { name: button, exact: true }).click();
      }
      await page.evaluate(async () => {
        await document.fonts.ready;
        await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
      });
    },
    close: async () => {
      await browser.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
