import { mkdir, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileDurable } from '@motcua/core';

/** Makes a folder and those above it. Not `recursive`: where none can be made, in /proc, Node would try for ever. */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return;
    const above = dirname(folder);
    if (code !== 'ENOENT' || above === folder || (await isThere(above))) throw error;
    await makeFolder(above, mode);
    await makeFolder(folder, mode);
  }
}

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * Makes the folder that an option names and tries to write there. Null: it can be used; else a sentence.
 * `freeBytes`: what must be free on its disk.
 */
export async function makeUsableFolder(
  folder: string,
  {
    option,
    mode,
    freeBytes = 0,
  }: { readonly option: string; readonly mode?: number; readonly freeBytes?: number },
): Promise<string | null> {
  const probe = join(folder, `.motcua-probe-${process.pid}`);
  try {
    await makeFolder(folder, mode);
    await writeFileDurable(probe, Buffer.alloc(4_096));
    await rm(probe);
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize >= freeBytes) return null;
    return `the disk of ${folder} has less than ${Math.round(freeBytes / 1_048_576)} MiB free; give ${option} another folder`;
  } catch (error) {
    return `${whyNot(folder, (error as NodeJS.ErrnoException).code)}; give ${option} another folder`;
  }
}

/** The first half of a sentence, for the code of an error of the file system. */
export function whyNot(folder: string, code: string | undefined): string {
  switch (code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return `${folder} cannot be made: a file is there`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `the disk of ${folder} is full`;
    case 'EROFS':
      return `the disk of ${folder} is read-only`;
    case 'EACCES':
    case 'EPERM':
      return `this user may not write in ${folder}`;
    default:
      return `nothing can be written in ${folder}`;
  }
}
