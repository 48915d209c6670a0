import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

export interface WorkingFolder {
  readonly path: string;
  /** False: there is no memory file system here, and plain pages lie on the disk during a visit. */
  readonly inMemory: boolean;
}

/** `statfs` types of file systems that live in memory: tmpfs and ramfs. */
const IN_MEMORY = new Set([0x01021994, 0x858458f6]);

/**
 * Where plain pages may lie while a visit lasts: in memory, so that a disk that is taken out never had them. The first
 * of the candidates that is such a file system and lets us have a folder of our own; else a folder beside the data.
 */
export function chooseWorkingFolder(
  dataFolder: string,
  candidates: readonly (string | undefined)[],
): WorkingFolder {
  // Several kiosks (tests, demos) may share one memory file system.
  const name = `motcua-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)}`;
  for (const candidate of candidates) {
    const path = candidate && ownFolder(candidate, name);
    if (path) return { path, inMemory: true };
  }
  const path = join(dataFolder, 'work');
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return { path, inMemory: false };
}

function ownFolder(parent: string, name: string): string | undefined {
  try {
    if (!IN_MEMORY.has(Number(statfsSync(parent).type))) return undefined;
    const path = join(parent, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    // /dev/shm is open to all: somebody else may have made it first.
    const made = lstatSync(path);
    const ours = made.isDirectory() && made.uid === process.getuid?.() && (made.mode & 0o077) === 0;
    return ours ? path : undefined;
  } catch {
    return undefined;
  }
}
