import { createHmac } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { syncFolder } from '@motcua/core';
import type { DataKeys } from '../data-keys.ts';
import { hashFile, openSealedFile, type SealedFile, SealedFileError, sealFile } from './sealed-file.ts';

/** `<owner>/<name>`: the visit or dossier whose key opens it, and what the content is called under that key. */
export type BlobRef = string;

/**
 * Pages and dossiers on the disk: encrypted, each under the key of its owner, content-addressed (a keyed hash, so that
 * a name tells nobody what is in it). Everything that is not here or in the database lies in memory only.
 */
export interface BlobStore {
  /** Takes a file in; when it resolves, the content outlives a power cut. The same content again is the same blob. */
  put(owner: string, file: string): Promise<BlobRef>;
  /** @throws {SealedFileError} when it is damaged, missing or its key was destroyed. */
  open(ref: BlobRef): Promise<SealedFile>;
  /** Writes the plain content to `to`, whole or not at all. For files in memory: it is not synced. */
  restore(ref: BlobRef, to: string): Promise<void>;
  /** Deletes the files of an owner whose key was destroyed. */
  removeOwner(owner: string): Promise<void>;
  /** Deletes what an interrupted deletion or writing left behind: files without a key, temporary ones. */
  sweep(): Promise<void>;
}

const NAME = /^[0-9a-f]{64}$/;

export function createBlobStore(folder: string, keys: DataKeys): BlobStore {
  const folderOf = (owner: string) => join(folder, owner);
  let writings = 0;

  const openBlob = async (ref: BlobRef): Promise<SealedFile> => {
    const [owner = '', name = ''] = ref.split('/');
    const key = NAME.test(name) ? keys.get(owner) : null;
    if (!key) throw new SealedFileError('its key is gone');
    return openSealedFile(join(folderOf(owner), name), { key, name }).catch(
      (error: NodeJS.ErrnoException) => {
        throw error.code === 'ENOENT' ? new SealedFileError('missing') : error;
      },
    );
  };

  return {
    put: async (owner, file) => {
      const key = keys.ensure(owner);
      const sha256 = await hashFile(file);
      const name = createHmac('sha256', key).update('motcua/blob-name/1/').update(sha256).digest('hex');
      const home = folderOf(owner);
      if (await mkdir(home, { recursive: true, mode: 0o700 })) await syncFolder(dirname(home));
      const path = join(home, name);
      // Two takers of one content at the same time must not write into one file.
      const temporary = `${path}.${process.pid}-${writings++}.tmp`;
      try {
        const handle = await open(temporary, 'wx', 0o600);
        try {
          await sealFile(file, handle, { key, name, sha256 });
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
        throw error;
      }
      await syncFolder(home);
      return `${owner}/${name}`;
    },
    open: openBlob,
    restore: async (ref, to) => {
      const sealed = await openBlob(ref);
      const temporary = `${to}.tmp`;
      try {
        await pipeline(sealed.read(0, sealed.size), createWriteStream(temporary, { mode: 0o600 }));
        await rename(temporary, to);
      } finally {
        await rm(temporary, { force: true });
      }
    },
    removeOwner: (owner) => rm(folderOf(owner), { recursive: true, force: true, maxRetries: 3 }),
    sweep: async () => {
      for (const owner of await readdir(folder)) {
        const home = folderOf(owner);
        if (!keys.get(owner)) {
          await rm(home, { recursive: true, force: true });
          continue;
        }
        for (const name of await readdir(home)) {
          // What this process is writing at this moment is no leftover.
          const left = name.endsWith('.tmp') && !name.includes(`.${process.pid}-`);
          if (left) await rm(join(home, name), { force: true });
        }
      }
    },
  };
}
