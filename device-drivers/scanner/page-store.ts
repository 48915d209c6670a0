import { constants } from 'node:fs';
import { copyFile, open, rename, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { err, moveFileDurable, ok, type Result, syncFolder } from '@motcua/core';
import { mediaTypeOf } from './image-file.ts';
import type { ScannedPage, ScannerError, ScanRequest } from './scanner.ts';

export type ScannerErrorCode = ScannerError['code'];

/** The finished pages of one scan: each is durable before anyone hears of it, and stays whatever happens after. */
export interface PageStore {
  readonly kept: () => number;
  /** Moves a finished file into the scan's folder, under its next name with `ending` (`.png`). */
  keep(file: string, ending: string): Promise<Result<void, ScannerErrorCode>>;
}

export function createPageStore(
  request: ScanRequest,
  onPage: (page: ScannedPage) => Promise<void>,
): PageStore {
  let pages = 0;
  return {
    kept: () => pages,
    keep: async (file, ending) => {
      const target = join(request.folder, `${request.nextName()}${ending}`);
      try {
        await moveDurable(file, target);
      } catch (error) {
        return err(codeOfFileError(error));
      }
      pages += 1;
      await onPage({ file: target, mediaType: await mediaTypeOf(target) });
      return ok(undefined);
    },
  };
}

/** Also across file systems (a watched folder on a network share), where a rename cannot. */
async function moveDurable(from: string, to: string): Promise<void> {
  try {
    await moveFileDurable(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw error;
    const temporary = `${to}.tmp`;
    try {
      await copyFile(from, temporary, constants.COPYFILE_EXCL);
      const handle = await open(temporary, 'r');
      await handle.sync().finally(() => handle.close());
      await rename(temporary, to);
    } catch (failure) {
      await rm(temporary, { force: true });
      throw failure;
    }
    await syncFolder(join(to, '..'));
    await unlink(from);
  }
}

export function codeOfFileError(error: unknown): ScannerErrorCode {
  switch (errnoOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'scanner-disk-full';
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENODEV':
    case 'ENXIO':
    case 'ESTALE':
      return 'scanner-lost';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'scanner-denied';
    case undefined:
      throw error;
    default:
      return 'scanner-io';
  }
}

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
