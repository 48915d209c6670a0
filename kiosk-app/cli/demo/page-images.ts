import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';

const IMAGES = new Set(['.jpg', '.jpeg', '.png', '.tif', '.tiff']);

/**
 * The page images of a folder in the order of their names; an absent folder holds none. Hidden files, folders and
 * links that lead nowhere are no papers.
 */
export async function pageImages(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names
    .filter((name) => !name.startsWith('.') && IMAGES.has(extname(name).toLowerCase()))
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
