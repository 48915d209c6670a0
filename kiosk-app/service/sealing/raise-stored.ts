import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { measureFile } from '@motcua/ocr-pipeline/dossier';
import type { BlobRef, BlobStore } from '../store/blobs/blob-store.ts';
import { SealedFileError } from '../store/blobs/sealed-file.ts';
import type { Db } from '../store/database.ts';
import type { Sealer, SealLevel } from './sealer.ts';

/** Raises the seal of a dossier that lies encrypted; plain it is in memory only, for as long as that takes. */
export type RaiseStored = (
  dossierId: string,
  file: BlobRef,
  options: { readonly renew: boolean; readonly signal: AbortSignal },
) => Promise<SealLevel>;

export function createRaiseStored(deps: {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly sealer: Sealer;
  /** Of plain files. */
  readonly workingFolder: string;
}): RaiseStored {
  const { blobs, sealer } = deps;
  const folder = join(deps.workingFolder, 'sealing');
  const replace = deps.db.prepare('UPDATE dossiers SET file = ? WHERE id = ? AND file = ?');
  return async (dossierId, file, options) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const plain = join(folder, `${dossierId}.asice`);
    try {
      await blobs.restore(file, plain);
      const before = await measureFile(plain);
      const reached = await sealer.raise(plain, options);
      if ((await measureFile(plain)).sha256 !== before.sha256)
        // Retention may have deleted it meanwhile: then the new bytes lie under no key, and the sweep takes them.
        replace.run(await blobs.put(dossierId, plain), dossierId, file);
      return reached;
    } catch (error) {
      if (!(error instanceof SealedFileError)) throw error;
      return { level: 'B-B', problem: 'seal-not-raised', renewBefore: null };
    } finally {
      await rm(plain, { force: true });
    }
  };
}
