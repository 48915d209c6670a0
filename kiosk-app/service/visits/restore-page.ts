import { existsSync } from 'node:fs';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import type { FileLayout } from '../store/file-layout.ts';
import type { PageRow } from './page-store.ts';

/**
 * Makes sure that the page's plain picture is in memory: after a power cut, or in a reopened draft, it is only in its
 * encrypted file.
 *
 * @throws {SealedFileError} when that file is damaged.
 */
export async function restorePage(blobs: BlobStore, files: FileLayout, page: PageRow): Promise<void> {
  if (existsSync(page.file) || !page.sealed) return;
  files.work(page.visit_id);
  await blobs.restore(page.sealed, page.file);
}
