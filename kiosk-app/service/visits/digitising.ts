import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Logger, writeFileDurable } from '@motcua/core';
import type { DigitisedPage, Digitiser, Quad } from '@motcua/ocr-pipeline';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Changes } from '../changes.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { SealedFileError } from '../store/blobs/sealed-file.ts';
import { isDiskFull } from '../store/faults.ts';
import type { FileLayout } from '../store/file-layout.ts';
import type { LateWrites } from './late-writes.ts';
import type { PageRow, PageStore } from './page-store.ts';
import { restorePage } from './restore-page.ts';

/** Reads pages in the background. What is asked for is on disk as the page's state, so a restart asks again. */
export interface Digitising {
  enqueue(page: PageRow): void;
  cancel(pageId: string): void;
  /** Waits until no page of the visit is being read. */
  settled(visitId: string): Promise<void>;
  /** Waits until nothing writes into the visit's folder any more, the cancelled included: then it can be wiped. */
  quiet(visitId: string): Promise<void>;
  stop(): Promise<void>;
}

export function createDigitising(deps: {
  readonly pages: PageStore;
  readonly digitiser: Digitiser;
  readonly files: FileLayout;
  readonly blobs: BlobStore;
  readonly late: LateWrites;
  readonly audit: AuditLog;
  readonly changes: Changes;
  readonly logger: Logger;
}): Digitising {
  const { pages } = deps;
  interface Job {
    readonly visitId: string;
    readonly abort: AbortController;
    readonly done: Promise<void>;
  }
  /** The current job of each page. */
  const running = new Map<string, Job>();
  /** Every job that has not ended, those too that were cancelled a moment ago. */
  const unfinished = new Set<Job>();

  /** Only while the page is still there in the same turn: else the outcome is of a page that nobody sees any more. */
  const finish = (page: PageRow, signal: AbortSignal, change: () => void) =>
    deps.late.write(page.visit_id, () => {
      if (signal.aborted || pages.get(page.id)?.revision !== page.revision) return;
      change();
      deps.changes.bump();
    });

  async function read(page: PageRow, signal: AbortSignal): Promise<void> {
    await deps.late.write(page.visit_id, () => {
      if (!signal.aborted) pages.change(page.id, { state: 'reading' });
    });
    if (signal.aborted) return;
    await restorePage(deps.blobs, deps.files, page);
    const folder = deps.files.work(page.visit_id);
    const name = `${page.id}-r${page.revision}`;
    const job = {
      file: page.file,
      workFolder: folder,
      name,
      signal,
      ...(page.sheet && { sheet: JSON.parse(page.sheet) as Quad }),
    };
    // Before the person turns a page, the pipeline finds by itself which way is up.
    const result = await deps.digitiser.digitise(
      page.revision > 0 ? { ...job, rotation: page.rotation } : job,
    );
    if (signal.aborted) return;
    if (!result.ok) {
      const code = result.error.code;
      await finish(page, signal, () => {
        pages.change(page.id, { state: 'failed', problem: code });
        deps.audit.record('page-failed', page.visit_id, { page: page.id, code });
      });
      return;
    }
    const file = join(folder, `${name}.json`);
    await writeFileDurable(file, JSON.stringify(result.value));
    await finish(page, signal, () => {
      pages.change(page.id, {
        state: 'ready',
        result: file,
        thumbnail: result.value.thumbnailFile,
        problem: null,
      });
      deps.audit.record('page-digitised', page.visit_id, {
        page: page.id,
        kind: result.value.kind.code,
        milliseconds: Math.round(result.value.milliseconds),
      });
    });
  }

  const cancel = (pageId: string) => {
    running.get(pageId)?.abort.abort();
    running.delete(pageId);
  };

  return {
    enqueue: (page) => {
      cancel(page.id);
      const abort = new AbortController();
      const done = read(page, abort.signal)
        .catch(async (error: unknown) => {
          if (abort.signal.aborted) return;
          deps.logger.error({ err: error, page: page.id }, 'reading a page failed');
          const problem = problemOf(error);
          await finish(page, abort.signal, () => pages.change(page.id, { state: 'failed', problem }));
        })
        .finally(() => {
          if (running.get(page.id) === job) running.delete(page.id);
          unfinished.delete(job);
        });
      const job: Job = { visitId: page.visit_id, abort, done };
      running.set(page.id, job);
      unfinished.add(job);
    },
    cancel,
    settled: async (visitId) => {
      for (;;) {
        const open = [...running.values()].filter((entry) => entry.visitId === visitId);
        if (open.length === 0) return;
        await Promise.all(open.map((entry) => entry.done));
      }
    },
    quiet: async (visitId) => {
      await Promise.all([...unfinished].filter((job) => job.visitId === visitId).map((job) => job.done));
    },
    stop: async () => {
      const all = [...unfinished];
      for (const entry of all) entry.abort.abort();
      await Promise.allSettled(all.map((entry) => entry.done));
    },
  };
}

function problemOf(error: unknown): string {
  if (error instanceof SealedFileError) return 'page-not-readable';
  return isDiskFull(error) ? 'page-disk-full' : 'page-worker-died';
}

export async function loadDigitisedPage(file: string): Promise<DigitisedPage> {
  return JSON.parse(await readFile(file, 'utf8')) as DigitisedPage;
}
