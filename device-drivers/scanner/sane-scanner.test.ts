import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configureSaneTestBackend } from '../simulators/scanner/sane-test-backend.ts';
import { manualTimers, type Timers } from '../timers.ts';
import { describeDocumentScanner } from './conformance.ts';
import { openDocumentScanner } from './open-document-scanner.ts';
import { mountTinyDisk, scanWorkplace } from './test-support.ts';

const SMALL = ['-x', '40', '-y', '40'];

async function configure(folder: string) {
  const configuration = join(folder, 'sane.d');
  mkdirSync(configuration);
  return configureSaneTestBackend(configuration);
}

describeDocumentScanner('SANE', async (folder) => {
  const environment = await configure(folder);
  const profile = { pageTimeoutMs: 30_000, scanimageArguments: SMALL };
  return {
    scanner: openDocumentScanner('sane:test:0', { environment, profile }),
    // The test backend's feeder holds ten sheets.
    papers: 10,
    absent: openDocumentScanner('sane:test:7', { environment, profile }),
    close: async () => undefined,
  };
});

describe('a SANE scanner', () => {
  let place: ReturnType<typeof scanWorkplace>;
  let environment: Record<string, string>;
  beforeEach(async () => {
    place = scanWorkplace();
    environment = await configure(place.folder);
  });
  afterEach(() => place.remove());

  const scanner = (scanimageArguments: readonly string[], timers?: Timers) =>
    openDocumentScanner('sane:test:0', {
      environment,
      profile: { pageTimeoutMs: 30_000, scanimageArguments: [...SMALL, ...scanimageArguments] },
      ...(timers ? { timers } : {}),
    });

  test.each([
    ['JAMMED', 'scanner-jam'],
    ['COVER_OPEN', 'scanner-cover-open'],
    ['NO_DOCS', 'scanner-empty'],
    ['DEVICE_BUSY', 'scanner-busy'],
    ['IO_ERROR', 'scanner-io'],
    ['NO_MEM', 'scanner-io'],
    ['ACCESS_DENIED', 'scanner-denied'],
  ])('says %s as %s, and leaves no half page', async (status, code) => {
    const faulty = scanner(['--read-return-value', `SANE_STATUS_${status}`]);
    expect(await faulty.scan(place.request(), place.onPage)).toEqual({
      ok: false,
      error: { code, pagesKept: 0 },
    });
    expect(readdirSync(place.out)).toEqual([]);
  });

  test('scans with the resolution and colour that were asked for', async () => {
    const result = await scanner([]).scan(
      place.request({ source: 'flatbed', resolutionDpi: 127, colour: 'colour' }),
      place.onPage,
    );
    expect(result.ok).toBe(true);
    const header = readFileSync(place.pages[0]?.file ?? '');
    // PNG: width at 16, height at 20, colour type (2 = RGB) at 25. 40 mm at 127 dpi = 200 pixels.
    expect([header.readUInt32BE(16), header.readUInt32BE(20), header[25]]).toEqual([200, 200, 2]);
  });

  test('a scanner that delivers nothing is stopped by the watchdog, and scans again later', async () => {
    const timers = manualTimers();
    // 0.2 s for each pixel: about an hour for a page, and no word of progress.
    const stalled = scanner(
      ['--read-limit=yes', '--read-limit-size', '1', '--read-delay=yes', '--read-delay-duration', '200000'],
      timers,
    );
    const result = stalled.scan(place.request(), place.onPage);
    await expect.poll(() => timers.pending()).toContain(30_000);
    while (timers.pending().includes(30_000)) timers.ringNext();
    expect(await result).toEqual({ ok: false, error: { code: 'scanner-timeout', pagesKept: 0 } });
    expect(readdirSync(place.out)).toEqual([]);
  });

  test('a page under way is thrown away when cancelled, without waiting for it', async () => {
    const cancel = new AbortController();
    const slow = scanner([
      '--read-limit=yes',
      '--read-limit-size',
      '1',
      '--read-delay=yes',
      '--read-delay-duration',
      '200000',
    ]);
    const result = slow.scan(place.request({ signal: cancel.signal }), place.onPage);
    await expect.poll(() => scanFiles(place.out)).toContain('p000001.png.part');
    cancel.abort();
    expect(await result).toEqual({ ok: false, error: { code: 'scanner-cancelled', pagesKept: 0 } });
    expect(readdirSync(place.out)).toEqual([]);
  });

  test('does not care for what a page does with its caller: a slow listener holds no page back', async () => {
    const kept: number[] = [];
    const result = await scanner([]).scan(place.request(), async () => {
      await new Promise(setImmediate);
      kept.push(readdirSync(place.out).filter((name) => name.startsWith('page-')).length);
    });
    expect(result).toEqual({ ok: true, value: { pages: 10 } });
    expect(kept).toHaveLength(10);
  });

  describe('with a program in place of scanimage', () => {
    /** Stands in for the faults that the test backend cannot make. Writes whole pages by copying a real one. */
    const replaceScanimage = async (script: string, gone = '/nowhere') => {
      await scanner([]).scan(
        place.request({ source: 'flatbed', nextName: () => 'model' }),
        async () => undefined,
      );
      const model = join(place.folder, 'model.png');
      writeFileSync(model, readFileSync(join(place.out, 'model.png')));
      execFileSync('rm', [join(place.out, 'model.png')]);
      const bin = join(place.folder, 'bin');
      mkdirSync(bin);
      writeFileSync(
        join(bin, 'scanimage'),
        `#!/bin/sh
if [ -e ${gone} ]; then echo "scanimage: open of device test:0 failed: Invalid argument" >&2; exit 1; fi
for last; do case "$last" in -A) exit 0;; --batch=*) dir=$(dirname "\${last#--batch=}");; esac; done
page() { cp ${model} "$dir/$1"; echo "$dir/$1"; }
${script}
`,
      );
      chmodSync(join(bin, 'scanimage'), 0o755);
      return openDocumentScanner('sane:test:0', {
        environment: { ...environment, PATH: `${bin}:${process.env['PATH']}` },
      });
    };

    test.each([
      [
        'a jam on the third page keeps the first two',
        'page p000001.png; page p000002.png; exit 6',
        'scanner-jam',
        2,
      ],
      ['a crash keeps the page before it', 'page p000001.png; kill -SEGV $$', 'scanner-lost', 1],
      ['a page whose name was never said is kept', `cp MODEL "$dir/p000001.png"; exit 9`, 'scanner-io', 1],
      [
        'half a page without an error is no page',
        'head -c 40 MODEL > "$dir/p000001.png"; echo "$dir/p000001.png"',
        'scanner-disk-full',
        0,
      ],
      ['words that are no status', 'echo "scanimage: ???" >&2; exit 77', 'scanner-io', 0],
      ['no status at all and no page', 'exit 0', 'scanner-empty', 0],
    ])('%s', async (_, script, code, pagesKept) => {
      const faulty = await replaceScanimage(script.replaceAll('MODEL', join(place.folder, 'model.png')));
      expect(await faulty.scan(place.request(), place.onPage)).toEqual({
        ok: false,
        error: { code, pagesKept },
      });
      expect(readdirSync(place.out)).toHaveLength(pagesKept);
      expect(place.pages).toHaveLength(pagesKept);
    });

    test('cancelling counts until the last page is taken, though the program is through', async () => {
      const done = join(place.folder, 'done');
      const quick = await replaceScanimage(`page p000001.png; page p000002.png; touch ${done}; exit 0`);
      const cancel = new AbortController();
      const result = await quick.scan(place.request({ signal: cancel.signal }), async (page) => {
        place.pages.push(page);
        if (place.pages.length < 2) return;
        await expect.poll(() => existsSync(done)).toBe(true);
        cancel.abort();
      });
      expect(result).toEqual({ ok: false, error: { code: 'scanner-cancelled', pagesKept: 2 } });
    });

    test('a scanner that cannot be found again after an I/O error was unplugged', async () => {
      const gone = join(place.folder, 'gone');
      const unplugged = await replaceScanimage(`page p000001.png; touch ${gone}; exit 9`, gone);
      expect(await unplugged.condition()).toBe('ready');
      expect(await unplugged.scan(place.request(), place.onPage)).toEqual({
        ok: false,
        error: { code: 'scanner-lost', pagesKept: 1 },
      });
      expect(await unplugged.condition()).toBe('absent');
    });

    test('a name outside of the scan’s folder is not followed', async () => {
      const faulty = await replaceScanimage('echo /etc/passwd; page p000001.png');
      const result = await faulty.scan(place.request(), place.onPage);
      expect(result).toEqual({ ok: true, value: { pages: 1 } });
      expect(place.pages.map((page) => page.mediaType)).toEqual(['image/png']);
    });
  });

  test('without scanimage there is no scanner', async () => {
    const bare = openDocumentScanner('sane:test:0', { environment: { PATH: place.folder } });
    expect(await bare.condition()).toBe('absent');
  });

  test('a full disk is named, and the pages before it stay', async ({ skip }) => {
    const disk = mountTinyDisk();
    if (!disk) return skip('needs to be root to mount a tiny disk');
    try {
      const result = await scanner(['--test-picture', 'Color pattern', '--mode', 'Color']).scan(
        place.request({ folder: disk.folder, resolutionDpi: 300 }),
        place.onPage,
      );
      expect(result).toMatchObject({ ok: false, error: { code: 'scanner-disk-full' } });
      const kept = result.ok ? -1 : result.error.pagesKept;
      expect(kept).toBeGreaterThan(0);
      expect(readdirSync(disk.folder)).toHaveLength(kept);
    } finally {
      disk.unmount();
    }
  });
});

function scanFiles(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => readdirSync(join(folder, name)));
}
