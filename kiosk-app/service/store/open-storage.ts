import { type BlobStore, createBlobStore } from './blobs/blob-store.ts';
import { createDataKeys, type DataKeys } from './data-keys.ts';
import { type Db, databaseKind, openDatabase } from './database.ts';
import type { FileLayout } from './file-layout.ts';
import { openStorageKey, type StorageKey } from './storage-key.ts';

/** Everything that the kiosk keeps: the key, the encrypted database, the encrypted files. */
export interface Storage {
  readonly key: StorageKey;
  readonly db: Db;
  readonly dataKeys: DataKeys;
  readonly blobs: BlobStore;
  /** How many migrations were applied. */
  readonly migrated: number;
}

/**
 * @throws {StorageKeyError} {@link DatabaseDamagedError} and SQLite's own errors (a full disk, a read-only one): the
 * kiosk cannot work, and nothing was changed.
 */
export async function openStorage(
  files: FileLayout,
  credentialsFolder: string | undefined = process.env['CREDENTIALS_DIRECTORY'],
): Promise<Storage> {
  const mayCreate = databaseKind(files.database) !== 'encrypted';
  const key = await openStorageKey({ keyFolder: files.keys, credentialsFolder, mayCreate });
  const { db, migrated } = openDatabase(files.database, key.derive('database'));
  const dataKeys = createDataKeys(db, key.derive('data-keys'));
  return { key, db, dataKeys, blobs: createBlobStore(files.blobs, dataKeys), migrated };
}
