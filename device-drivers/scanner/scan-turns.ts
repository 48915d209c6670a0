import { err, ok } from '@motcua/core';
import { createPageStore, type PageStore, type ScannerErrorCode } from './page-store.ts';
import type { DocumentScanner, ScanRequest } from './scanner.ts';

/** One scan of a device: what ended it too early, or null when it went through. */
export type RunScan = (
  request: ScanRequest,
  store: PageStore,
  signal: AbortSignal,
) => Promise<ScannerErrorCode | null>;

export interface ScanTurns {
  readonly isBusy: () => boolean;
  readonly scan: DocumentScanner['scan'];
  readonly close: DocumentScanner['close'];
}

/** One scan at a time, cancelled by the caller or by closing; every end says how many pages were kept. */
export function createScanTurns(runScan: RunScan): ScanTurns {
  const closing = new AbortController();
  let running: Promise<unknown> | undefined;

  return {
    isBusy: () => running !== undefined,
    scan: async (request, onPage) => {
      if (running) return err({ code: 'scanner-busy', pagesKept: 0 });
      const signal = request.signal ? AbortSignal.any([request.signal, closing.signal]) : closing.signal;
      if (signal.aborted) return err({ code: 'scanner-cancelled', pagesKept: 0 });
      const store = createPageStore(request, onPage);
      const run = runScan(request, store, signal);
      running = run;
      try {
        const failure = await run;
        if (failure !== null) return err({ code: failure, pagesKept: store.kept() });
        if (store.kept() === 0) return err({ code: 'scanner-empty', pagesKept: 0 });
        return ok({ pages: store.kept() });
      } finally {
        running = undefined;
      }
    },
    close: async () => {
      closing.abort();
      await running?.catch(() => undefined);
    },
  };
}
