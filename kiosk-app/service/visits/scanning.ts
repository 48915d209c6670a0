import { readdir, rm, statfs } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { type Ids, type Logger, ulidPattern } from '@motcua/core';
import type { Examiner } from '@motcua/ocr-pipeline';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Changes } from '../changes.ts';
import type { Devices } from '../devices/devices.ts';
import type { Db } from '../store/database.ts';
import { isDiskFull } from '../store/faults.ts';
import type { FileLayout } from '../store/file-layout.ts';
import { arrivedPages } from './arrived-pages.ts';
import type { Digitising } from './digitising.ts';
import type { PageStore } from './page-store.ts';
import type { VisitStore } from './visit-store.ts';

/** Room that a scan of some pages, their digitising and the dossier need; below it no scan is begun. */
export const MIN_FREE_BYTES = 150 * 1024 * 1024;
export const MAX_PAGES = 100;

/** Runs one scan at a time for the open visit. The wish to scan is in the visit's row before this starts. */
export interface Scanning {
  /** A code when no scan can be begun now. */
  refusal(): Promise<string | null>;
  run(visitId: string): void;
  /** Resolves when the scan, if there is one, is over; its failure is in the visit's row. */
  cancel(): Promise<void>;
  active(): boolean;
  /** After a restart: pages that were finished on disk but not yet in the database are taken in. */
  recover(visitId: string): Promise<void>;
  stop(): Promise<void>;
}

export function createScanning(deps: {
  readonly db: Db;
  readonly visits: VisitStore;
  readonly pages: PageStore;
  readonly devices: Devices;
  readonly examiner: Examiner;
  readonly digitising: Digitising;
  readonly files: FileLayout;
  readonly ids: Ids;
  readonly audit: AuditLog;
  readonly changes: Changes;
  readonly logger: Logger;
  readonly resolutionDpi: number;
  readonly source: 'flatbed' | 'feeder';
  readonly minFreeBytes: number;
  readonly onActivity: () => void;
}): Scanning {
  const { db, visits, pages, files } = deps;
  let current: { abort: AbortController; done: Promise<void> } | null = null;

  /**
   * Takes a finished picture into the visit, each paper in it as a page; false when the visit no longer wants it. What
   * was taken in before is left as it is.
   */
  async function takeIn(visitId: string, id: string, file: string): Promise<boolean> {
    if (pages.wasTakenIn(id)) return true;
    const folder = files.work(visitId);
    const examined = await deps.examiner.examine({
      file,
      workFolder: folder,
      name: `${id}-r0-arrived`,
      // What comes through a feeder is one sheet each: a copy of two cards is one page.
      separate: deps.source === 'flatbed',
    });
    const thumbnails = examined.ok ? examined.value.sheets.map((sheet) => sheet.thumbnailFile) : [];
    const arrived = arrivedPages(examined, id, () => deps.ids.next());
    const added = db
      .transaction(() => {
        const visit = visits.open();
        const paperCode = visit?.scan_paper;
        if (visit?.id !== visitId || !paperCode) return false;
        const replaces = visit.scan_replaces;
        const gone = pages.addPicture(
          id,
          arrived.map((page) => ({ ...page, visitId, paperCode, file })),
          replaces,
        );
        for (const page of gone) deps.digitising.cancel(page.id);
        if (replaces) visits.change(visitId, { scan_replaces: null });
        for (const page of arrived)
          deps.audit.record('page-scanned', visitId, {
            paper: paperCode,
            page: page.id,
            problem: page.problem,
          });
        return true;
      })
      .immediate();
    if (!added) {
      for (const thumbnail of thumbnails) await rm(thumbnail, { force: true });
      return false;
    }
    for (const { id: pageId } of arrived) {
      const page = pages.get(pageId);
      if (page && !page.problem) deps.digitising.enqueue(page);
    }
    deps.onActivity();
    deps.changes.bump();
    return true;
  }

  async function scan(visitId: string, signal: AbortSignal): Promise<void> {
    const visit = visits.get(visitId);
    const scanner = deps.devices.scanner;
    if (!visit?.scan_paper || !scanner) return;
    const folder = files.work(visitId);
    const result = await scanner.scan(
      {
        folder,
        nextName: () => deps.ids.next(),
        resolutionDpi: deps.resolutionDpi,
        colour: 'colour',
        source: visit.scan_replaces ? 'flatbed' : deps.source,
        signal,
      },
      async (page) => {
        if (!(await takeIn(visitId, parse(page.file).name, page.file))) await rm(page.file, { force: true });
        // A feeder that never says that it is empty must not fill the disk.
        if (pages.ofVisit(visitId).length >= MAX_PAGES) current?.abort.abort();
      },
    );
    const full = pages.ofVisit(visitId).length >= MAX_PAGES;
    const code = result.ok ? null : full ? 'pages-too-many' : result.error.code;
    endScan(visitId, code);
    if (code) deps.audit.record('scan-failed', visitId, { code });
    void deps.devices.checkScanner();
  }

  const endScan = (visitId: string, code: string | null) => {
    if (visits.open()?.id !== visitId) return;
    visits.change(visitId, { scan_paper: null, scan_replaces: null, scan_problem: code });
    deps.changes.bump();
  };

  const run = (visitId: string) => {
    if (current) {
      // The scan of the person before is being stopped.
      void current.done.then(() => run(visitId));
      return;
    }
    const abort = new AbortController();
    const done = scan(visitId, abort.signal)
      .catch((error: unknown) => {
        deps.logger.error({ err: error }, 'a scan failed');
        endScan(visitId, isDiskFull(error) ? 'scanner-disk-full' : 'scanner-io');
      })
      .catch((error: unknown) => deps.logger.error({ err: error }, 'the end of a scan could not be stored'))
      .finally(() => {
        current = null;
        deps.onActivity();
      });
    current = { abort, done };
  };

  return {
    refusal: async () => {
      if (!deps.devices.scanner) return 'scanner-absent';
      const space = await statfs(deps.files.dossiers);
      return space.bavail * space.bsize < deps.minFreeBytes ? 'disk-full' : null;
    },
    run,
    cancel: async () => {
      current?.abort.abort();
      await current?.done;
    },
    active: () => current !== null,
    recover: async (visitId) => {
      const visit = visits.get(visitId);
      if (!visit?.scan_paper) return;
      for (const name of (await readdir(files.work(visitId))).sort()) {
        const { name: id, ext } = parse(name);
        // Pages bear a bare ULID, whatever the scanner gave; what is made from them has more in its name.
        const whole = ulidPattern.test(id) && ext !== '.tmp';
        if (whole) await takeIn(visitId, id, join(files.work(visitId), name));
      }
      endScan(visitId, 'scanner-lost');
    },
    stop: async () => {
      current?.abort.abort();
      await current?.done;
    },
  };
}
