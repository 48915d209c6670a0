import { type ChildProcess, fork } from 'node:child_process';
import { err, ok, type Result } from '@motcua/core';

export interface WorkerPoolOptions {
  /** Module that a child process runs; it answers each message `order` with one message. */
  readonly script: URL;
  readonly workers: number;
  readonly timeoutMs: number;
  /** A child is replaced after so many answers: the engine's memory never shrinks. */
  readonly recycleAfter: number;
  /** Flags of Node for the children. */
  readonly flags?: readonly string[];
  /** On top of the parent's environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Sent once to every child before its first order, unanswered: it can make itself ready while nothing waits yet. */
  readonly greeting?: object;
  /** What a process is sent whose predecessor died or hung over the order. Default: the order itself. */
  readonly repetition?: (order: object) => object;
}

export type WorkerPoolError = { readonly code: 'worker-timeout' | 'worker-died' | 'worker-cancelled' };

/** Child processes that work on one order each; what a crash or a hang costs is that child and one repetition. */
export interface WorkerPool {
  run(order: object, signal?: AbortSignal): Promise<Result<unknown, WorkerPoolError>>;
  /** Starts all children now rather than with the orders that need them. */
  warmUp(): void;
  /** Ends every child at once, with whatever it started, and waits for them; open orders end as cancelled. */
  close(): Promise<void>;
}

interface Order {
  message: object;
  readonly finish: (result: Result<unknown, WorkerPoolError>) => void;
  triesLeft: number;
  slot: Slot | undefined;
}

interface Slot {
  readonly child: ChildProcess;
  readonly gone: Promise<void>;
  order: Order | undefined;
  timer: NodeJS.Timeout | undefined;
  answered: number;
}

const TRIES = 2;

/**
 * For as many workers as cores: V8's own helper threads, which collect garbage and compile beside the work, take from the
 * other workers what they give to this one (measured: 0.1 s of processor time a page). Nor does anybody wait for a
 * shorter pause: marking in small steps costs 0.01 s in straightening and cleaning, too little to show in whole runs.
 */
export const ONE_THREAD: readonly string[] = ['--single-threaded', '--no-incremental-marking'];

export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const slots = new Set<Slot>();
  const ending = new Set<Promise<void>>();
  const waiting: Order[] = [];
  let closed = false;

  const startSlot = (): Slot => {
    const child = fork(options.script, {
      // Nothing of the parent's flags (a test runner's loaders, an inspector's port) belongs into the child.
      execArgv: [...(options.flags ?? [])],
      // A process group of its own: what the child has started is killed with it.
      detached: true,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    const slot: Slot = { child, gone, order: undefined, timer: undefined, answered: 0 };
    slots.add(slot);
    child.on('message', (answer) => onAnswer(slot, answer));
    child.once('exit', () => onGone(slot, 'worker-died'));
    child.once('error', () => onGone(slot, 'worker-died'));
    if (options.greeting !== undefined) child.send(options.greeting, () => undefined);
    return slot;
  };

  /** Takes the child out of service and kills it; whoever closes the pool waits until it is gone. */
  const drop = (slot: Slot) => {
    clearTimeout(slot.timer);
    slots.delete(slot);
    ending.add(slot.gone);
    void slot.gone.then(() => ending.delete(slot.gone));
    killGroup(slot.child);
  };

  const onAnswer = (slot: Slot, answer: unknown) => {
    const { order } = slot;
    if (order === undefined) return;
    clearTimeout(slot.timer);
    slot.order = undefined;
    order.slot = undefined;
    slot.answered += 1;
    if (slot.answered >= options.recycleAfter) {
      drop(slot);
      // Its successor gets ready beside the others' work, not when an order waits for it.
      startSlot();
    }
    order.finish(ok(answer));
    next();
  };

  const onGone = (slot: Slot, code: 'worker-died' | 'worker-timeout') => {
    if (!slots.has(slot)) return;
    const { order } = slot;
    slot.order = undefined;
    drop(slot);
    if (order !== undefined) {
      order.slot = undefined;
      order.triesLeft -= 1;
      if (order.triesLeft > 0) {
        order.message = options.repetition?.(order.message) ?? order.message;
        waiting.unshift(order);
      } else order.finish(err({ code }));
    }
    next();
  };

  const next = () => {
    while (!closed && waiting.length > 0) {
      const free = [...slots].find((slot) => slot.order === undefined);
      const slot = free ?? (slots.size < options.workers ? startSlot() : undefined);
      if (slot === undefined) return;
      const order = waiting.shift()!;
      slot.order = order;
      order.slot = slot;
      slot.timer = setTimeout(() => onGone(slot, 'worker-timeout'), options.timeoutMs);
      // A child that is just dying cannot be written to; its `exit` brings the order back.
      slot.child.send(order.message, () => undefined);
    }
  };

  return {
    run(message, signal) {
      if (closed || signal?.aborted) return Promise.resolve(err({ code: 'worker-cancelled' as const }));
      return new Promise((resolve) => {
        let settled = false;
        const order: Order = {
          message,
          triesLeft: TRIES,
          slot: undefined,
          finish: (result) => {
            if (settled) return;
            settled = true;
            signal?.removeEventListener('abort', cancel);
            resolve(result);
          },
        };
        const cancel = () => {
          const at = waiting.indexOf(order);
          if (at >= 0) waiting.splice(at, 1);
          if (order.slot !== undefined) {
            order.slot.order = undefined;
            drop(order.slot);
          }
          order.finish(err({ code: 'worker-cancelled' }));
          next();
        };
        signal?.addEventListener('abort', cancel, { once: true });
        waiting.push(order);
        next();
      });
    },
    warmUp() {
      while (!closed && slots.size < options.workers) startSlot();
    },
    async close() {
      closed = true;
      const open = [...waiting.splice(0), ...[...slots].flatMap((slot) => slot.order ?? [])];
      for (const slot of slots) drop(slot);
      for (const order of open) order.finish(err({ code: 'worker-cancelled' }));
      await Promise.all(ending);
    },
  };
}

/** The child and its own children: one that died by itself may have left them. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}
