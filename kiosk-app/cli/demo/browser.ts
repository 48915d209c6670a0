import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

export interface DemoBrowser {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Its folder. */
  readonly profile: string;
  close(): Promise<void>;
}

export const portrait = { width: 1080, height: 1920 } as const;
export const landscape = { width: 1920, height: 1080 } as const;

/** Debian's Chromium without a window, with a profile of its own (in `folder`) that is deleted at the end. */
export async function openBrowser(
  viewport: { width: number; height: number } = portrait,
  folder?: string,
): Promise<DemoBrowser> {
  const executablePath = process.env['MOTCUA_CHROMIUM'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath))
    throw new Error(
      `the screen needs Chromium, and ${executablePath} is not there: apt-get install chromium`,
    );
  const profile = folder ?? (await mkdtemp(join(tmpdir(), 'motcua-browser-')));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport,
    // Playwright would end the whole process at Ctrl-C, before the kiosk is put in order.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    // Chromium's sandbox refuses to start as root; only our own pages on the loopback address are opened here.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
    ],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  return {
    page,
    context,
    profile,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
