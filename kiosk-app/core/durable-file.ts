import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Makes a folder's entries (new names, renames) survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** All that Linux's file systems take, in bytes; a Vietnamese letter is up to three. */
export const MAX_NAME_BYTES = 255;

/** Where a file is written that will take its place at `path` when it is whole: beside it, one place a process. */
export function temporaryBeside(path: string): string {
  const ending = `.${process.pid}.tmp`;
  const name = basename(path);
  const isShort = Buffer.byteLength(name + ending) <= MAX_NAME_BYTES;
  const stem = isShort ? name : createHash('sha256').update(name).digest('hex').slice(0, 32);
  return join(dirname(path), stem + ending);
}

/** Temporary file → fsync → rename → fsync of the folder: after this the bytes are there whole, or not at all. */
export async function writeFileDurable(path: string, data: Uint8Array | string, mode = 0o600): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    const handle = await open(temporary, 'w', mode);
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Takes a finished file (of another process) into its lasting place: fsync → rename → fsync of the folder. */
export async function moveFileDurable(from: string, to: string): Promise<void> {
  const handle = await open(from, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(from, to);
  await syncFolder(dirname(to));
}
