import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const MAX_FILES = 10_000;
const MAX_BYTES = 65_536;

/** Every `*.pem` of a folder, as it is now; a folder that is not there trusts nobody. */
export async function readTrustFolder(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const texts: string[] = [];
  for (const name of names.filter((one) => one.endsWith('.pem')).slice(0, MAX_FILES)) {
    const file = join(folder, name);
    const found = await lstat(file).catch(() => undefined);
    if (found?.isFile() && found.size <= MAX_BYTES) texts.push(await readFile(file, 'utf8'));
  }
  return texts;
}
