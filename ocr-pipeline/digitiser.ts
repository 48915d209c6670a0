import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, ok, type Result, unreachable } from '@motcua/core';
import type { ImageProfile } from './imaging/page-files.ts';
import type { Quad } from './imaging/sheet.ts';
import type { FirstPaper } from './imaging/straighten.ts';
import type { DigitisedPage, PageError } from './page.ts';
import type { PageMessage, WorkerMessage, WorkerSetUp } from './page-worker.ts';
import { chooseEngine, type EngineChoice } from './recognition/choose-engine.ts';
import { findLanguageData, npmLanguageData } from './recognition/language-data.ts';
import { loadKinds } from './understanding/load-kinds.ts';
import { createWorkerPool, ONE_THREAD, type WorkerPoolError } from './worker-pool.ts';

export { inspectPage, type PageFacts } from './imaging/inspect-page.ts';
export { makeThumbnail } from './imaging/thumbnail.ts';

export interface PageJob {
  readonly file: string;
  /** Which page of a TIFF or PDF, as `planSources` gave it. */
  readonly index?: number;
  /** Intermediate and final files go here, named after `name`. */
  readonly workFolder: string;
  readonly name: string;
  /** The person turned the page by this much, clockwise; then no upside-down guess is made. */
  readonly rotation?: 0 | 90 | 180 | 270;
  /**
   * The paper in the picture. Default: its only paper, found; the whole picture when there are several or none.
   * `FirstPaper`: the first of several; the page then says where the others lie.
   */
  readonly sheet?: Quad | FirstPaper;
  /** Black scanner edges and punched holes are covered in the archived image too. Default false: it shows what was scanned. */
  readonly cleanArchive?: boolean;
  /** How the picture is coded. Default `archive`. */
  readonly profile?: ImageProfile;
  /**
   * `workFolder` serves this run only: nothing is synced, and if the caller's process dies, the folder goes with all
   * that is in it. Default false: each file is synced.
   */
  readonly scratch?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * A pool of digitising processes: `digitise` never blocks the caller's event loop, pages run side by side,
 * a crashed or hung worker costs one retry of one page.
 */
export interface Digitiser {
  digitise(job: PageJob): Promise<Result<DigitisedPage, PageError>>;
  /** Starts the processes and loads the engine before the first page comes. */
  warmUp(): Promise<void>;
  /** Ends at once; leaves no process and no file of its own. */
  close(): Promise<void>;
}

export interface DigitiserOptions {
  /** Default: number of cores, at most 4. */
  readonly workers?: number;
  /** Per page. Default 60 s. */
  readonly timeoutMs?: number;
  /** Default `auto`: the installed program `tesseract` where there is one, else tesseract.js. */
  readonly engine?: EngineChoice;
  /** `found` (default): the distribution's fast model, else the npm one. `npm`: always the npm one. */
  readonly languageData?: 'found' | 'npm';
  /** Kinds of paper of one's own, one JSON file each (see `understanding/README.md`), besides those that come along. */
  readonly kindsFolder?: string;
}

const RECYCLE_AFTER_PAGES = 100;

/**
 * For glibc: the pictures of a page come and go by the dozen megabytes on several threads. Few arenas and blocks that go
 * back to the system at once halve what a worker holds (measured: 390 → 220 MB). Huge pages make their coming cheaper.
 */
const LEAN_MEMORY = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '1000000',
  MALLOC_TRIM_THRESHOLD_: '8000000',
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
};

/** Throws when a data file of a kind of paper is broken; the message names the file and the place in it. */
export function createDigitiser(options: DigitiserOptions = {}): Digitiser {
  const { kindsFolder } = options;
  // Those that come along are tested; the workers load both.
  const kinds = kindsFolder === undefined ? undefined : loadKinds(kindsFolder);
  if (kinds?.ok === false) throw new Error(kinds.error.message);
  const timeoutMs = options.timeoutMs ?? 60_000;
  let opening: ReturnType<typeof open> | undefined;
  let scratch: string | undefined;
  let closed = false;

  const open = async () => {
    const plan = await chooseEngine(options.engine ?? 'auto', {
      data: options.languageData === 'npm' ? npmLanguageData() : findLanguageData(),
      // A hung program leaves time for the second try within the page's own.
      timeoutMs: timeoutMs / 2,
      scratch: async () => {
        scratch = await mkdtemp(join(tmpdir(), 'motcua-language-'));
        return scratch;
      },
    });
    if (!plan.ok) return plan;
    const message: WorkerSetUp = { plan: plan.value, kindsFolder };
    const pool = createWorkerPool({
      script: new URL('./page-worker.ts', import.meta.url),
      workers: options.workers ?? Math.min(4, availableParallelism()),
      timeoutMs,
      recycleAfter: RECYCLE_AFTER_PAGES,
      flags: ONE_THREAD,
      env: LEAN_MEMORY,
      greeting: message,
      repetition: (order): WorkerMessage => ({ ...(order as PageMessage), engine: 'second' }),
    });
    return ok({ pool, message });
  };
  const opened = () => {
    if (opening !== undefined) return opening;
    const attempt = open();
    opening = attempt;
    // A full disk, say: the next page tries again.
    attempt.catch(() => {
      if (opening === attempt) opening = undefined;
    });
    return attempt;
  };

  return {
    async digitise({ signal, ...page }) {
      if (closed) return err({ code: 'page-cancelled', file: page.file });
      const ready = await opened();
      if (!ready.ok) return err({ code: 'page-engine-missing', file: page.file });
      const order: PageMessage = { ...ready.value.message, page };
      const answer = await ready.value.pool.run(order, signal);
      // The worker is our own module: what it sends is what `digitisePage` returned.
      if (answer.ok) return answer.value as Result<DigitisedPage, PageError>;
      return err({ code: pageErrorCode(answer.error), file: page.file });
    },
    async warmUp() {
      const ready = closed ? undefined : await opened();
      if (ready?.ok) ready.value.pool.warmUp();
    },
    async close() {
      closed = true;
      const ready = await opening;
      if (ready?.ok) await ready.value.pool.close();
      if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
    },
  };
}

export function pageErrorCode(error: WorkerPoolError): PageError['code'] {
  switch (error.code) {
    case 'worker-timeout':
      return 'page-timeout';
    case 'worker-died':
      return 'page-worker-died';
    case 'worker-cancelled':
      return 'page-cancelled';
    default:
      return unreachable(error.code);
  }
}
