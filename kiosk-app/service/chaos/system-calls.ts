import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileLayout } from '../store/file-layout.ts';
import { type Acknowledgement, findLosses } from './acknowledgement.ts';
import type { Outcome } from './outcome.ts';
import { type MutantName, startKiosk } from './run-kiosk.ts';

/** Calls by which anything gets onto the disk, or takes something from it. */
export const DISK_CALLS = [
  'fsync',
  'fdatasync',
  'write',
  'pwrite64',
  'rename',
  'ftruncate',
  'unlink',
  'mkdir',
  'openat',
] as const;
export type DiskCall = (typeof DISK_CALLS)[number];

/** `kill`: the process dies of SIGKILL at the call. `full`: the disk has no room for it. */
export type CallFault = 'kill' | 'full';

export async function withDataFolder<T>(work: (data: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'calls-'));
  const data = join(folder, 'data');
  try {
    return await work(data);
  } finally {
    await rm(createFileLayout(data).working, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Runs the kiosk with a fault at the N-th call of each kind, N from the first on until the run comes to its end; after
 * each, everything that was ever acknowledged on this disk must be there. strace counts by thread: SQLite's calls are
 * made by the main thread, those of the files by the one of the pool. `every`: only each so many.
 */
export async function faultAtEachCall(options: {
  readonly fault: CallFault;
  readonly calls: readonly DiskCall[];
  readonly every: number;
}): Promise<Outcome> {
  return withDataFolder(async (data) => {
    await startKiosk([data, '--visits', '1']).over;
    const said: Acknowledgement[] = [];
    const losses: string[] = [];
    let faults = 0;
    for (const call of options.calls)
      for (const thread of ['main', 'pool'] as const)
        for (let when = 1; ; when += options.every) {
          const what = options.fault === 'kill' ? 'signal=SIGKILL' : 'error=ENOSPC';
          const acknowledged = await runWithFault(data, thread, call, `inject=${call}:${what}:when=${when}`);
          said.push(...acknowledged);
          const found = await findLosses(data, said).catch((error: Error) => [error.message]);
          losses.push(...found.map((loss) => `${call} ${when} of ${thread}: ${loss}`));
          if (acknowledged.at(-1)?.kind === 'end') break;
          faults++;
        }
    return { faults, acknowledged: said.filter(({ kind }) => kind !== 'begin').length, losses };
  });
}

async function runWithFault(
  data: string,
  thread: 'main' | 'pool',
  call: DiskCall,
  inject: string,
): Promise<readonly Acknowledgement[]> {
  const kiosk = startKiosk([data, '--visits', '1', '--wait']);
  while (kiosk.said().length === 0) {
    if (kiosk.child.exitCode !== null) throw new Error(`the kiosk ended by itself: ${kiosk.errors()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const pid = kiosk.child.pid ?? 0;
  const target = thread === 'main' ? pid : await poolThreadOf(pid);
  const strace = spawn(
    'strace',
    ['-p', String(target), '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await new Promise<void>((resolve, reject) => {
    strace.stderr.on('data', (chunk: Buffer) => chunk.includes('attached') && resolve());
    strace.once('exit', () => reject(new Error('strace cannot attach')));
  });
  kiosk.child.stdin?.write('go\n');
  await kiosk.over;
  return kiosk.said();
}

async function poolThreadOf(pid: number): Promise<number> {
  for (const thread of await readdir(`/proc/${pid}/task`))
    if ((await readFile(`/proc/${pid}/task/${thread}/comm`, 'utf8')).startsWith('libuv-worker'))
      return Number(thread);
  throw new Error('the pool has no thread yet');
}

interface TracedCall {
  readonly name: string;
  readonly text: string;
}

const isBegin = ({ name, text }: TracedCall) => name === 'write' && text.includes('begin');
const acknowledgementOf = ({ name, text }: TracedCall) =>
  name === 'write' ? /^write\(1.*\\"kind\\":\\"(number|page|dossier)\\"/.exec(text)?.[1] : undefined;

/** The system calls of one visit in their order; descriptors with their paths. */
async function traceVisit(data: string, mutant?: MutantName): Promise<TracedCall[]> {
  const log = `${data}.trace`;
  const wrapper = ['strace', '-f', '-qq', '-y', '-s', '80', '-o', log, '-e', `trace=${DISK_CALLS.join(',')}`];
  await startKiosk([data, '--visits', '1'], { mutant, wrapper }).over;
  const lines = (await readFile(log, 'utf8')).split('\n');
  await rm(log, { force: true });
  return lines.flatMap((line) => {
    // `123 fsync(7</x>) = 0`; a call that another thread interrupted counts where it ended.
    const whole = /^\d+\s+(?:<\.\.\. )?(\w+)(?:\(| resumed>)(.*)$/.exec(line);
    if (!whole || line.includes('<unfinished ...>')) {
      const unfinished = /^\d+\s+(\w+)\((.*)<unfinished \.\.\.>$/.exec(line);
      return unfinished?.[1] ? [{ name: unfinished[1], text: `${unfinished[1]}(${unfinished[2]}` }] : [];
    }
    return line.includes('resumed>') ? [] : [{ name: whole[1] ?? '', text: line.replace(/^\d+\s+/, '') }];
  });
}

/**
 * Reads from the system calls of one visit whether each acknowledgement came after everything that it stands on:
 * file synced → renamed → folder synced → rows written → log synced. Returns what was missing.
 */
export async function findMissingSyncs(data: string, mutant?: MutantName): Promise<string[]> {
  const calls = await traceVisit(data, mutant);
  const missing: string[] = [];
  const dirtyFiles = new Set<string>();
  const dirtyFolders = new Set<string>();
  let begun = false;
  for (const call of calls) {
    begun ||= isBegin(call);
    const path = /^\w+\(\d+<([^>]+)>/.exec(call.text)?.[1] ?? '';
    const ours = path.startsWith(data);
    if ((call.name === 'write' || call.name === 'pwrite64') && ours && !path.endsWith('-shm'))
      dirtyFiles.add(path);
    if (call.name === 'fsync' || call.name === 'fdatasync') {
      dirtyFiles.delete(path);
      dirtyFolders.delete(path);
    }
    if (call.name === 'rename') {
      const [from = '', to = ''] = [...call.text.matchAll(/"([^"]+)"/g)].map((match) => match[1]);
      if (to.startsWith(data)) {
        if (dirtyFiles.delete(from)) dirtyFiles.add(to);
        dirtyFolders.add(to.slice(0, to.lastIndexOf('/')));
      }
    }
    const kind = acknowledgementOf(call);
    if (!kind || !begun) continue;
    for (const file of dirtyFiles)
      missing.push(`${kind} acknowledged before ${file.slice(data.length)} was synced`);
    for (const folder of dirtyFolders)
      missing.push(`${kind} acknowledged before the folder ${folder.slice(data.length)} was synced`);
  }
  if (!begun) throw new Error('the trace shows no beginning');
  return missing;
}
