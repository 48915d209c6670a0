import { flushCompileCache } from 'node:module';
import sharp from 'sharp';
import { digitisePage, type PageOrder } from './digitise-page.ts';
import { type EnginePlan, openEngine } from './recognition/choose-engine.ts';

/** The process behind one slot of the digitiser: reads one page a message. Started by `createDigitiser` only. */
export type WorkerMessage =
  /** Unanswered: the engine gets ready before the first page. */
  { readonly plan: EnginePlan } | { readonly plan: EnginePlan; readonly page: PageOrder };

// One process a core: threads of their own would only get in each other's way.
sharp.concurrency(1);
sharp.cache(false);

let engine: ReturnType<typeof openEngine> | undefined;

process.on('message', (message: WorkerMessage) => {
  engine ??= openEngine(message.plan);
  if (!('page' in message)) {
    // If the parent keeps one: a worker never ends by itself, which is when Node would write it.
    flushCompileCache();
    return;
  }
  // A bug rejects, which ends the process: the pool repeats the page in a fresh one.
  void engine
    .then((ready) => digitisePage(message.page, ready, () => performance.now()))
    .then((result) => process.send?.(result));
});

// The parent is gone, killed perhaps: nobody waits for an answer, nor for what a program is still reading. The pool
// has made this process the leader of a group.
process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
