import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Logger, Result } from '@motcua/core';

/** One run of a screen, from its start to its end. */
export interface Run {
  /** Resolves when it ended, by itself or by `stop`. Never rejects. */
  readonly ended: Promise<RunEnd>;
  stop(): Promise<void>;
}

export interface RunEnd {
  /** `closed`: a person closed the window, or it was stopped; `died`: everything else. */
  readonly reason: 'closed' | 'died';
}

export interface SupervisorOptions {
  start(): Promise<Result<Run, { readonly code: string }>>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** True on an appliance: also a closed window comes back. False: closing the window ends the shell. */
  readonly keepOpen: boolean;
  /** Injected in tests. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface Supervisor {
  /** Ends the screen and waits until it is gone. */
  close(): Promise<void>;
  /** Resolves when the shell has ended. */
  readonly done: Promise<void>;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** A screen that lasted this long was sound: the next death starts again with the short delay. */
const SOUND_AFTER_MS = 60_000;

/** Starts the screen, and starts it again whenever it dies, ever more slowly while it keeps dying. */
export function supervise(options: SupervisorOptions): Supervisor {
  const { clock, logger } = options;
  const wait = options.wait ?? waitUnlessAborted;
  const ending = new AbortController();
  let current: Run | undefined;

  const loop = async () => {
    let failures = 0;
    while (!ending.signal.aborted) {
      const startedAt = clock.now().getTime();
      const started = await options.start();
      if (started.ok) {
        current = started.value;
        // Closed while it was starting.
        if (ending.signal.aborted) await current.stop();
        const { reason } = await current.ended;
        current = undefined;
        if (ending.signal.aborted || (reason === 'closed' && !options.keepOpen)) return;
        const lasted = clock.now().getTime() - startedAt;
        failures = lasted >= SOUND_AFTER_MS ? 1 : failures + 1;
        logger.warn({ reason, lastedMs: lasted }, 'the screen ended');
      } else {
        failures += 1;
        logger.warn({ code: started.error.code }, 'the screen could not be started');
      }
      const pause = Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS);
      logger.info({ pauseMs: pause }, 'the screen starts again');
      await wait(pause, ending.signal);
    }
  };

  const done = loop();
  return {
    done,
    close: async () => {
      ending.abort();
      await current?.stop();
      await done;
    },
  };
}

async function waitUnlessAborted(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}
