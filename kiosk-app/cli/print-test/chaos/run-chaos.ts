import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwrap } from '@motcua/core';
import { openJournalFile } from '@motcua/device-drivers';
import { loadProfile } from '@motcua/firmware-config';
import { runPrintTest } from '../run-print-test.ts';
import { type ModelName, models, startChaosPrinter, type Trouble } from './chaos-printer.ts';
import { createJudge, type Verdict } from './judge.ts';
import { seededRandom } from './random.ts';

export interface ChaosRun {
  readonly model: ModelName;
  readonly tickets: number;
  readonly seed: number;
  readonly rate: number;
  /** How often the printing process is killed (SIGKILL) and called again. 0: it runs in this process. */
  readonly kills: number;
  readonly limitMs: number;
}

export interface ChaosReport extends Verdict {
  /** Exit status of the last call; null when it ran out of time. */
  readonly status: number | null;
  readonly kills: number;
  readonly seconds: number;
  readonly troubles: Readonly<Record<string, number>>;
  readonly unknownCommands: number;
  /** What the last call reported. */
  readonly reported: { readonly confirmed: number; readonly unknown: number; readonly failed: number } | null;
}

const everything: readonly Trouble[] = [
  'close',
  'paper-end',
  'cover',
  'stall',
  'restart',
  'xoff',
  'garbage',
  'late-answer',
  'no-answer',
  'double-answer',
  'half-answer',
  'wrong-id',
];
/** What can be survived at all depends on what a model says: a silent one that loses its buffer cannot be helped. */
const allowed: Readonly<Record<ModelName, readonly Trouble[]>> = {
  epson: everything,
  forgetful: everything,
  reticent: everything,
  clone: everything.filter((trouble) => trouble !== 'garbage' && trouble !== 'double-answer'),
  'status-only': ['close', 'paper-end', 'cover', 'stall', 'late-answer', 'no-answer'],
  mute: ['close'],
};
const BIN = join(import.meta.dirname, '..', '..', 'bin', 'motcua.mjs');

/** Prints on a chaos printer through `motcua print-test`, killing it now and then, and judges the paper. */
export async function runChaos(
  options: ChaosRun,
  log: (line: string) => void = () => {},
): Promise<ChaosReport> {
  const random = seededRandom(options.seed);
  const judge = await createJudge();
  const printer = await startChaosPrinter({
    model: models[options.model],
    random,
    allowed: allowed[options.model],
    rate: options.rate,
    onPiece: judge.take,
  });
  const folder = await mkdtemp(join(tmpdir(), 'motcua-chaos-'));
  const start = performance.now();
  const deadline = start + options.limitMs;
  let kills = 0;
  try {
    const call = () =>
      spawn(
        process.execPath,
        [
          BIN,
          'print-test',
          '--device',
          `tcp://127.0.0.1:${printer.port}`,
          '--tickets',
          String(options.tickets),
          '--journal',
          join(folder, 'journal.sqlite'),
          '--give-up-after',
          '30',
          '--json',
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
    let last = { status: null as number | null, out: '' };
    while (options.kills > 0) {
      const child = call();
      const wait =
        kills < options.kills
          ? random.between(1_200, 1_200 + (20_000 * options.tickets) / 1_000 / options.kills)
          : deadline - performance.now();
      last = await ended(child, wait);
      if (last.status !== null || kills >= options.kills) break;
      kills += 1;
      log(`killed ${kills} times`);
    }
    if (options.kills === 0) last = await printHere(options, printer.port, join(folder, 'journal.sqlite'));
    // What still lies in its buffer comes out now.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await printer.close();
    const verdict = await judge.verdict(options.tickets);
    const seconds = (performance.now() - start) / 1_000;
    return {
      ...verdict,
      status: last.status,
      kills,
      seconds: Math.round(seconds),
      troubles: Object.fromEntries(printer.troubles),
      unknownCommands: printer.unknownCommands(),
      reported: last.out ? (JSON.parse(last.out) as ChaosReport['reported']) : null,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same without a process of its own. */
async function printHere(options: ChaosRun, port: number, path: string) {
  const file = unwrap(openJournalFile(path));
  const printed = await runPrintTest({
    device: `tcp://127.0.0.1:${port}`,
    profile: unwrap(loadProfile('printers', 'generic-80mm')),
    tickets: options.tickets,
    file,
    giveUpAfterMs: 30_000,
    signal: AbortSignal.timeout(options.limitMs),
    onProblem: () => undefined,
  });
  file.close();
  const count = (state: string) => printed.filter((one) => one.state === state).length;
  const reported = { confirmed: count('confirmed'), unknown: count('unknown'), failed: count('failed') };
  return { status: reported.confirmed === options.tickets ? 0 : 1, out: JSON.stringify(reported) };
}

/** Waits for the end, at most so long; then SIGKILL, and the status is null. */
function ended(child: ChildProcess, ms: number): Promise<{ status: number | null; out: string }> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const timer = setTimeout(() => child.kill('SIGKILL'), ms);
    child.stdout?.on('data', (part: Buffer) => parts.push(part));
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ status: code, out: code === null ? '' : Buffer.concat(parts).toString() });
    });
  });
}
