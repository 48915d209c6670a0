import { type Logger, silentLogger } from '@motcua/core';
import { systemTimers, type Timers } from '../timers.ts';
import { claimDevice, type ReleaseDevice } from './claim-device.ts';
import type { DeviceReading, DeviceStatus } from './device-status.ts';

/** What every driver has. Its other methods either answer with a promise or, named `on…`, take a listener. */
interface Driver {
  readonly uri: string;
  close(): Promise<void>;
}

export interface SupervisedDriver<D extends Driver> {
  /** Stands for the driver of the moment: a restart is not seen, listeners are kept. */
  readonly driver: D;
  status(): DeviceStatus;
  onStatus(listener: (status: DeviceStatus) => void): () => void;
  /** Asks the driver how its device is. */
  check(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

export interface SuperviseOptions<D extends Driver> {
  readonly role: string;
  /** Opens the driver; called again after a restart. Throws only on an address that is none. */
  readonly open: () => D;
  readonly look: (driver: D) => Promise<DeviceReading>;
  /** Passes on what the driver tells by itself. */
  readonly listen?: (driver: D, tell: (reading: DeviceReading) => void) => () => void;
  /** Methods that keep the device busy while their promise is open. */
  readonly work: readonly (keyof D & string)[];
  /** How often the driver is asked by itself. `at-start`: it watches its device and tells; a question would disturb. */
  readonly ask: 'always' | 'until-ready' | 'at-start';
  readonly timers?: Timers;
  readonly logger?: Logger;
}

const CHECK_MS = 15_000;
/** Longer than any driver's own waits: who is silent for so long hangs. */
const ANSWER_MS = 60_000;
const CLOSE_MS = 5_000;
const FIRST_RESTART_MS = 1_000;
const LONGEST_RESTART_MS = 60_000;

/**
 * One device of the kiosk: its state, its watchdog, its claim. A driver that does not answer in time is closed and
 * opened anew, later and later while that goes on. The device is claimed for this process as soon as it is free.
 */
export function superviseDriver<D extends Driver>(options: SuperviseOptions<D>): SupervisedDriver<D> {
  const timers = options.timers ?? systemTimers;
  const logger = (options.logger ?? silentLogger).child({ device: options.role });
  const listeners = new Set<(status: DeviceStatus) => void>();
  const subscriptions = new Set<Subscription>();
  let current = options.open();
  let base: DeviceStatus = { state: 'starting', cause: null };
  let told = base;
  let working = 0;
  let checking = false;
  let stopped = false;
  let claimed: ReleaseDevice | null = null;
  let inUse = false;
  let restartMs = FIRST_RESTART_MS;
  let stopListening = () => {};
  let cancelNext = () => {};

  const status = (): DeviceStatus => {
    if (inUse) return { state: 'failed', cause: 'device-in-use' };
    const works = base.state === 'ready' || base.state === 'attention';
    return working > 0 && works ? { state: 'busy', cause: base.cause } : base;
  };
  const tell = () => {
    const now = status();
    if (stopped || (now.state === told.state && now.cause === told.cause)) return;
    told = now;
    for (const listener of listeners) listener(now);
  };
  const set = (reading: DeviceReading) => {
    base = reading;
    tell();
  };
  const listen = () => {
    stopListening = options.listen?.(current, set) ?? stopListening;
  };

  let claiming: Promise<void> | undefined;
  /** One attempt at a time: a second would find the device in use by the first. */
  const claim = () => {
    claiming ??= claimOnce().finally(() => {
      claiming = undefined;
    });
    return claiming;
  };
  const claimOnce = async () => {
    if (claimed) return;
    const result = await claimDevice(current.uri);
    if (result.ok && stopped) return result.value();
    if (result.ok) claimed = result.value;
    inUse = !result.ok;
    tell();
  };

  const restart = async () => {
    logger.error({ code: 'device-hung' }, 'the driver does not answer; it is opened anew');
    set({ state: 'failed', cause: 'device-hung' });
    stopListening();
    for (const one of subscriptions) one.detach();
    await inTime(current.close(), CLOSE_MS);
    await pause(restartMs);
    restartMs = Math.min(restartMs * 2, LONGEST_RESTART_MS);
    if (stopped) return;
    current = options.open();
    for (const one of subscriptions) one.attach(current);
    listen();
  };
  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => void timers.after(milliseconds, resolve));
  /** null when it takes longer, or fails. */
  const inTime = <T>(promise: Promise<T>, milliseconds: number): Promise<T | null> =>
    new Promise((resolve) => {
      const cancel = timers.after(milliseconds, () => resolve(null));
      const done = (value: T | null) => {
        cancel();
        resolve(value);
      };
      promise.then(done, () => done(null));
    });

  const check = async () => {
    if (checking || stopped || working > 0) return;
    checking = true;
    try {
      await claim();
      const reading = await inTime(options.look(current), ANSWER_MS);
      if (stopped) return;
      if (!reading) return await restart();
      restartMs = FIRST_RESTART_MS;
      set(reading);
    } finally {
      checking = false;
    }
  };
  const next = () => {
    cancelNext = timers.after(CHECK_MS, () => {
      const due = {
        always: true,
        'until-ready': base.state !== 'ready',
        'at-start': base.state === 'starting' || base.cause === 'device-hung',
      }[options.ask];
      void (due ? check() : claim()).finally(() => {
        if (!stopped) next();
      });
    });
  };

  const stop = async () => {
    if (stopped) return;
    stopped = true;
    cancelNext();
    stopListening();
    listeners.clear();
    await inTime(current.close(), CLOSE_MS);
    await claimed?.();
  };

  const driver = new Proxy(current, {
    get: (_, name) => {
      const value = Reflect.get(current, name) as unknown;
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      if (name === 'close') return stop;
      if (/^on[A-Z]/.test(name)) return (listener: unknown) => subscribe(name, listener);
      const call = (...args: unknown[]) => Reflect.apply(value, current, args) as unknown;
      if (!options.work.includes(name as keyof D & string)) return call;
      return async (...args: unknown[]) => {
        working += 1;
        tell();
        try {
          return await call(...args);
        } finally {
          working -= 1;
          tell();
        }
      };
    },
  });
  const subscribe = (name: string, listener: unknown) => {
    let detach = () => {};
    const attach = (to: Driver) => {
      detach = (Reflect.get(to, name) as (listener: unknown) => () => void).call(to, listener);
    };
    const subscription = { attach, detach: () => detach() };
    attach(current);
    subscriptions.add(subscription);
    return () => {
      subscriptions.delete(subscription);
      detach();
    };
  };

  return {
    driver,
    status,
    onStatus: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    check,
    start: () => {
      listen();
      void check();
      next();
    },
    stop,
  };
}

interface Subscription {
  readonly attach: (to: Driver) => void;
  readonly detach: () => void;
}
