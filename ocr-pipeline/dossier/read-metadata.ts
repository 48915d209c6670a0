import { openContainer } from './container.ts';
import { DossierMetadata } from './metadata.ts';

const MAX_METADATA_BYTES = 4_194_304;

/**
 * What a container says of itself, without verifying it: for lists of dossiers that this machine sealed. Null when it
 * cannot be opened or is no dossier of ours.
 */
export async function readDossierMetadata(file: string): Promise<DossierMetadata | null> {
  const opened = await openContainer(file);
  if (!opened.ok) return null;
  try {
    const bytes = await opened.value.read('metadata.json', MAX_METADATA_BYTES);
    return DossierMetadata.safeParse(JSON.parse(bytes?.toString('utf8') ?? 'null')).data ?? null;
  } catch {
    return null;
  } finally {
    await opened.value.close();
  }
}
