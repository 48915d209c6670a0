import { createWriteStream } from 'node:fs';
import { open, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DossierManifest } from '@motcua/contract';
import { syncFolder, ulidPattern } from '@motcua/core';
import { FileStore } from '@tus/file-store';
import { Upload } from '@tus/server';
import type { DossierStore } from './dossier-store.ts';

/**
 * The bytes of dossiers: one file each, growing. Two defects of the library's store are cured here: it never syncs a
 * file, so that a power cut takes what was acknowledged, and it keeps an upload's length in a file of its own, written
 * in place. Here the length is the announced manifest's, in the database.
 *
 * Uploads come into being by `PUT /dossiers/{id}` only; a repeated creation never truncates.
 */
export class UploadStore extends FileStore {
  readonly #dossiers: DossierStore;

  constructor(directory: string, dossiers: DossierStore) {
    super({
      directory,
      configstore: {
        get: async (id) => describe(dossiers, id),
        set: async () => undefined,
        delete: async () => undefined,
      },
    });
    this.#dossiers = dossiers;
    this.extensions = [];
  }

  pathOf(id: string): string {
    if (!ulidPattern.test(id)) throw new Error('an id that is no ULID reached the disk');
    return join(this.directory, id);
  }

  /** Makes the file if it is not there; keeps what is in it. */
  async ensure(id: string): Promise<void> {
    const handle = await open(this.pathOf(id), 'a', 0o600);
    await handle.sync().finally(() => handle.close());
    await syncFolder(this.directory);
  }

  async sizeOf(id: string): Promise<number> {
    return (await stat(this.pathOf(id)).catch(() => undefined))?.size ?? 0;
  }

  /** What arrived is not what was announced: begin again. */
  async discard(id: string): Promise<void> {
    await truncate(this.pathOf(id), 0);
    await this.sync(id);
  }

  async sync(id: string): Promise<void> {
    const handle = await open(this.pathOf(id), 'r+');
    await handle.sync().finally(() => handle.close());
  }

  override async getUpload(id: string): Promise<Upload> {
    const upload = describe(this.#dossiers, id);
    if (upload === undefined) throw { status_code: 404, body: 'no such upload\n' };
    upload.offset = await this.sizeOf(id);
    return upload;
  }

  override async write(readable: Readable, id: string, offset: number): Promise<number> {
    const file = createWriteStream(this.pathOf(id), { flags: 'r+', start: offset, flush: true });
    await pipeline(readable, file);
    return offset + file.bytesWritten;
  }
}

function describe(dossiers: DossierStore, id: string): Upload | undefined {
  const row = dossiers.get(id);
  if (row === undefined) return undefined;
  return new Upload({ id, size: DossierManifest.parse(JSON.parse(row.manifest)).size, offset: 0 });
}
