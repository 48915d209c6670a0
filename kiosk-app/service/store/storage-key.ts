import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileDurable } from '@motcua/core';

const KEY_BYTES = 32;
const KEY_FILE = 'storage-key';
/** Tells "another key" from "a damaged database", which look the same to SQLite. */
const CHECK_FILE = 'storage-key-check';
/** Name of the systemd credential: `LoadCredentialEncrypted=motcua-storage-key:…`. */
export const STORAGE_CREDENTIAL = 'motcua-storage-key';

export type StorageKeyErrorCode =
  | 'storage-key-missing'
  | 'storage-key-exposed'
  | 'storage-key-damaged'
  | 'storage-key-differs';

/** The kiosk's data cannot be opened: a technician reads `code`. Nothing is ever made anew in place of a lost key. */
export class StorageKeyError extends Error {
  readonly code: StorageKeyErrorCode;
  constructor(code: StorageKeyErrorCode, detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'StorageKeyError';
    this.code = code;
  }
}

/** What the one key of the kiosk's storage is used for; each purpose has a key of its own (HKDF-SHA256). */
export type StoragePurpose = 'database' | 'data-keys' | 'person-keys';

export interface StorageKey {
  readonly origin: 'credential' | 'file';
  /** 32 bytes. */
  derive(purpose: StoragePurpose): Buffer;
}

export interface StorageKeyOptions {
  readonly keyFolder: string;
  /** `$CREDENTIALS_DIRECTORY`, where systemd puts what it has decrypted, on the appliance with the TPM. */
  readonly credentialsFolder: string | undefined;
  /** Whether a key may be made: only while nothing is encrypted yet. */
  readonly mayCreate: boolean;
}

/**
 * Opens the key under which everything on the kiosk's disk lies. The credential of systemd comes first; without one it
 * is a file that nobody else may read, which protects a disk only as far as the disk's own encryption does.
 *
 * @throws {StorageKeyError}
 */
export async function openStorageKey(options: StorageKeyOptions): Promise<StorageKey> {
  mkdirSync(options.keyFolder, { recursive: true, mode: 0o700 });
  const credential = options.credentialsFolder && readCredential(options.credentialsFolder);
  const root = credential || readKeyFile(options.keyFolder) || (await createKeyFile(options));
  await checkKey(options, root);
  return {
    origin: credential ? 'credential' : 'file',
    derive: (purpose) => Buffer.from(hkdfSync('sha256', root, '', `motcua/storage/1/${purpose}`, KEY_BYTES)),
  };
}

function readCredential(folder: string): Buffer | undefined {
  try {
    return assertLength(readFileSync(join(folder, STORAGE_CREDENTIAL)), 'the credential');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function readKeyFile(folder: string): Buffer | undefined {
  const path = join(folder, KEY_FILE);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return undefined;
  if (!found.isFile()) throw new StorageKeyError('storage-key-damaged', `${KEY_FILE} is not a plain file`);
  if ((found.mode & 0o077) !== 0 || found.uid !== process.getuid?.())
    throw new StorageKeyError(
      'storage-key-exposed',
      `${KEY_FILE} must belong to this user and have mode 0600, it has ${(found.mode & 0o777).toString(8)}`,
    );
  return assertLength(readFileSync(path), KEY_FILE);
}

function assertLength(key: Buffer, where: string): Buffer {
  if (key.length === KEY_BYTES) return key;
  throw new StorageKeyError(
    'storage-key-damaged',
    `${where} has ${key.length} bytes instead of ${KEY_BYTES}`,
  );
}

async function createKeyFile(options: StorageKeyOptions): Promise<Buffer> {
  if (!options.mayCreate)
    throw new StorageKeyError('storage-key-missing', 'the data here was encrypted with a key that is gone');
  const fresh = randomBytes(KEY_BYTES);
  await writeFileDurable(join(options.keyFolder, KEY_FILE), fresh, 0o600);
  return fresh;
}

async function checkKey({ keyFolder, mayCreate }: StorageKeyOptions, root: Buffer): Promise<void> {
  const path = join(keyFolder, CHECK_FILE);
  const mark = createHmac('sha256', root).update('motcua/storage/1/check').digest();
  let known: Buffer | undefined;
  try {
    known = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (known?.length === mark.length && timingSafeEqual(known, mark)) return;
  if (known && !mayCreate)
    throw new StorageKeyError('storage-key-differs', 'the data here was encrypted with another key');
  await writeFileDurable(path, mark, 0o600);
}
