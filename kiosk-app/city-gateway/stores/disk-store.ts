import { mkdir, open, rm, stat, statfs, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '@motcua/core';
import { assertId, type CityStore, OffsetConflict } from './city-store.ts';
import { writeAt } from './write-at.ts';

/** Left free for the database and for the machine to go on living. */
export const RESERVED_BYTES = 512 * 1_048_576;

/**
 * One growing file for each dossier. `@tus/file-store` never syncs, so that a power cut takes what was acknowledged,
 * and truncates an upload that is created again; this one does neither. The length is the announced manifest's.
 */
export async function openDiskStore(folder: string, reservedBytes = RESERVED_BYTES): Promise<CityStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pathOf = (id: string) => join(folder, assertId(id));
  const receivedBytes = async (id: string) => (await stat(pathOf(id)).catch(() => undefined))?.size ?? 0;
  const sync = async (id: string) => {
    const handle = await open(pathOf(id), 'r+');
    await handle.sync().finally(() => handle.close());
  };
  return {
    receivedBytes,
    ensure: async (id) => {
      if ((await stat(pathOf(id)).catch(() => undefined)) !== undefined) return;
      const handle = await open(pathOf(id), 'a', 0o600);
      await handle.sync().finally(() => handle.close());
      await syncFolder(folder);
    },
    append: async (id, offset, bytes) => {
      if ((await receivedBytes(id)) !== offset) throw new OffsetConflict();
      const { broken, written } = await writeAt(pathOf(id), { flags: 'r+', position: offset }, bytes);
      if (broken !== null) throw broken.error;
      return offset + written;
    },
    discard: async (id) => {
      await truncate(pathOf(id), 0);
      await sync(id);
    },
    withFile: async (id, work) => {
      // What came before a line broke was acknowledged by its offset only.
      await sync(id);
      return work(pathOf(id));
    },
    seal: async () => undefined,
    tidy: async () => undefined,
    remove: async (id) => {
      await rm(pathOf(id), { force: true });
      await syncFolder(folder);
    },
    hasRoomFor: async (bytes) => {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize - reservedBytes >= bytes;
    },
    sweep: async () => undefined,
    close: async () => undefined,
  };
}
