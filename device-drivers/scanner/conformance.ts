import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DocumentScanner } from './scanner.ts';
import { scanWorkplace } from './test-support.ts';

/** A scanner with more than two papers in it. */
export interface ScannerBench {
  readonly scanner: DocumentScanner;
  /** Papers in the feeder. */
  readonly papers: number;
  /** A scanner of the same kind that is not there. */
  readonly absent: DocumentScanner;
  readonly close: () => Promise<void>;
}

/** What every document scanner must do. Run on each transport. */
export function describeDocumentScanner(
  transport: string,
  open: (folder: string) => Promise<ScannerBench>,
): void {
  describe(`a document scanner through ${transport}`, () => {
    let place: ReturnType<typeof scanWorkplace>;
    let bench: ScannerBench;
    beforeEach(async () => {
      place = scanWorkplace();
      bench = await open(place.folder);
    });
    afterEach(async () => {
      await bench.scanner.close();
      await bench.close();
      place.remove();
    });

    test('takes exactly one page from the glass', async () => {
      const result = await bench.scanner.scan(place.request({ source: 'flatbed' }), place.onPage);
      expect(result).toEqual({ ok: true, value: { pages: 1 } });
      expect(place.pages).toEqual([{ file: join(place.out, 'page-1.png'), mediaType: 'image/png' }]);
    });

    test('takes all pages of the feeder, in order, and leaves nothing else behind', async () => {
      const result = await bench.scanner.scan(place.request(), place.onPage);
      expect(result).toEqual({ ok: true, value: { pages: bench.papers } });
      const names = Array.from({ length: bench.papers }, (_, index) => `page-${index + 1}.png`);
      expect(place.pages.map((page) => page.file)).toEqual(names.map((name) => join(place.out, name)));
      expect(readdirSync(place.out).sort()).toEqual([...names].sort());
      for (const { file } of place.pages) expect(statSync(file).size).toBeGreaterThan(100);
    });

    test('each page is in its place before anyone hears of it', async () => {
      const present: boolean[] = [];
      await bench.scanner.scan(place.request(), async ({ file }) => void present.push(existsSync(file)));
      expect(present).toEqual(Array(bench.papers).fill(true));
    });

    test('does one scan at a time', async () => {
      const first = bench.scanner.scan(place.request(), place.onPage);
      const second = await bench.scanner.scan(place.request(), place.onPage);
      expect(second).toEqual({ ok: false, error: { code: 'scanner-busy', pagesKept: 0 } });
      expect(await bench.scanner.condition()).toBe('busy');
      expect(await first).toMatchObject({ ok: true });
      expect(await bench.scanner.condition()).toBe('ready');
    });

    test('stops when cancelled, keeps its pages, and can scan again', async () => {
      const cancel = new AbortController();
      const result = await bench.scanner.scan(place.request({ signal: cancel.signal }), async (page) => {
        place.pages.push(page);
        cancel.abort();
      });
      expect(result).toMatchObject({ ok: false, error: { code: 'scanner-cancelled' } });
      const kept = result.ok ? 0 : result.error.pagesKept;
      expect(kept).toBe(place.pages.length);
      expect(kept).toBeGreaterThan(0);
      expect(readdirSync(place.out)).toHaveLength(kept);
      const again = await bench.scanner.scan(place.request({ source: 'flatbed' }), place.onPage);
      expect(again.ok || again.error.code).toSatisfy((end) => end === true || end === 'scanner-empty');
    });

    test('does not begin what is cancelled already', async () => {
      const result = await bench.scanner.scan(place.request({ signal: AbortSignal.abort() }), place.onPage);
      expect(result).toEqual({ ok: false, error: { code: 'scanner-cancelled', pagesKept: 0 } });
    });

    test('closing ends a running scan', async () => {
      const result = bench.scanner.scan(place.request(), place.onPage);
      await bench.scanner.close();
      expect(await result).toMatchObject({ ok: false, error: { code: 'scanner-cancelled' } });
    });

    test('a missing scanner is absent, not a fault', async () => {
      expect(await bench.absent.condition()).toBe('absent');
      expect(await bench.absent.scan(place.request(), place.onPage)).toEqual({
        ok: false,
        error: { code: 'scanner-absent', pagesKept: 0 },
      });
    });
  });
}
