import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { statusXml } from '../../simulators/scanner/escl-documents.ts';
import { esclMisbehaviours as bad } from '../../simulators/scanner/escl-faults.ts';
import {
  type SimulatedEsclScanner,
  startSimulatedEsclScanner,
} from '../../simulators/scanner/simulated-escl-scanner.ts';
import { manualTimers, systemTimers, type Timers } from '../../timers.ts';
import { describeDocumentScanner } from '../conformance.ts';
import { openDocumentScanner } from '../open-document-scanner.ts';
import { mountTinyDisk, scanWorkplace } from '../test-support.ts';

/** Waits are a hundred times shorter; the watchdog's stays long. */
const quick: Timers = { after: (milliseconds, ring) => systemTimers.after(milliseconds / 100, ring) };
const profile = { pageTimeoutMs: 3_000_000, scanimageArguments: [] };

/** Pictures of sheets that can be told apart by their colour. */
async function drawSheets(folder: string, count: number): Promise<readonly string[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const file = join(folder, `sheet-${index + 1}.png`);
      const background = { r: 40 * (index + 1), g: 20, b: 60 };
      await sharp({ create: { width: 210, height: 297, channels: 3, background } }).toFile(file);
      return file;
    }),
  );
}

/** The red of a page's middle. */
async function shadeOf(file: string): Promise<number> {
  const { dominant } = await sharp(file).stats();
  return dominant.r;
}

describeDocumentScanner('eSCL', async (folder) => {
  const simulator = await startSimulatedEsclScanner();
  simulator.lay(await drawSheets(folder, 3));
  return {
    scanner: openDocumentScanner(simulator.uri, { profile, timers: quick }),
    papers: 3,
    // Port 1: nobody listens there.
    absent: openDocumentScanner('escl:http://127.0.0.1:1/eSCL', { profile, timers: quick }),
    close: simulator.close,
  };
});

describe('an eSCL scanner', () => {
  let place: ReturnType<typeof scanWorkplace>;
  let simulator: SimulatedEsclScanner;
  let sheets: readonly string[];
  beforeEach(async () => {
    place = scanWorkplace();
    simulator = await startSimulatedEsclScanner();
    sheets = await drawSheets(place.folder, 4);
  });
  afterEach(async () => {
    await simulator.close();
    place.remove();
  });

  const open = (timers: Timers = quick) => openDocumentScanner(simulator.uri, { profile, timers });
  const leftBehind = () => readdirSync(place.out).filter((name) => !/^page-\d+\.(png|jpg)$/.test(name));
  const deletions = () => simulator.requests().filter((line) => line.startsWith('DELETE')).length;

  test('says what it has in the terms of every scanner', async () => {
    const largest = { widthMm: expect.closeTo(215.9, 1), heightMm: expect.closeTo(297, 1) };
    const common = { colours: ['grey', 'colour'], resolutions: [75, 150, 200, 300, 600], largest };
    expect(await open().capabilities()).toEqual({
      ok: true,
      value: ['flatbed', 'feeder', 'feeder-duplex'].map((source) => ({ source, ...common })),
    });
  });

  test('scans in the size, resolution and colour that were asked for', async () => {
    simulator.lay(sheets);
    const request = place.request({ resolutionDpi: 100, colour: 'colour', size: 'a5' });
    expect(await open().scan(request, place.onPage)).toEqual({ ok: true, value: { pages: 4 } });
    // 100 dpi is not offered: the next finer is 150. A5 is 148 by 210 mm.
    const { width, height, channels } = await sharp(place.pages[0]?.file).metadata();
    expect([width, height, channels]).toEqual([874, 1_240, 3]);
  });

  test('fetches both sides of each sheet in turn, white backs too', async () => {
    simulator.lay([{ front: sheets[0]!, back: sheets[1]! }, { front: sheets[2]! }]);
    const request = place.request({ source: 'feeder-duplex', colour: 'colour' });
    expect(await open().scan(request, place.onPage)).toEqual({ ok: true, value: { pages: 4 } });
    const shades = await Promise.all(place.pages.map(({ file }) => shadeOf(file)));
    // `dominant` is rounded to steps of 16.
    expect(shades).toEqual([40, 72, 120, 248]);
  });

  test('takes JPEG where the scanner has nothing lossless', async () => {
    await simulator.close();
    simulator = await startSimulatedEsclScanner({ formats: ['image/jpeg', 'application/pdf'] });
    simulator.lay(sheets);
    await open().scan(place.request(), place.onPage);
    expect(place.pages.at(-1)).toEqual({ file: join(place.out, 'page-4.jpg'), mediaType: 'image/jpeg' });
  });

  test('takes one page from a feeder when the glass was asked for and there is none', async () => {
    await simulator.close();
    simulator = await startSimulatedEsclScanner({ sources: ['Feeder'] });
    simulator.lay(sheets);
    const result = await open().scan(place.request({ source: 'flatbed' }), place.onPage);
    expect(result).toEqual({ ok: true, value: { pages: 1 } });
    expect(simulator.sheetsLeft()).toBe(3);
    expect(simulator.openJobs()).toBe(0);
  });

  test.each([
    ['jam', 'scanner-jam'],
    ['cover-open', 'scanner-cover-open'],
    ['door-open', 'scanner-cover-open'],
    ['empty', 'scanner-empty'],
    ['busy', 'scanner-busy'],
    ['denied', 'scanner-denied'],
  ] as const)('says %s before the first page as %s', async (fault, code) => {
    simulator.lay(sheets);
    simulator.setFault(fault);
    expect(await open().scan(place.request(), place.onPage)).toEqual({
      ok: false,
      error: { code, pagesKept: 0 },
    });
  });

  test.each([
    ['jam', 'scanner-jam'],
    ['cover-open', 'scanner-cover-open'],
    ['unplugged', 'scanner-lost'],
  ] as const)('a %s after two pages keeps them', async (fault, code) => {
    simulator.lay(sheets);
    simulator.setFault(fault, 2);
    const scanner = open();
    expect(await scanner.scan(place.request(), place.onPage)).toEqual({
      ok: false,
      error: { code, pagesKept: 2 },
    });
    expect(place.pages).toHaveLength(2);
    expect(leftBehind()).toEqual([]);
    // Put right again, it scans the rest: its job was deleted as far as it could be reached.
    simulator.setFault(null);
    expect(deletions()).toBeGreaterThan(0);
    expect(await scanner.condition()).toBe(fault === 'unplugged' ? 'busy' : 'ready');
  });

  test.each([
    ['503 before every sheet', bad['503-between-sheets']()],
    ['404 when asked too soon', bad['early-404']()],
    ['409 at the end', bad['409-at-the-end']()],
    ['a relative address of its job', bad['relative-location']()],
    ['an address of its job on another host', bad['foreign-location']('scanner.invalid')],
  ])('works with %s', async (_, how) => {
    simulator.lay(sheets);
    simulator.misbehave(how);
    const result = await open().scan(place.request(), place.onPage);
    expect(result).toEqual({ ok: true, value: { pages: 4 } });
    expect(simulator.openJobs()).toBe(0);
  });

  test.each([
    ['garbage for XML', bad['garbage-xml']()],
    ['XML without end', bad['endless-xml']()],
    ['a packed answer that unfolds without end', bad['gzip-bomb']()],
    ['a job without an address', bad['no-location']()],
    ['words that are no HTTP', bad['not-http']()],
    ['a page that breaks off', bad['cut-body']()],
    ['a page with a wrong length', bad['wrong-length']()],
    ['words for a page', bad['words-for-a-page']()],
    ['a page without end', bad['endless-page']()],
  ])('%s is an error, not a page', async (_, how) => {
    simulator.lay(sheets);
    simulator.misbehave(how);
    expect(await open().scan(place.request(), place.onPage)).toEqual({
      ok: false,
      error: { code: 'scanner-io', pagesKept: 0 },
    });
    expect(readdirSync(place.out)).toEqual([]);
  });

  test('a connection that breaks because of a jam is a jam', async () => {
    simulator.lay(sheets);
    simulator.misbehave((path, _, response) => {
      if (!path.endsWith('/NextDocument') || place.pages.length === 0) return false;
      simulator.setFault('jam');
      response.destroy();
      return true;
    });
    expect(await open().scan(place.request(), place.onPage)).toEqual({
      ok: false,
      error: { code: 'scanner-jam', pagesKept: 1 },
    });
  });

  test('one that says after its last page that it still scans is not waited for without end', async () => {
    simulator.lay(sheets);
    simulator.misbehave((path, _, response) => {
      if (!path.endsWith('/ScannerStatus') || place.pages.length === 0) return false;
      const jobs = [{ path: '/eSCL/ScanJobs/1', state: 'Processing', pages: 4 }];
      response.end(statusXml({ state: 'Processing', adfState: 'ScannerAdfEmpty', jobs }));
      return true;
    });
    expect(await open().scan(place.request(), place.onPage)).toEqual({ ok: true, value: { pages: 4 } });
  });

  test('one on which somebody pressed the button has been cancelled', async () => {
    simulator.lay(sheets);
    simulator.misbehave((path, _, response) => {
      if (place.pages.length < 2) return false;
      const isStatus = path.endsWith('/ScannerStatus');
      const jobs = [{ path: 'http://elsewhere/eSCL/ScanJobs/1', state: 'Canceled', pages: 2 }];
      if (isStatus) response.end(statusXml({ state: 'Idle', adfState: 'ScannerAdfLoaded', jobs }));
      else response.writeHead(404).end();
      return true;
    });
    expect(await open().scan(place.request(), place.onPage)).toEqual({
      ok: false,
      error: { code: 'scanner-cancelled', pagesKept: 2 },
    });
  });

  test('is not led to another host, neither by a redirect nor by a job', async () => {
    const heard: string[] = [];
    const other = createServer((request, response) => {
      heard.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    simulator.lay(sheets);
    simulator.misbehave(bad['foreign-location'](host));
    expect(await open().scan(place.request(), place.onPage)).toMatchObject({ ok: true });
    simulator.misbehave(bad.redirect(`http://${host}/eSCL/ScannerCapabilities`));
    expect(await open().capabilities()).toEqual({ ok: false, error: 'scanner-io' });
    expect(heard).toEqual([]);
    other.close();
  });

  test.each([
    ['says nothing', bad.stall()],
    ['gives a byte now and then', bad['slow-loris']()],
    ['does not answer how it is', bad.stall((path) => path.endsWith('/ScannerStatus'))],
  ])('one that %s is stopped by the watchdog, and its job deleted', async (_, how) => {
    const timers = manualTimers();
    simulator.lay(sheets);
    simulator.misbehave(how);
    const result = open(timers).scan(place.request(), place.onPage);
    const hangs = () => simulator.requests().some((line) => /NextDocument|ScannerStatus/.test(line));
    await expect.poll(hangs).toBe(true);
    // Four times the limit, which no byte now and then puts off.
    await expect.poll(() => timers.ringNext(profile.pageTimeoutMs * 4)).toBe(true);
    expect(await result).toEqual({ ok: false, error: { code: 'scanner-timeout', pagesKept: 0 } });
    expect(simulator.openJobs()).toBe(0);
    expect(readdirSync(place.out)).toEqual([]);
  });

  test('a job that is being created when the scan is cancelled is deleted too', async () => {
    simulator.lay(sheets);
    const cancel = new AbortController();
    simulator.misbehave((path) => {
      if (path.endsWith('/ScanJobs')) cancel.abort();
      return false;
    });
    const result = await open().scan(place.request({ signal: cancel.signal }), place.onPage);
    expect(result).toEqual({ ok: false, error: { code: 'scanner-cancelled', pagesKept: 0 } });
    expect(simulator.openJobs()).toBe(0);
    expect(simulator.sheetsLeft()).toBe(4);
  });

  test('a full disk is named, and the pages before it stay', async ({ skip }) => {
    const disk = mountTinyDisk();
    if (!disk) return skip('needs to be root to mount a tiny disk');
    try {
      const noise = join(place.folder, 'noise.png');
      await sharp(randomBytes(300 * 400 * 3), { raw: { width: 300, height: 400, channels: 3 } }).toFile(
        noise,
      );
      simulator.lay([sheets[0]!, noise]);
      const request = place.request({ folder: disk.folder, colour: 'colour' });
      expect(await open().scan(request, place.onPage)).toEqual({
        ok: false,
        error: { code: 'scanner-disk-full', pagesKept: 1 },
      });
      expect(readdirSync(disk.folder)).toEqual(['page-1.png']);
      expect(simulator.openJobs()).toBe(0);
    } finally {
      disk.unmount();
    }
  });

  test('a page that cannot be fetched costs only itself', async () => {
    simulator.lay(sheets);
    let pages = 0;
    const cut = bad['cut-body']();
    simulator.misbehave((path, request, response) => {
      if (path.endsWith('/NextDocument')) pages += 1;
      return pages > 2 && cut(path, request, response);
    });
    const scanner = open();
    expect(await scanner.scan(place.request(), place.onPage)).toEqual({
      ok: false,
      error: { code: 'scanner-io', pagesKept: 2 },
    });
    expect(await scanner.scan(place.request(), place.onPage)).toEqual({ ok: true, value: { pages: 2 } });
    expect(readFileSync(place.pages[3]?.file ?? '').length).toBeGreaterThan(100);
  });
});
