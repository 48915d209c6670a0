import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startDemo } from '@motcua/cli/demo';
import { openBrowser } from '@motcua/cli/demo/browser';
import { createVisitDriver } from '@motcua/cli/demo/visit-driver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kiosk, submitter } from '../kiosk.ts';
import {
  blankPage,
  expectSentence,
  finish,
  pagesOf,
  pagesSettled,
  serviceLog,
  walkToNumber,
} from './fault-kit.ts';

const run = promisify(execFile);

/** A small disk of its own needs the right to mount one. */
describe.skipIf(process.getuid?.() !== 0)('a full disk', () => {
  let kiosk: Omit<Kiosk, typeof Symbol.asyncDispose>;
  let folder: string;
  let data: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'motcua-disk-'));
    data = join(folder, 'data');
    await mkdir(data);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', data]);
    const demo = await startDemo({ folder });
    const browser = await openBrowser();
    kiosk = { demo, browser, folder, driver: createVisitDriver(demo, browser.page) };
    await kiosk.driver.open();
  });
  afterAll(async () => {
    try {
      await kiosk?.browser.close();
      await kiosk?.demo.close();
    } finally {
      await run('umount', ['-l', data]).catch(() => undefined);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });

  const resize = (megabytes: number) => run('mount', ['-o', `remount,size=${megabytes}m`, data]);
  const fill = async () => {
    await resize(40);
    const full = (error: NodeJS.ErrnoException) => error.code === 'ENOSPC';
    for (const bytes of [1_048_576, 4_096, 1])
      for (let room = true; room; )
        room = await appendFile(join(data, 'fill'), Buffer.alloc(bytes)).then(
          () => true,
          (error: NodeJS.ErrnoException) => {
            if (full(error)) return false;
            throw error;
          },
        );
  };
  const free = async () => {
    await rm(join(data, 'fill'), { force: true });
    await resize(400);
  };

  it('before the number: none is issued; with room again it is the first one', async () => {
    const { driver, demo } = kiosk;
    await walkToNumber(kiosk);
    await fill();
    await driver.press(/^Lấy số$/);
    await expectSentence(kiosk, 'disk-full');
    expect((await driver.visit()).ticket).toBeNull();
    expect(demo.printer.papers()).toHaveLength(0);
    await free();
    expect(await driver.takeNumber()).toMatch(/001$/);
    await driver.goOn();
  });

  it('when the card is shown: nothing is stored, the service lives, and the card is taken afterwards', async () => {
    const { driver, demo } = kiosk;
    await fill();
    await demo.reader.send(submitter().cardText);
    await expectSentence(kiosk, 'disk-full');
    expect((await driver.visit()).identity.state).toBe('waiting');
    expect(await serviceLog(kiosk as Kiosk)).toMatch(/SQLITE_FULL.*a code could not be stored/);
    await free();
    // The reader keeps back a code that it has just read: another one in between.
    await demo.reader.send('https://example.vn/');
    await driver.until(({ identity }) => identity.problem?.code === 'code-web-address', 'the other code');
    await demo.reader.send(submitter().cardText);
    await driver.until(({ identity }) => identity.state === 'read', 'the card to be read');
    await driver.confirmCard();
  });

  it('too little room for a scan: none is begun, and the pages that are there stay', async () => {
    const { driver, demo } = kiosk;
    const page = await blankPage(folder);
    await driver.scan([page]);
    await pagesSettled(kiosk);
    await resize(100);
    await demo.scanner.lay([page]);
    await driver.press('Quét thêm trang');
    await expectSentence(kiosk, 'disk-full');
    expect(pagesOf(await driver.visit())).toHaveLength(1);
    expect(demo.scanner.lying()).toHaveLength(1);
    await free();
    await driver.scan([]);
    await driver.until((visit) => pagesOf(visit).length === 2, 'the page that was waiting');
    await pagesSettled(kiosk);
  });

  it('at the submission: given back to the review with every page; then it reaches the city', async () => {
    const { driver } = kiosk;
    await driver.review();
    await fill();
    await driver.press('Nộp hồ sơ');
    await expectSentence(kiosk, 'disk-full');
    expect(pagesOf(await driver.visit())).toHaveLength(2);
    await free();
    await driver.until(({ step }) => step === 'review', 'the review');
    await driver.submit();
    expect((await driver.receipt()).state).toBe('accepted');
  });

  it('never ended the service, and what was acknowledged outlives a power cut', async () => {
    const { driver, demo } = kiosk;
    expect((await serviceLog(kiosk as Kiosk)).match(/the kiosk is ready/g)).toHaveLength(1);
    const before = await driver.visit();
    await demo.service.kill();
    await demo.ready();
    const after = await driver.visit();
    expect(after.ticket?.number).toBe(before.ticket?.number);
    expect(after.submission.dossierCode).toBe(before.submission.dossierCode);
  });

  it('at the end of the visit: nothing of the person stays on the screen, and the next one is told', async () => {
    const { driver, demo } = kiosk;
    await driver.onScreen('receipt');
    const { id } = await driver.visit();
    await fill();
    await finish(kiosk);
    expect((await driver.view()).visit).toBeNull();
    await expect.poll(() => readdir(demo.workingFolder)).not.toContain(id);
    await driver.page.getByTestId('screen-attract').getByRole('button').first().click();
    await expectSentence(kiosk, 'disk-full');
    await free();
    // The end that could not be stored follows by itself.
    await expect.poll(async () => (await driver.view()).problem).toBeNull();
    await driver.start();
  });
});
