import sharp from 'sharp';
import { type TargetName, targets } from './targets.ts';

/** The process behind a fuzz run: a crash of a decoder ends it, not the run. */
export interface FuzzOrder {
  readonly target: TargetName;
  readonly file: string;
  readonly certificates: readonly string[];
}

export type FuzzAnswer =
  | { readonly outcome: string; readonly memory: number }
  | { readonly thrown: string; readonly memory: number };

sharp.concurrency(1);
sharp.cache(false);

process.on('message', ({ target, file, certificates }: FuzzOrder) => {
  void targets[target](file, certificates)
    .then((outcome) => ({ outcome }))
    .catch((error: unknown) => ({
      thrown: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }))
    .then((result) => process.send?.({ ...result, memory: process.memoryUsage.rss() } satisfies FuzzAnswer));
});

process.on('disconnect', () => process.exit(0));
