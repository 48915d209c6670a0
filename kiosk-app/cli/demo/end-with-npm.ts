import { readFileSync } from 'node:fs';

const LOOK_MS = 100;

/**
 * `npm run` that is killed outright leaves its shell and this process behind, and whoever starts it again would find
 * the first one still at work: then this process dies as well, as suddenly. Elsewhere than below npm it does nothing.
 */
export function endWithNpm(env: NodeJS.ProcessEnv): void {
  if (env['npm_lifecycle_event'] === undefined) return;
  const line = ancestors();
  const npm = line.findIndex((pid) => nameOf(pid).startsWith('npm'));
  if (npm < 0) return;
  const before = line.slice(0, npm + 1).join();
  setInterval(() => {
    if (
      ancestors()
        .slice(0, npm + 1)
        .join() !== before
    )
      process.kill(process.pid, 'SIGKILL');
  }, LOOK_MS).unref();
}

/** Parent, its parent, and so on. */
function ancestors(): readonly number[] {
  const line: number[] = [];
  for (let pid = process.ppid; pid > 1; pid = parentOf(pid)) line.push(pid);
  return line;
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

const nameOf = (pid: number) => read(`/proc/${pid}/comm`);

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
