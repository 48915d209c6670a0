import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes the folder for the artefacts; a sentence when it cannot be, or nothing can be written there. */
export async function makeKeepFolder(folder: string): Promise<string | null> {
  try {
    // Not `recursive` for the last one: in /proc Node would try for ever.
    await mkdir(dirname(folder), { recursive: true });
    await mkdir(folder).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error;
    });
    await access(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'EEXIST':
      case 'ENOTDIR':
        return `${folder} cannot be the folder for the artefacts: a file is there`;
      case 'ENOSPC':
        return `the disk is full: ${folder} cannot be made`;
      default:
        return `nothing can be written in ${folder}; give --keep another folder`;
    }
  }
}
