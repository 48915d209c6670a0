import { DatabaseDamagedError } from './database.ts';
import { StorageKeyError } from './storage-key.ts';

/** What can be wrong with the disk, by the code of its sentence in `contract/problems.ts`. */
export type StorageProblem = 'disk-full' | 'storage-readonly' | 'storage-damaged' | 'storage-locked';

const FULL = /^(ENOSPC|EDQUOT|SQLITE_FULL|SQLITE_IOERR_(WRITE|FSYNC|DIR_FSYNC|TRUNCATE|SHMSIZE|SHMMAP))$/;
const READ_ONLY = /^(EROFS|EACCES|EPERM|SQLITE_READONLY.*|SQLITE_CANTOPEN.*|SQLITE_PERM)$/;
const DAMAGED = /^(SQLITE_CORRUPT.*|SQLITE_NOTADB|SQLITE_IOERR.*|EIO)$/;

/** A full disk is an expected fault: the step is not done, everything before it stands. */
export function isDiskFull(error: unknown): boolean {
  return storageProblem(error) === 'disk-full';
}

/** Null: the disk is not to blame. */
export function storageProblem(error: unknown): StorageProblem | null {
  if (error instanceof StorageKeyError) return 'storage-locked';
  if (error instanceof DatabaseDamagedError) return 'storage-damaged';
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return null;
  if (FULL.test(code)) return 'disk-full';
  if (READ_ONLY.test(code)) return 'storage-readonly';
  return DAMAGED.test(code) ? 'storage-damaged' : null;
}
