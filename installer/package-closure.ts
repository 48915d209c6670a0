import { posix } from 'node:path';

/** What package-lock.json says of one installed package. */
interface LockedPackage {
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/**
 * Folders (`node_modules/…`) of all packages that the given workspaces need at run time, found as Node finds them:
 * next to the package first, then upwards. What is not installed here (other systems' binaries) is not in the lock's
 * tree on disk and must be skipped by the caller.
 *
 * @param leaveOut names of packages that are not followed
 */
export function packageClosure(
  lock: Lock,
  workspaces: readonly string[],
  leaveOut: readonly string[] = [],
): readonly string[] {
  const found = new Set<string>();
  const follow = (folder: string) => {
    const { dependencies, optionalDependencies, peerDependencies } = lock.packages[folder] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const target = leaveOut.includes(name) ? undefined : locate(lock, folder, name);
      if (target === undefined || found.has(target) || lock.packages[target]?.link) continue;
      found.add(target);
      follow(target);
    }
  };
  for (const workspace of workspaces) {
    if (!lock.packages[workspace]) throw new Error(`package-lock.json has no workspace ${workspace}`);
    follow(workspace);
  }
  return [...found].sort();
}

function locate(lock: Lock, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = posix.dirname(folder)) {
    const candidate = posix.join(folder, 'node_modules', name);
    if (lock.packages[candidate]) return candidate;
    if (folder === '.' || folder === '') return undefined;
  }
}
