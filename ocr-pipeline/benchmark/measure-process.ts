import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessCost {
  readonly exitCode: number | null;
  readonly seconds: number;
  /** Of the whole tree, in bytes: proportional set size, so that shared pages count once. */
  readonly peakMemory: number;
  /** Of the whole tree, as the last look saw it. Tells work from waiting on a busy machine. */
  readonly cpuSeconds: number;
}

const LOOK_EVERY_MS = 100;
/** Adding up a process's pages costs 3 ms and stops it meanwhile: at every look that would slow what is measured by a tenth. */
const MEMORY_EVERY_LOOKS = 5;
/** USER_HZ of every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

/** Runs a program from start to end, its output thrown away, and watches it and all its descendants in /proc. */
export async function measureProcess(
  program: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly timeoutMs: number },
): Promise<ProcessCost> {
  const started = performance.now();
  const child = spawn(program, args, {
    env: { ...process.env, ...options.env },
    stdio: 'ignore',
    timeout: options.timeoutMs,
  });
  let peakMemory = 0;
  let ticks = 0;
  let looks = 0;
  const look = () => {
    const tree = child.pid === undefined ? [] : descendants(child.pid);
    looks += 1;
    if (looks % MEMORY_EVERY_LOOKS === 1)
      peakMemory = Math.max(
        peakMemory,
        tree.reduce((sum, { pid }) => sum + memoryOf(pid), 0),
      );
    ticks = Math.max(
      ticks,
      tree.reduce((sum, one) => sum + one.ticks, 0),
    );
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  }).finally(() => clearInterval(timer));
  return {
    exitCode,
    seconds: (performance.now() - started) / 1_000,
    peakMemory,
    cpuSeconds: ticks / TICKS_A_SECOND,
  };
}

interface Seen {
  readonly pid: number;
  readonly parent: number;
  /** Its own and those of its children that have ended. */
  readonly ticks: number;
}

function descendants(root: number): readonly Seen[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? []);
  const found = all.filter(({ pid }) => pid === root);
  for (const one of found) found.push(...all.filter(({ parent }) => parent === one.pid));
  return found;
}

/** See proc(5): fields are counted from behind the name, which may hold spaces and brackets. */
function statOf(pid: number): Seen | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const ticks = fields.slice(11, 15).reduce((sum, each) => sum + each, 0);
    return { pid, parent: fields[1] ?? 0, ticks };
  } catch {
    return undefined;
  }
}

function memoryOf(pid: number): number {
  try {
    const pss = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'));
    return Number(pss?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}
