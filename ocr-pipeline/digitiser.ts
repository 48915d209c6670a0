import { availableParallelism } from 'node:os';
import { err, type Result, unreachable } from '@motcua/core';
import type { ImageProfile } from './imaging/page-files.ts';
import type { DigitisedPage, PageError } from './page.ts';
import { createWorkerPool, type WorkerPoolError } from './worker-pool.ts';

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
  /** How the picture is coded. Default `archive`. */
  readonly profile?: ImageProfile;
  readonly signal?: AbortSignal;
}

/**
 * A pool of digitising processes: `digitise` never blocks the caller's event loop, pages run side by side,
 * a crashed or hung worker costs one retry of one page.
 */
export interface Digitiser {
  digitise(job: PageJob): Promise<Result<DigitisedPage, PageError>>;
  close(): Promise<void>;
}

export interface DigitiserOptions {
  /** Default: number of cores, at most 4. */
  readonly workers?: number;
  /** Per page. Default 60 s. */
  readonly timeoutMs?: number;
  /** `found` (default): the distribution's fast model, else the npm one. `npm`: always the npm one. */
  readonly languageData?: 'found' | 'npm';
}

const RECYCLE_AFTER_PAGES = 100;

export function createDigitiser(options: DigitiserOptions = {}): Digitiser {
  const pool = createWorkerPool({
    script: new URL('./page-worker.ts', import.meta.url),
    workers: options.workers ?? Math.min(4, availableParallelism()),
    timeoutMs: options.timeoutMs ?? 60_000,
    recycleAfter: RECYCLE_AFTER_PAGES,
  });
  return {
    async digitise({ signal, ...page }) {
      const answer = await pool.run({ page, languageData: options.languageData ?? 'found' }, signal);
      // The worker is our own module: what it sends is what `digitisePage` returned.
      if (answer.ok) return answer.value as Result<DigitisedPage, PageError>;
      return err({ code: pageErrorCode(answer.error), file: page.file });
    },
    close: () => pool.close(),
  };
}

function pageErrorCode(error: WorkerPoolError): PageError['code'] {
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
