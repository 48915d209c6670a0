import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';

const IMAGES = new Set(['.jpg', '.jpeg', '.png', '.tif', '.tiff']);

/** The page images of a folder in the order of their names; an absent folder holds none. */
export async function pageImages(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => IMAGES.has(extname(name).toLowerCase()))
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .map((name) => join(folder, name));
}
