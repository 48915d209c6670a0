import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** Endings of what can be laid on the glass; of TIFF and PDF, each page. */
export const PAGE_ENDINGS = ['.jpg', '.jpeg', '.png', '.tif', '.tiff', '.webp', '.pdf'] as const;
const endings = new Set<string>(PAGE_ENDINGS);

/**
 * The page images and PDFs of a folder in the order of their names; an absent folder holds none. Hidden files, folders and
 * links that lead nowhere are no papers.
 */
export async function pageImages(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names
    .filter((name) => !name.startsWith('.') && endings.has(extname(name).toLowerCase()))
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .map((name) => join(folder, name));
  const areFiles = await Promise.all(
    files.map((file) =>
      stat(file).then(
        (found) => found.isFile(),
        () => false,
      ),
    ),
  );
  return files.filter((_, index) => areFiles[index]);
}
