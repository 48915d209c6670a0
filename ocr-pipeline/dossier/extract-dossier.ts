import { basename, join } from 'node:path';
import { writeFileDurable } from '@motcua/core';
import { openContainer } from './container.ts';

const MAX_DOCUMENT_BYTES = 268_435_456;

/**
 * Unpacks the wanted files of a container into a folder, flat, under their base names. It does not verify: call
 * `verifyDossier` for that. Throws on a container that cannot be opened. Returns the paths written.
 */
export async function extractDossier(
  file: string,
  folder: string,
  wanted: (name: string) => boolean,
): Promise<readonly string[]> {
  const opened = await openContainer(file);
  if (!opened.ok) throw new Error(`${file}: ${opened.error.code}`);
  const written: string[] = [];
  try {
    for (const name of opened.value.names.filter(wanted)) {
      const bytes = await opened.value.read(name, MAX_DOCUMENT_BYTES);
      if (!bytes) throw new Error(`${file}: one document is damaged`);
      const to = join(folder, basename(name));
      await writeFileDurable(to, bytes);
      written.push(to);
    }
  } finally {
    await opened.value.close();
  }
  return written;
}
