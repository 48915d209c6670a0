import { type ChildProcess, fork } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../specimens/random.ts';
import type { FuzzAnswer, FuzzOrder } from './fuzz-worker.ts';
import { mutate } from './mutate.ts';
import { makeSeeds, type Seeds } from './seeds.ts';
import { type TargetName, targetNames } from './targets.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly milliseconds: number;
  /** Milliseconds; injected so that the run itself needs no clock of its own. */
  readonly now: () => number;
  readonly targets?: readonly TargetName[];
  /** Inputs that failed are kept here. */
  readonly keepIn: string;
  readonly onFailure?: (failure: FuzzFailure) => void;
}

export interface FuzzFailure {
  readonly target: TargetName;
  readonly seed: number;
  /** Number of the input within the run. */
  readonly input: number;
  readonly file: string;
  readonly what: string;
}

export interface FuzzReport {
  readonly inputs: number;
  /** How often each target ended in each way. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly failures: readonly FuzzFailure[];
}

/** The pipeline answers such small files in well under a second; a machine may be busy. */
const HANG_MS = 30_000;
const MAX_MEMORY_BYTES = 1_200_000_000;

/**
 * Lays broken copies of real files before the readers of the pipeline, one after another, in a process of its own.
 * A failure is: the process died, hung, took too much memory, or a reader threw instead of answering with an error.
 * The same seed gives the same inputs in the same order.
 */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const random = seededRandom(options.seed);
  const folder = await mkdtemp(join(tmpdir(), 'motcua-fuzz-'));
  const outcomes: Record<string, number> = {};
  const failures: FuzzFailure[] = [];
  let worker: FuzzWorker | undefined;
  let inputs = 0;
  try {
    const seeds = await makeSeeds(folder);
    const end = options.now() + options.milliseconds;
    const wanted = options.targets ?? targetNames;
    const file = join(folder, 'input');
    while (options.now() < end) {
      const target = wanted[inputs % wanted.length]!;
      const data = nextInput(seeds, target, random);
      inputs += 1;
      await writeFile(file, data);
      worker ??= startWorker();
      const answer = await worker.ask({ target, file, certificates: seeds.certificates });
      const what = faultOf(answer);
      if (what === undefined) {
        const key = `${target}: ${'outcome' in answer ? answer.outcome : ''}`;
        outcomes[key] = (outcomes[key] ?? 0) + 1;
        continue;
      }
      worker.stop();
      worker = undefined;
      await mkdir(options.keepIn, { recursive: true });
      const kept = join(options.keepIn, `${target}-${options.seed}-${inputs}`);
      await writeFile(kept, data);
      const failure = { target, seed: options.seed, input: inputs, file: kept, what };
      failures.push(failure);
      options.onFailure?.(failure);
    }
  } finally {
    worker?.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return { inputs, outcomes, failures };
}

function nextInput(seeds: Seeds, target: TargetName, random: () => number): Buffer {
  const own = seeds.files[target];
  const pick = () => own[Math.floor(random() * own.length)]!;
  return mutate(pick(), pick(), random);
}

type Answer = FuzzAnswer | { readonly died: string };

function faultOf(answer: Answer): string | undefined {
  if ('died' in answer) return answer.died;
  if ('thrown' in answer) return answer.thrown;
  return answer.memory > MAX_MEMORY_BYTES ? `took ${Math.round(answer.memory / 1_000_000)} MB` : undefined;
}

interface FuzzWorker {
  ask(order: FuzzOrder): Promise<Answer>;
  stop(): void;
}

function startWorker(): FuzzWorker {
  const child: ChildProcess = fork(new URL('./fuzz-worker.ts', import.meta.url), {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return {
    ask: (order) =>
      new Promise((resolve) => {
        const finish = (answer: Answer) => {
          clearTimeout(timer);
          child.removeAllListeners('message').removeAllListeners('exit');
          resolve(answer);
        };
        const timer = setTimeout(() => finish({ died: `hung for ${HANG_MS / 1_000} s` }), HANG_MS);
        child.once('message', (answer) => finish(answer as FuzzAnswer));
        child.once('exit', (code, signal) => finish({ died: `the process ended: ${signal ?? code}` }));
        child.send(order, () => undefined);
      }),
    stop: () => void child.kill('SIGKILL'),
  };
}
