import { type Clock, type Logger, silentLogger, systemClock } from '@motcua/core';
import { chooseShell, type ShellChoice } from './choose-shell.ts';
import { startChromium } from './chromium/launcher.ts';
import { startElectron } from './electron/launcher.ts';
import type { ServiceAddress } from './launch-url.ts';
import { supervise } from './supervisor.ts';

export interface ShellOptions extends ServiceAddress {
  readonly choice?: ShellChoice;
  /** `appliance`: a closed window comes back and developer tools are off. */
  readonly profile: 'appliance' | 'demo';
  readonly env?: NodeJS.ProcessEnv;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

export interface Shell {
  /** `address`: no window could be opened; the caller prints where to look (`requestLaunchUrl`). */
  readonly kind: ShellChoice['kind'];
  readonly reason: string;
  close(): Promise<void>;
  /** Resolves when the window is closed for good; with `address`, when `close` was called. */
  readonly done: Promise<void>;
}

/** Opens the screen of a running service and keeps it open. Signals are the caller's: it calls `close`. */
export function startShell(options: ShellOptions): Shell {
  const choice = options.choice ?? chooseShell();
  const { kind, reason } = choice;
  if (kind === 'address') {
    const { promise, resolve } = Promise.withResolvers<void>();
    return { kind, reason, done: promise, close: async () => resolve() };
  }
  const run = {
    origin: options.origin,
    tokenFile: options.tokenFile,
    program: choice.program,
    env: options.env ?? process.env,
  };
  const supervisor = supervise({
    start: () =>
      kind === 'chromium' ? startChromium(run) : startElectron({ ...run, profile: options.profile }),
    keepOpen: options.profile === 'appliance',
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
  });
  return { kind, reason, done: supervisor.done, close: supervisor.close };
}
