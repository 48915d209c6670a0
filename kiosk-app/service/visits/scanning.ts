import { readdir, rm } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { type Ids, type Logger, ulidPattern } from '@motcua/core';
import { fitScan, type ScanSource } from '@motcua/device-drivers';
import { type Catalogue, findProcedure, type ScanSettings } from '@motcua/firmware-config';
import type { ExamineOrder, Examiner } from '@motcua/ocr-pipeline';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Changes } from '../changes.ts';
import type { Devices } from '../devices/devices.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import type { Db } from '../store/database.ts';
import { isDiskFull } from '../store/faults.ts';
import type { FileLayout } from '../store/file-layout.ts';
import type { SpaceBudget } from '../store/space-budget.ts';
import { arrivedPages } from './arrived-pages.ts';
import type { Digitising } from './digitising.ts';
import type { LateWrites } from './late-writes.ts';
import type { PageStore } from './page-store.ts';
import type { VisitRow, VisitStore } from './visit-store.ts';

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
  readonly blobs: BlobStore;
  readonly late: LateWrites;
  readonly ids: Ids;
  readonly audit: AuditLog;
  readonly changes: Changes;
  readonly logger: Logger;
  readonly settingsFor: (kinds: readonly string[]) => ScanSettings;
  readonly catalogue: () => Catalogue;
  readonly space: SpaceBudget;
  readonly onActivity: () => void;
}): Scanning {
  const { db, visits, pages, files } = deps;
  let current: { abort: AbortController; done: Promise<void> } | null = null;

  /** What the scanner's button does for the paper that the visit now scans. */
  const settingsOf = (visit: Pick<VisitRow, 'procedure_code' | 'scan_paper'>): ScanSettings => {
    const papers = findProcedure(deps.catalogue(), visit.procedure_code ?? '')?.papers ?? [];
    return deps.settingsFor(papers.find((paper) => paper.code === visit.scan_paper)?.kinds ?? []);
  };

  /**
   * Takes a finished picture into the visit, each paper in it as a page; false when the visit does not want it, or no
   * longer. What was taken in before is left as it is.
   */
  async function takeIn(visitId: string, id: string, file: string, source: ScanSource): Promise<boolean> {
    if (pages.wasTakenIn(id)) return true;
    const folder = files.work(visitId);
    const [sealed, examined] = await sealAndExamine(visitId, file, {
      file,
      workFolder: folder,
      name: `${id}-r0-arrived`,
      // What comes through a feeder is one sheet each: a copy of two cards is one page.
      separate: source === 'flatbed',
    });
    const thumbnails = examined.ok ? examined.value.sheets.map((sheet) => sheet.thumbnailFile) : [];
    // Its encrypted file goes with the visit: another page may have the same content.
    const forgetThumbnails = async () => {
      for (const thumbnail of thumbnails) await rm(thumbnail, { force: true });
    };
    // Forms are scanned on both sides, and most have print on one.
    const isWhite = examined.ok && examined.value.sheets.every(({ quality }) => quality.side !== 'printed');
    if (source === 'feeder-duplex' && isWhite) {
      await forgetThumbnails();
      return false;
    }
    const arrived = arrivedPages(examined, id, () => deps.ids.next());
    const added = db
      .transaction(() => {
        const visit = visits.open();
        const paperCode = visit?.scan_paper;
        if (visit?.id !== visitId || !paperCode) return false;
        const replaces = visit.scan_replaces;
        const gone = pages.addPicture(
          id,
          arrived.map((page) => ({ ...page, visitId, paperCode, file, sealed })),
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
      await forgetThumbnails();
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

  /** The picture is safe on the disk, encrypted, before anybody is told of it; meanwhile it is looked at. */
  async function sealAndExamine(visitId: string, file: string, order: ExamineOrder) {
    const examination = deps.examiner.examine(order);
    try {
      return [await deps.blobs.put(visitId, file), await examination] as const;
    } catch (error) {
      await examination.catch(() => undefined);
      throw error;
    }
  }

  async function scan(visitId: string, signal: AbortSignal): Promise<void> {
    const visit = visits.get(visitId);
    const scanner = deps.devices.scanner;
    if (!visit?.scan_paper || !scanner) return;
    const settings = settingsOf(visit);
    const { resolutionDpi, colour, size } = settings;
    const request = {
      resolutionDpi,
      colour,
      // One page for one page.
      source: visit.scan_replaces ? ('flatbed' as const) : settings.feed,
      ...(size ? { size } : {}),
    };
    let taken = 0;
    const result = await scanner.scan(
      { ...request, folder: files.work(visitId), nextName: () => deps.ids.next(), signal },
      async (page) => {
        // Known by now, since the scan has asked for it.
        const offered = await scanner.capabilities();
        const fits = offered.ok && offered.value.length > 0;
        const source = fits ? fitScan(request, offered.value).source : settings.feed;
        if (await takeIn(visitId, parse(page.file).name, page.file, source)) taken += 1;
        else await rm(page.file, { force: true });
        // A feeder that never says that it is empty must not fill the disk.
        if (pages.ofVisit(visitId).length >= MAX_PAGES) current?.abort.abort();
      },
    );
    const full = pages.ofVisit(visitId).length >= MAX_PAGES;
    // Nothing but white sides is no paper.
    const end = taken === 0 ? 'scanner-empty' : null;
    const code = result.ok ? end : full ? 'pages-too-many' : result.error.code;
    endScan(visitId, code);
    if (code) deps.audit.record('scan-failed', visitId, { code });
    void deps.devices.checkScanner();
  }

  const endScan = (visitId: string, code: string | null) => {
    const ended = current;
    void deps.late.write(visitId, () => {
      // The person has left, or scans again.
      if (visits.open()?.id !== visitId || (current && current !== ended)) return;
      visits.change(visitId, { scan_paper: null, scan_replaces: null, scan_problem: code });
      deps.changes.bump();
    });
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
      .finally(() => {
        current = null;
        deps.onActivity();
      });
    current = { abort, done };
  };

  return {
    refusal: async () => {
      if (!deps.devices.scanner) return 'scanner-absent';
      return deps.space.level() === 'short' ? 'disk-full' : null;
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
      const { feed } = settingsOf(visit);
      for (const name of (await readdir(files.work(visitId))).sort()) {
        const { name: id, ext } = parse(name);
        // Pages bear a bare ULID, whatever the scanner gave; what is made from them has more in its name.
        const whole = ulidPattern.test(id) && ext !== '.tmp';
        if (whole) await takeIn(visitId, id, join(files.work(visitId), name), feed);
      }
      endScan(visitId, 'scanner-lost');
    },
    stop: async () => {
      current?.abort.abort();
      await current?.done;
    },
  };
}
