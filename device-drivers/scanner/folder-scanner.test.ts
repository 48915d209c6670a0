import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { simulatedScannerFolder } from '../simulators/scanner/simulated-scanner-folder.ts';
import { manualTimers, systemTimers, type Timers } from '../timers.ts';
import { describeDocumentScanner } from './conformance.ts';
import { openDocumentScanner } from './open-document-scanner.ts';
import { scanWorkplace } from './test-support.ts';

const papers = await Promise.all(
  [10, 20, 30, 40].map((grey) =>
    sharp({ create: { width: 60, height: 80, channels: 3, background: { r: grey, g: grey, b: grey } } })
      .png()
      .toBuffer(),
  ),
);

/** Files of the papers, elsewhere, as a specimen folder has them. */
function writePapers(folder: string): readonly string[] {
  const elsewhere = join(folder, 'papers');
  mkdirSync(elsewhere);
  return papers.map((paper, index) => {
    const file = join(elsewhere, `paper${index}.png`);
    writeFileSync(file, paper);
    return file;
  });
}

for (const slow of [false, true])
  describeDocumentScanner(slow ? 'a folder that fills slowly' : 'a folder', async (folder) => {
    const simulator = simulatedScannerFolder(join(folder, 'glass'), { slow });
    await simulator.lay(writePapers(folder));
    return {
      scanner: openDocumentScanner(simulator.uri),
      papers: papers.length,
      absent: openDocumentScanner(`folder:${join(folder, 'nowhere')}`),
      close: simulator.close,
    };
  });

describe('a folder as a scanner', () => {
  let place: ReturnType<typeof scanWorkplace>;
  let glass: string;
  beforeEach(() => {
    place = scanWorkplace();
    glass = join(place.folder, 'glass');
    mkdirSync(glass);
  });
  afterEach(() => place.remove());

  const lay = (name: string, bytes: Uint8Array | string = papers[0] ?? '') =>
    writeFileSync(join(glass, name), bytes);
  const open = (timers: Timers = systemTimers) => openDocumentScanner(`folder:${glass}`, { timers });
  /** Which paper each taken page is. */
  const taken = () =>
    place.pages.map(({ file }) => papers.findIndex((paper) => paper.equals(readFileSync(file))));

  test('an empty folder is an empty feeder', async () => {
    expect(await open().scan(place.request(), place.onPage)).toEqual({
      ok: false,
      error: { code: 'scanner-empty', pagesKept: 0 },
    });
  });

  test('takes papers in the order of their names, 2 before 10, and takes them away', async () => {
    for (const [index, name] of ['scan10.png', 'scan2.png', 'scan1.PNG'].entries()) lay(name, papers[index]);
    expect(await open().scan(place.request(), place.onPage)).toMatchObject({ ok: true });
    expect(taken()).toEqual([2, 1, 0]);
    expect(readdirSync(glass)).toEqual([]);
  });

  test('the glass gives the first paper and leaves the others', async () => {
    lay('a.png', papers[0]);
    lay('b.png', papers[1]);
    await open().scan(place.request({ source: 'flatbed' }), place.onPage);
    expect(taken()).toEqual([0]);
    expect(readdirSync(glass)).toEqual(['b.png']);
  });

  test('passes on what is no image, with its own ending and as what it is', async () => {
    lay('1.pdf', '%PDF-1.7');
    lay('2.png', 'no png at all');
    lay('3', papers[0]);
    lay('4.jpg', papers[0]);
    await open().scan(place.request(), place.onPage);
    expect(place.pages.map(({ file, mediaType }) => [basename(file), mediaType])).toEqual([
      ['page-1.pdf', 'application/octet-stream'],
      ['page-2.png', 'application/octet-stream'],
      ['page-3.bin', 'image/png'],
      ['page-4.jpg', 'image/png'],
    ]);
  });

  test('hidden files, folders and links are no papers', async () => {
    lay('.hidden.png');
    mkdirSync(join(glass, 'sub.png'));
    symlinkSync('/etc/passwd', join(glass, 'link.png'));
    expect(await open().scan(place.request(), place.onPage)).toMatchObject({
      error: { code: 'scanner-empty' },
    });
    expect(existsSync('/etc/passwd')).toBe(true);
  });

  test('waits while a file grows, and takes it whole', async () => {
    const timers = manualTimers();
    const whole = papers[1] ?? Buffer.alloc(0);
    lay('a.png', whole.subarray(0, 20));
    const result = open(timers).scan(place.request({ source: 'flatbed' }), place.onPage);
    for (let at = 20; at < whole.length; at += 20) {
      await expect.poll(() => timers.pending()).toContain(120);
      expect(place.pages).toEqual([]);
      appendFileSync(join(glass, 'a.png'), whole.subarray(at, at + 20));
      timers.ringNext();
    }
    await expect.poll(() => timers.pending()).toContain(120);
    timers.ringNext();
    expect(await result).toMatchObject({ ok: true });
    expect(taken()).toEqual([1]);
  });

  test('waits for a file without its final name, and later papers wait behind it', async () => {
    const timers = manualTimers();
    lay('1.png.part', 'half');
    lay('2.png', papers[2]);
    const result = open(timers).scan(place.request({ source: 'flatbed' }), place.onPage);
    await expect.poll(() => timers.pending()).toContain(120);
    timers.ringNext();
    await expect.poll(() => timers.pending()).toContain(120);
    expect(place.pages).toEqual([]);
    writeFileSync(join(glass, '1.png.part'), papers[3] ?? '');
    renameSync(join(glass, '1.png.part'), join(glass, '1.png'));
    for (let look = 0; look < 2; look += 1) {
      timers.ringNext();
      await expect.poll(() => timers.pending().includes(120) || place.pages.length > 0).toBe(true);
    }
    expect(await result).toMatchObject({ ok: true });
    expect(taken()).toEqual([3]);
  });

  test('a feeder waits a moment for one more page, the glass does not', async () => {
    const timers = manualTimers();
    lay('1.png', papers[0]);
    const result = open(timers).scan(place.request(), place.onPage);
    await expect.poll(() => timers.pending()).toContain(120);
    timers.ringNext();
    await expect.poll(() => place.pages.length).toBe(1);
    await expect.poll(() => timers.pending()).toContain(120);
    lay('2.png', papers[1]);
    for (let look = 0; look < 2; look += 1) {
      timers.ringNext();
      await expect.poll(() => timers.pending()).toContain(120);
    }
    for (let look = 0; look < 3; look += 1) {
      await expect.poll(() => timers.pending()).toContain(120);
      timers.ringNext();
    }
    expect(await result).toEqual({ ok: true, value: { pages: 2 } });
    expect(taken()).toEqual([0, 1]);
  });

  test('a half file that nobody continues is left lying, a lasting empty one is passed on', async () => {
    lay('1.png.part', 'half');
    lay('2.png', '');
    expect(await open().scan(place.request(), place.onPage)).toEqual({ ok: true, value: { pages: 1 } });
    expect(readdirSync(glass)).toEqual(['1.png.part']);
  });

  test('a file that never stops growing ends in a time-out', async () => {
    const timers = manualTimers();
    lay('a.png');
    const result = open(timers).scan(place.request(), place.onPage);
    for (let look = 0; look < 3; look += 1) {
      await expect.poll(() => timers.pending()).toContain(120);
      appendFileSync(join(glass, 'a.png'), 'more');
      timers.ringNext();
    }
    await expect.poll(() => timers.pending()).toEqual([120, 60_000, 240_000]);
    timers.ringNext(60_000);
    expect(await result).toEqual({ ok: false, error: { code: 'scanner-timeout', pagesKept: 0 } });
  });

  test('a scanner that vanishes in the middle is lost, and what it gave stays', async () => {
    const simulator = simulatedScannerFolder(glass, { slow: true });
    await simulator.lay(writePapers(place.folder));
    const result = await open().scan(place.request(), async (page) => {
      place.pages.push(page);
      if (place.pages.length === 2) await simulator.vanish();
    });
    expect(result).toEqual({ ok: false, error: { code: 'scanner-lost', pagesKept: 2 } });
    expect(taken()).toEqual([0, 1]);
    expect(await open().condition()).toBe('absent');
    await simulator.appear();
    expect(await open().condition()).toBe('ready');
    await simulator.close();
  });

  test('a scanner that vanishes while a page is half there is lost', async () => {
    const timers = manualTimers();
    lay('a.png', 'half');
    const result = open(timers).scan(place.request(), place.onPage);
    await expect.poll(() => timers.pending()).toContain(120);
    rmSync(glass, { recursive: true });
    timers.ringNext();
    expect(await result).toEqual({ ok: false, error: { code: 'scanner-lost', pagesKept: 0 } });
  });

  test('papers taken away by hand are no fault', async () => {
    const simulator = simulatedScannerFolder(glass);
    const files = writePapers(place.folder);
    await simulator.lay(files);
    expect(simulator.lying()).toEqual(files);
    const result = await open().scan(place.request(), async (page) => {
      place.pages.push(page);
      await simulator.clear();
    });
    expect(result).toEqual({ ok: true, value: { pages: 1 } });
    expect(simulator.lying()).toEqual([]);
  });

  test('when the pages have nowhere to go, the paper stays in the scanner', async () => {
    lay('a.png');
    const result = await open().scan(place.request({ folder: join(place.folder, 'none') }), place.onPage);
    expect(result).toEqual({ ok: false, error: { code: 'scanner-io', pagesKept: 0 } });
    expect(readdirSync(glass)).toEqual(['a.png']);
  });

  test('a folder that is not ours to read is denied', async ({ skip }) => {
    if (process.getuid?.() === 0) skip('root may read everything');
    chmodSync(glass, 0);
    expect(await open().condition()).toBe('failed');
    expect(await open().scan(place.request(), place.onPage)).toMatchObject({
      error: { code: 'scanner-denied' },
    });
  });

  test('a full disk is named; the page before stays, the paper after stays in the scanner', async ({
    skip,
  }) => {
    const tiny = join(place.folder, 'tiny');
    mkdirSync(tiny);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', tiny]).status !== 0)
      skip('needs to be root to mount a tiny disk');
    try {
      lay('1.png', papers[0]);
      lay('2.png', Buffer.concat([papers[1] ?? Buffer.alloc(0), Buffer.alloc(100_000)]));
      const result = await open().scan(place.request({ folder: tiny }), place.onPage);
      expect(result).toEqual({ ok: false, error: { code: 'scanner-disk-full', pagesKept: 1 } });
      // Another file system: the page was copied over, and no half of the second is left.
      expect(readdirSync(tiny)).toEqual(['page-1.png']);
      expect(taken()).toEqual([0]);
      expect(readdirSync(glass)).toEqual(['2.png']);
    } finally {
      spawnSync('umount', [tiny]);
    }
  });
});
