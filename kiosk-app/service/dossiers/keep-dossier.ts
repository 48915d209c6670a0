import { rm } from 'node:fs/promises';
import type { DossierManifest } from '@motcua/contract';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import type { DossierStore } from './dossier-store.ts';

/** Stores and queues a finished container: its bytes are on the disk before any row speaks of them. */
export async function keepDossier(dossier: {
  readonly blobs: BlobStore;
  readonly dossiers: DossierStore;
  /** The plain container, in memory; gone afterwards. */
  readonly file: string;
  readonly manifest: DossierManifest;
}): Promise<void> {
  const { blobs, dossiers, file, manifest } = dossier;
  const sealed = await blobs.put(manifest.dossierId, file);
  dossiers.seal(manifest.dossierId, sealed, manifest);
  await rm(file, { force: true });
}
