import { mutate, seededRandom } from './mutate.ts';
import { createTargets } from './targets.ts';

export interface FuzzReport {
  readonly inputs: number;
  /** How often each target ended in each way. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly failures: readonly { readonly target: string; readonly what: string; readonly hex: string }[];
  readonly slowest: { readonly target: string; readonly ms: number };
  /** Bytes, at the end. */
  readonly memory: number;
}

/** Milliseconds of CPU that this thread has used. */
export function cpuTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** More than this for one input of at most 64 KB is a failure: nothing here takes a millisecond on good input. */
const SLOW_MS = 2_000;

/** `inputs` broken inputs, spread over the targets; the same seed gives the same ones, keys aside. */
export function runFuzz(options: {
  readonly seed: number;
  readonly inputs: number;
  /** Milliseconds. CPU time, so that a busy machine accuses no parser. */
  readonly now: () => number;
  readonly onProgress?: (done: number, target: string) => void;
}): FuzzReport {
  const random = seededRandom(options.seed);
  const targets = createTargets();
  const outcomes: Record<string, number> = {};
  const failures: { target: string; what: string; hex: string }[] = [];
  let slowest = { target: '', ms: 0 };
  for (let done = 0; done < options.inputs; done += 1) {
    const target = targets[done % targets.length]!;
    const input = mutate(target.seeds, random);
    if (done % 10_000 < targets.length) options.onProgress?.(done, target.name);
    const start = options.now();
    try {
      const outcome = target.run(input);
      const key = `${target.name}: ${outcome}`;
      outcomes[key] = (outcomes[key] ?? 0) + 1;
    } catch (error) {
      failures.push({ target: target.name, what: String(error), hex: Buffer.from(input).toString('hex') });
    }
    const ms = options.now() - start;
    if (ms > slowest.ms) slowest = { target: target.name, ms };
    if (ms > SLOW_MS)
      failures.push({ target: target.name, what: `took ${ms} ms`, hex: Buffer.from(input).toString('hex') });
  }
  return { inputs: options.inputs, outcomes, failures, slowest, memory: process.memoryUsage().rss };
}
