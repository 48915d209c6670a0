import { mkdtemp, readFile, rm } from 'node:fs/promises';
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

/** Which of the calls of each kind come between the first and the last acknowledgement of one visit. */
export async function countCalls(
  data: string,
): Promise<ReadonlyMap<DiskCall, { first: number; last: number }>> {
  const calls = await traceVisit(data);
  const from = calls.findIndex(isBegin);
  const counts = new Map<DiskCall, { first: number; last: number }>();
  for (const call of DISK_CALLS) {
    const before = calls.slice(0, from).filter(({ name }) => name === call).length;
    const all = calls.filter(({ name }) => name === call).length;
    if (all > before) counts.set(call, { first: before + 1, last: all });
  }
  return counts;
}

/**
 * Runs the kiosk with a fault at the N-th call of each kind, N from the first acknowledgement's to the last's, on one
 * and the same disk; after each, everything that was ever acknowledged must be there. `every`: only each so many.
 */
export async function faultAtEachCall(options: {
  readonly fault: CallFault;
  readonly calls: readonly DiskCall[];
  readonly every: number;
  readonly mutant?: MutantName;
}): Promise<Outcome> {
  return withDataFolder(async (data) => {
    await startKiosk([data, '--visits', '1']).over;
    const counts = await countCalls(data);
    const said: Acknowledgement[] = [];
    const losses: string[] = [];
    let faults = 0;
    for (const call of options.calls) {
      const range = counts.get(call);
      if (!range) continue;
      for (let when = range.first; when <= range.last; when += options.every) {
        const what = options.fault === 'kill' ? 'signal=SIGKILL' : 'error=ENOSPC';
        const inject = `inject=${call}:${what}:when=${when}`;
        const kiosk = startKiosk([data, '--visits', '1'], {
          mutant: options.mutant,
          wrapper: ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject],
        });
        await kiosk.over;
        const acknowledged = kiosk.said();
        said.push(...acknowledged);
        if (acknowledged.at(-1)?.kind !== 'end') faults++;
        losses.push(
          ...(await findLosses(data, said).catch((error: Error) => [`${call} ${when}: ${error.message}`])),
        );
      }
    }
    return { faults, acknowledged: said.filter(({ kind }) => kind !== 'begin').length, losses };
  });
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
  const wrapper = [
    'strace',
    '-f',
    '-qq',
    '-y',
    '-s',
    '80',
    '-o',
    log,
    '-e',
    `trace=${[...DISK_CALLS, 'write'].join(',')}`,
  ];
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
