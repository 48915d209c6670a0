import { rmSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { setPriority } from 'node:os';
import { systemClock, unwrap, vietnamTime } from '@motcua/core';
import sharp from 'sharp';
import { digitisePage, type PageOrder } from './digitise-page.ts';
import { type EnginePlan, openEngine, openSecondEngine } from './recognition/choose-engine.ts';
import type { RecognitionEngine } from './recognition/engine.ts';
import { type Kinds, loadKinds } from './understanding/load-kinds.ts';
import { createMrzReader, type MrzReader } from './understanding/mrz-reader.ts';

/** What a worker is set up with: the same in every message. */
export interface WorkerSetUp {
  readonly plan: EnginePlan;
  readonly kindsFolder: string | undefined;
}

/** The process behind one slot of the digitiser: reads one page a message. Started by `createDigitiser` only. */
export type WorkerMessage =
  /** Unanswered: the engine gets ready before the first page. */
  WorkerSetUp | PageMessage;

export interface PageMessage extends WorkerSetUp {
  readonly page: PageOrder;
  /** A worker died or hung over this page, perhaps by the engine's fault: the one for the second try reads it. */
  readonly engine?: 'second';
}

/** `nice` value: a third of the processor when somebody else wants it. */
const READING_PRIORITY = 5;

// One process a core: threads of their own would only get in each other's way.
sharp.concurrency(1);
sharp.cache(false);
// Reading can wait: the screen, and the look at a page that has just arrived, go first.
setPriority(READING_PRIORITY);

const engines: Partial<Record<'first' | 'second', Promise<RecognitionEngine>>> = {};
let kinds: Kinds | undefined;
let scratchFolder: string | undefined;
let mrzReader: MrzReader | undefined;

process.on('message', (message: WorkerMessage) => {
  const which = 'page' in message && message.engine === 'second' ? 'second' : 'first';
  const engine = engines[which] ?? (which === 'first' ? openEngine : openSecondEngine)(message.plan);
  engines[which] = engine;
  // Those that come along are tested, the digitiser has loaded its owner's: they are good.
  kinds ??= unwrap(loadKinds(message.kindsFolder));
  mrzReader ??= createMrzReader(message.plan);
  if (!('page' in message)) {
    // If the parent keeps one: a worker never ends by itself, which is when Node would write it.
    flushCompileCache();
    return;
  }
  if (message.page.scratch) scratchFolder = message.page.workFolder;
  const known = { kinds, mrzReader, today: vietnamTime(systemClock.now()).localDay };
  // A bug rejects, which ends the process: the pool repeats the page in a fresh one.
  void engine
    .then((ready) => digitisePage(message.page, ready, known, () => performance.now()))
    .then((result) => process.send?.(result));
});

// The parent is gone, killed perhaps: nobody waits for an answer, nor for what a program is still reading, and nobody else
// takes the pictures of a person's papers away. The pool has made this process the leader of a group.
process.on('disconnect', () => {
  try {
    if (scratchFolder !== undefined) rmSync(scratchFolder, { recursive: true, force: true });
  } finally {
    process.kill(-process.pid, 'SIGKILL');
  }
});
