import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configureSaneTestBackend } from '@motcua/device-drivers/simulators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kiosk, openKiosk } from '../kiosk.ts';
import { pagesOf, pagesSettled, walkToPaper } from './fault-kit.ts';

describe('a page that comes through scanimage and is no paper', () => {
  let kiosk: Kiosk;
  let folder: string;
  const before = process.env['SANE_CONFIG_DIR'];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'motcua-sane-'));
    // The service, and with it scanimage, inherits this process's environment.
    Object.assign(process.env, await configureSaneTestBackend(folder));
    kiosk = await openKiosk({ scanner: 'sane:test:0' });
  });
  afterAll(async () => {
    await kiosk[Symbol.asyncDispose]();
    if (before === undefined) delete process.env['SANE_CONFIG_DIR'];
    else process.env['SANE_CONFIG_DIR'] = before;
    await rm(folder, { recursive: true, force: true });
  });

  it('is read as of unknown kind, and the visit ends with the city’s receipt', async () => {
    const { driver } = kiosk;
    await walkToPaper(kiosk);
    await driver.press(/^Quét$/);
    await driver.until(
      (visit) => visit.scan.state === 'idle' && pagesOf(visit).length === 1,
      'the page from scanimage',
      60_000,
    );
    const [page] = pagesOf(await pagesSettled(kiosk));
    expect(page?.problem).toBeNull();
    expect(page?.state).toBe('ready');
    expect(page?.kindCode).toBe('unknown');
    await driver.review();
    await driver.submit();
    const submission = await driver.receipt();
    expect(submission.state).toBe('accepted');
    expect(submission.receipt).toBe('official');
  }, 150_000);
});
