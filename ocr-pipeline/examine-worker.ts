import sharp from 'sharp';
import { type ExamineOrder, examinePage } from './examine-page.ts';

/** The process that looks at pages as they arrive, one a message. Started by `createExaminer` only. */
sharp.cache(false);

process.on('message', (order: ExamineOrder) => {
  // A bug rejects, which ends the process: the pool repeats the page in a fresh one.
  void examinePage(order, () => performance.now()).then((result) => process.send?.(result));
});

// The parent is gone, killed perhaps: nobody waits for an answer.
process.on('disconnect', () => process.exit(0));
