import { err, type Result } from '@motcua/core';
import { pageErrorCode } from './digitiser.ts';
import type { Examination, ExamineOrder } from './examine-page.ts';
import type { PageError } from './page.ts';
import { createWorkerPool, ONE_THREAD } from './worker-pool.ts';

/**
 * Looks at arriving pages in a process of its own, which waits for nothing else: what is wrong with a picture is known
 * while the person still holds the paper. A crash or a hang costs one repetition.
 */
export interface Examiner {
  examine(order: ExamineOrder): Promise<Result<Examination, PageError>>;
  close(): Promise<void>;
}

const RECYCLE_AFTER_PAGES = 500;

export function createExaminer(options: { readonly timeoutMs?: number } = {}): Examiner {
  const pool = createWorkerPool({
    script: new URL('./examine-worker.ts', import.meta.url),
    workers: 1,
    flags: ONE_THREAD,
    timeoutMs: options.timeoutMs ?? 10_000,
    recycleAfter: RECYCLE_AFTER_PAGES,
  });
  pool.warmUp();
  return {
    async examine(order) {
      const answer = await pool.run(order);
      // The worker is our own module: what it sends is what `examinePage` returned.
      if (answer.ok) return answer.value as Result<Examination, PageError>;
      return err({ code: pageErrorCode(answer.error), file: order.file });
    },
    close: () => pool.close(),
  };
}
