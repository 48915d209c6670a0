import { lstat, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type Logger, ok } from '@motcua/core';
import { pause } from '../pause.ts';
import type { Timers } from '../timers.ts';
import { codeOfFileError, errnoOf, type PageStore, type ScannerErrorCode } from './page-store.ts';
import { createScanTurns } from './scan-turns.ts';
import type { DocumentScanner, ScannerCondition, ScanRequest } from './scanner.ts';
import { startWatchdog } from './watchdog.ts';

export interface FolderScannerDependencies {
  readonly pageTimeoutMs: number;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** Between two looks at a file: one that did not change in size or time is whole. */
const SETTLE_MS = 120;
/** How many looks an unchanging half file (`.part`, or empty) is waited for. */
const PATIENCE = 15;
/** How many looks a feeder waits for one more page. */
const GRACE = 3;
/** More files than any feeder holds: somebody pointed the scanner at the wrong folder. */
const MAX_LISTED = 10_000;

const UNFINISHED = /\.(part|partial|tmp|temp|crdownload|filepart|swp)$|~$/i;
const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'variant' });

interface Seen {
  readonly name: string;
  readonly empty: boolean;
  /** Size and time of change: the same on two looks means that nobody writes. */
  readonly mark: string;
}

/**
 * A watched folder as a scanner: what a network scanner drops there, or the demo lays there, is taken in the order of
 * its names, one file a page, and moved out. Every file is passed on: whether it is an image, the pipeline judges.
 */
export function openFolderScanner(
  uri: string,
  folder: string,
  dependencies: FolderScannerDependencies,
): DocumentScanner {
  const turns = createScanTurns(async (request, store, signal) => {
    const failure = await feed(request, store, signal);
    if (failure !== null) dependencies.logger.warn({ code: failure }, 'scan failed');
    return failure;
  });

  const feed = async (
    request: ScanRequest,
    store: PageStore,
    signal: AbortSignal,
  ): Promise<ScannerErrorCode | null> => {
    const barked = new AbortController();
    const stopped = AbortSignal.any([signal, barked.signal]);
    const watchdog = startWatchdog(dependencies.pageTimeoutMs, dependencies.timers, () => barked.abort());
    const patience = createPatience();
    try {
      for (let idle = 0, first = true; ; first = false) {
        if (signal.aborted) return 'scanner-cancelled';
        if (barked.signal.aborted) return 'scanner-timeout';
        const files = await look(folder);
        if (typeof files === 'string') return files === 'scanner-lost' && first ? 'scanner-absent' : files;
        const next = patience.next(files);
        if (next === 'none') {
          const mayFollow = request.source !== 'flatbed' && store.kept() > 0 && idle < GRACE;
          if (!mayFollow) return null;
          idle += 1;
        } else if (next !== 'wait') {
          const failure = await takePage(folder, next.name, store);
          if (failure !== null) return failure;
          if (request.source === 'flatbed' && store.kept() > 0) return null;
          idle = 0;
          watchdog.pageFinished();
          continue;
        }
        await pause(dependencies.timers, SETTLE_MS, stopped);
      }
    } finally {
      watchdog.stop();
    }
  };

  return {
    uri,
    condition: async (): Promise<ScannerCondition> => {
      if (turns.isBusy()) return 'busy';
      const files = await look(folder);
      if (typeof files !== 'string') return 'ready';
      return files === 'scanner-lost' ? 'absent' : 'failed';
    },
    // The files are what they are.
    capabilities: async () => ok([]),
    scan: turns.scan,
    close: turns.close,
  };
}

/** Files in the order of their names (`2` before `10`); hidden files, folders and links are not papers. */
async function look(folder: string): Promise<readonly Seen[] | ScannerErrorCode> {
  try {
    const names = (await readdir(folder)).filter((name) => !name.startsWith('.'));
    const seen = await Promise.all(
      names
        .sort(byName.compare)
        .slice(0, MAX_LISTED)
        .map((name) => see(folder, name)),
    );
    return seen.filter((file) => file !== null);
  } catch (error) {
    return codeOfFileError(error);
  }
}

async function see(folder: string, name: string): Promise<Seen | null> {
  try {
    const file = await lstat(join(folder, name));
    if (!file.isFile()) return null;
    return { name, empty: file.size === 0, mark: `${file.ino} ${file.size} ${file.mtimeMs}` };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Decides from look to look which file is whole and next; later files wait behind one that is being written. */
function createPatience() {
  let seen = new Map<string, { readonly mark: string; readonly still: number }>();
  return {
    next: (files: readonly Seen[]): Seen | 'wait' | 'none' => {
      seen = new Map(
        files.map(({ name, mark }) => {
          const before = seen.get(name);
          return [name, { mark, still: before?.mark === mark ? before.still + 1 : 0 }];
        }),
      );
      for (const file of files) {
        const still = seen.get(file.name)?.still ?? 0;
        const unfinished = UNFINISHED.test(file.name);
        // A half file that nobody continues is left lying; it never becomes a page under that name.
        if (unfinished && still >= PATIENCE) continue;
        const needed = file.empty ? PATIENCE : 1;
        return !unfinished && still >= needed ? file : 'wait';
      }
      return 'none';
    },
  };
}

async function takePage(folder: string, name: string, store: PageStore): Promise<ScannerErrorCode | null> {
  const kept = await store.keep(join(folder, name), endingOf(name));
  if (kept.ok) return null;
  if (kept.error !== 'scanner-lost') return kept.error;
  const files = await look(folder);
  if (typeof files === 'string') return files;
  // Still there: it is our own folder that is missing. Gone: somebody else took it, no fault of the scanner.
  return files.some((file) => file.name === name) ? 'scanner-io' : null;
}

const endingOf = (name: string) => {
  const ending = extname(name).toLowerCase();
  return /^\.[a-z0-9]{1,5}$/.test(ending) ? ending : '.bin';
};
