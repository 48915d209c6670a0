import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startDemo } from '@motcua/cli/demo';
import { openBrowser } from '@motcua/cli/demo/browser';
import { createVisitDriver } from '@motcua/cli/demo/visit-driver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kiosk, scanBirthPapers, submitter, walkToPapers } from './kiosk.ts';

const run = promisify(execFile);

/** The kiosk's disk as a thief has it: every byte of it, whether a file still names it or not. */
describe.skipIf(process.getuid?.() !== 0)('the raw disk of a kiosk', () => {
  let folder: string;
  let image: string;
  let data: string;
  let mounted = false;
  let kiosk: Omit<Kiosk, typeof Symbol.asyncDispose>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'motcua-raw-'));
    image = join(folder, 'disk.img');
    data = join(folder, 'data');
    await mkdir(data);
    await run('truncate', ['-s', '1G', image]);
    await run('mkfs.ext4', ['-q', image]);
    mounted = await run('mount', ['-o', 'loop', image, data]).then(
      () => true,
      () => false,
    );
  });
  afterAll(async () => {
    await kiosk?.browser.close();
    await kiosk?.demo.close();
    if (mounted) await run('umount', ['-l', data]).catch(() => undefined);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Which of these the image holds, in pieces that overlap. */
  async function foundIn(words: readonly Buffer[]): Promise<string[]> {
    await run('sync', ['-f', data]);
    const file = await open(image, 'r');
    const piece = Buffer.alloc(16 * 1_048_576);
    const found = new Set<string>();
    try {
      for (let at = 0; ; at += piece.length - 4_096) {
        const { bytesRead } = await file.read(piece, 0, piece.length, at);
        for (const word of words) if (piece.subarray(0, bytesRead).includes(word)) found.add(word.toString());
        if (bytesRead < piece.length) return [...found];
      }
    } finally {
      await file.close();
    }
  }

  /** Which of these lie in the files of the folders. */
  async function foundInFiles(words: readonly Buffer[], folders: readonly string[]): Promise<string[]> {
    const found = new Set<string>();
    for (const place of folders) {
      const entries = await readdir(place, { recursive: true, withFileTypes: true }).catch(() => []);
      for (const entry of entries.filter((one) => one.isFile())) {
        const path = join(entry.parentPath, entry.name);
        const bytes = await readFile(path).catch(() => Buffer.alloc(0));
        for (const word of words) if (bytes.includes(word)) found.add(`${word} in ${path}`);
      }
    }
    return [...found];
  }

  async function crash({ demo }: Pick<Kiosk, 'demo'>): Promise<void> {
    await demo.service.kill();
    await demo.ready();
  }

  it('names nobody: neither while the visit lasts, nor after kills in its middle, nor after its end', async ({
    skip,
  }) => {
    if (!mounted) return skip('this machine cannot mount a disk of its own');
    const demo = await startDemo({ folder });
    const browser = await openBrowser();
    kiosk = { demo, browser, folder, driver: createVisitDriver(demo, browser.page) };
    const { driver } = kiosk;
    const person = submitter();
    const spellings = [
      person.fullName,
      person.fullName.normalize('NFD'),
      person.fullName.normalize('NFD').replace(/\p{M}/gu, ''),
      person.personNumber,
    ];
    const words = [
      ...spellings.flatMap((text) => [
        Buffer.from(text),
        Buffer.from(text, 'utf16le'),
        Buffer.from(text.toUpperCase()),
        Buffer.from(text.toUpperCase(), 'utf16le'),
        Buffer.from(text.toLowerCase()),
      ]),
      ...['%PDF-', 'JFIF', 'Exif'].map((mark) => Buffer.from(mark)),
    ];
    // What the search finds is shown on something that is there.
    await run('sh', ['-c', `printf '%s' "$1" > "$2"`, 'sh', person.fullName, join(data, 'control')]);
    expect(await foundIn(words)).toEqual([person.fullName]);
    await run('shred', ['-u', join(data, 'control')]);

    await driver.open();
    await walkToPapers(kiosk as Kiosk);
    await scanBirthPapers(kiosk as Kiosk);
    // While pages are read, and while the dossier is made: what such a kill leaves half done is on the disk, too.
    await crash(kiosk);
    await driver.until(
      (visit) => visit.papers.flatMap((paper) => paper.pages).every((page) => page.state === 'ready'),
      'the pages to be read',
      90_000,
    );
    expect(await foundIn(words)).toEqual([]);
    await driver.review();
    await driver.submit();
    await crash(kiosk);
    expect((await driver.receipt()).state).toBe('accepted');
    expect(await foundIn(words)).toEqual([]);
    await driver.finish();
    expect(await foundIn(words)).toEqual([]);
    // Memory and the screen have forgotten her, too; a PNG or PDF of the program's own is nobody's.
    const names = words.slice(0, -3);
    const places = [demo.workingFolder, join(folder, 'run'), browser.profile];
    await expect.poll(() => foundInFiles(names, places)).toEqual([]);
  }, 240_000);
});
