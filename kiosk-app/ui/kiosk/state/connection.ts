import type { CommandAnswer, CommandRequest, KioskView, Problem, VisitCommand } from '@motcua/contract';
import { postUntilAnswered, problemOfStatus } from './post-command.ts';

/** `lost`: the service does not answer; `locked`: it does not know this window (401). */
export type Link = 'connecting' | 'connected' | 'lost' | 'locked';

export interface KioskState {
  readonly link: Link;
  readonly kiosk: KioskView | null;
  /** Service clock minus this browser's clock, in milliseconds, measured at the last answer. */
  readonly clockOffsetMs: number;
  /** The command that waits for its answer. */
  readonly sending: VisitCommand['type'] | null;
  /** Why the latest command was not done. */
  readonly problem: Problem | null;
}

/** The part of `EventSource` that is used. */
export interface EventStream {
  onopen: (() => void) | null;
  onmessage: (() => void) | null;
  onerror: (() => void) | null;
  readonly readyState: number;
  addEventListener(type: 'changed', listener: () => void): void;
  close(): void;
}

export interface Timers {
  after(milliseconds: number, then: () => void): () => void;
}

export interface ConnectionParts {
  readonly fetch: typeof fetch;
  readonly openEvents: () => EventStream;
  readonly requestId: () => string;
  readonly now: () => number;
  readonly timers: Timers;
}

export interface Connection {
  getState(): KioskState;
  subscribe(listener: () => void): () => void;
  /**
   * Sends one command of the person. While another one waits for its answer, a tap on the same screen is dropped (a
   * double tap), and the latest tap on the screen that came meanwhile is sent after it.
   */
  send(command: VisitCommand): void;
  /** Moves the idle deadline, best effort, never in the way of a command. */
  stay(): void;
  dismissProblem(): void;
  start(): void;
  stop(): void;
}

/** Pauses between tries, in milliseconds; the last one repeats. */
const PAUSES = [300, 700, 1500, 3000, 5000];
/** A look without being told, should an event ever be lost. */
const HEARTBEAT_MS = 15_000;
const ANSWER_WITHIN_MS = 10_000;
const CLOSED = 2;

/** The screen's only state: the latest view of the service. Every change of it arrives here. */
export function createConnection(parts: ConnectionParts): Connection {
  const listeners = new Set<() => void>();
  let state: KioskState = { link: 'connecting', kiosk: null, clockOffsetMs: 0, sending: null, problem: null };
  let stopped = true;
  let stream: EventStream | null = null;
  let fetching = false;
  let fetchAgain = false;
  let failures = 0;
  let streamFailures = 0;
  /** Counts the views taken over, so that a slow answer does not replace a newer view. */
  let views = 0;
  let staying: Promise<void> | null = null;
  /** The screen that the running command was meant for, and the tap made since then on another one. */
  let aimedAt: string | null = null;
  let waiting: { readonly command: VisitCommand; readonly screen: string | null } | null = null;
  let cancelTimer: () => void = () => {};

  const set = (change: Partial<KioskState>) => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };

  const take = (kiosk: KioskView, more: Partial<KioskState> = {}) => {
    const current = state.kiosk?.visit;
    const older = current && kiosk.visit?.id === current.id && kiosk.visit.version < current.version;
    failures = 0;
    views += 1;
    const fresh = older
      ? {}
      : { kiosk, clockOffsetMs: Date.parse(kiosk.now) - parts.now(), ...forgetProblem(kiosk) };
    set({ link: 'connected', ...fresh, ...more });
  };

  /** A problem belongs to the step on which it arose. */
  const forgetProblem = (kiosk: KioskView): Partial<KioskState> => {
    const before = state.kiosk?.visit;
    const same = before?.id === kiosk.visit?.id && before?.step === kiosk.visit?.step;
    return same ? {} : { problem: null };
  };

  const later = (milliseconds: number) => {
    cancelTimer();
    if (!stopped) cancelTimer = parts.timers.after(milliseconds, () => void refresh());
  };

  const refresh = async (): Promise<void> => {
    if (stopped) return;
    if (fetching) {
      fetchAgain = true;
      return;
    }
    fetching = true;
    fetchAgain = false;
    const viewsBefore = views;
    try {
      const answer = await parts.fetch('/api/kiosk', {
        cache: 'no-store',
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      if (answer.status === 401) set({ link: 'locked', kiosk: null, problem: null });
      else if (!answer.ok) throw new Error(`status ${answer.status}`);
      else {
        const kiosk = (await answer.json()) as KioskView;
        // A command was answered meanwhile: which of the two is newer is unknown, so look again.
        if (views === viewsBefore) take(kiosk);
        else fetchAgain = true;
      }
      later(HEARTBEAT_MS);
      if (!stream || stream.readyState === CLOSED) openStream();
    } catch {
      if (state.link !== 'connecting' || failures > 0) set({ link: 'lost' });
      later(PAUSES[Math.min(failures++, PAUSES.length - 1)]!);
    } finally {
      fetching = false;
    }
    if (fetchAgain) await refresh();
  };

  const openStream = () => {
    stream?.close();
    if (state.link === 'locked' || stopped) return;
    const opened = parts.openEvents();
    stream = opened;
    opened.onopen = () => {
      streamFailures = 0;
      // Something may have changed before the stream was open.
      void refresh();
    };
    opened.onmessage = () => void refresh();
    opened.addEventListener('changed', () => void refresh());
    opened.onerror = () => {
      if (opened.readyState === CLOSED) later(PAUSES[Math.min(streamFailures++, PAUSES.length - 1)]!);
      else void refresh();
    };
  };

  const request = (command: VisitCommand): CommandRequest => ({
    requestId: parts.requestId(),
    visitId: state.kiosk?.visit?.id ?? null,
    version: state.kiosk?.visit?.version ?? null,
    command,
  });

  const screen = () => {
    const visit = state.kiosk?.visit;
    return visit ? `${visit.id} ${visit.step}` : null;
  };

  const run = async (command: VisitCommand): Promise<void> => {
    aimedAt = screen();
    await carryOut(command);
    const tap = waiting;
    waiting = null;
    if (tap && tap.screen === screen() && !state.sending && !stopped) await run(tap.command);
  };

  const carryOut = async (command: VisitCommand) => {
    set({ sending: command.type, problem: null });
    await staying;
    // The screen on which the finger came down has gone meanwhile.
    if (screen() !== aimedAt) return set({ sending: null });
    const viewsBefore = views;
    const answer = await postUntilAnswered(request(command), {
      fetch: parts.fetch,
      timers: parts.timers,
      answerWithinMs: ANSWER_WITHIN_MS,
      pauses: PAUSES,
      onUnreachable: () => set({ link: 'lost' }),
      isStopped: () => stopped,
    });
    if (answer.type === 'stopped') return;
    if (answer.type === 'locked') return set({ link: 'locked', kiosk: null, sending: null });
    if (answer.type === 'refused') {
      set({ link: 'connected', sending: null, problem: problemOfStatus(answer.status) });
      return refresh();
    }
    const { kiosk, problem } = answer.answer;
    if (views === viewsBefore) {
      take(kiosk);
      set({ sending: null, problem });
    } else {
      await refresh();
      set({ sending: null, problem });
    }
  };

  const stayOnce = async (body: CommandRequest): Promise<void> => {
    try {
      const answer = await parts.fetch('/api/visit/commands', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      if (answer.ok) take(((await answer.json()) as CommandAnswer).kiosk);
    } catch {
      await refresh();
    }
  };

  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send: (command) => {
      if (stopped) return;
      if (!state.sending) void run(command);
      else if (screen() !== aimedAt) waiting = { command, screen: screen() };
    },
    stay: () => {
      if (state.sending || staying || stopped || !state.kiosk?.visit) return;
      staying = stayOnce(request({ type: 'stay' })).finally(() => {
        staying = null;
      });
    },
    dismissProblem: () => set({ problem: null }),
    start: () => {
      if (!stopped) return;
      stopped = false;
      void refresh();
    },
    stop: () => {
      stopped = true;
      cancelTimer();
      stream?.close();
      stream = null;
    },
  };
}
