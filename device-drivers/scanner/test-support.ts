import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScannedPage, ScanRequest } from './scanner.ts';

/** A temporary folder with `out`, where pages go, and a request that names them `page-1`, `page-2` …. */
export function scanWorkplace() {
  const folder = mkdtempSync(join(tmpdir(), 'motcua-scan-'));
  const out = join(folder, 'out');
  mkdirSync(out);
  const pages: ScannedPage[] = [];
  let next = 0;
  return {
    folder,
    out,
    /** What `onPage` heard of. */
    pages,
    onPage: async (page: ScannedPage) => void pages.push(page),
    request: (changes: Partial<ScanRequest> = {}): ScanRequest => ({
      folder: out,
      nextName: () => `page-${++next}`,
      resolutionDpi: 75,
      colour: 'grey',
      source: 'feeder',
      ...changes,
    }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A disk of 100 KB at a path of its own; null without the right to mount one. */
export function mountTinyDisk(): { readonly folder: string; readonly unmount: () => void } | null {
  const folder = mkdtempSync(join(tmpdir(), 'motcua-tiny-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'tmpfs', folder]);
  const remove = () => rmSync(folder, { recursive: true });
  if (status !== 0) {
    remove();
    return null;
  }
  return {
    folder,
    unmount: () => {
      spawnSync('umount', [folder]);
      remove();
    },
  };
}
