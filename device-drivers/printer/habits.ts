import type { Ability, PrinterProfile } from './profile.ts';
import type { PrinterMessage } from './protocol.ts';

/** What this very printer has been found to do. `unknown`: nothing seen yet that decides. */
export type Habit = 'yes' | 'no' | 'unknown';

export type HabitName = 'status' | 'barrier' | 'confirms' | 'clears';

/** Learns at run time what a printer answers. A profile's plain yes or no is never learned otherwise. */
export interface Habits {
  get(name: HabitName): Habit;
  /** It did: whatever was believed before, unless the profile says that it never does. */
  seen(name: HabitName): void;
  /** It was asked, is alive, and did not. Believed after `misses` times in a row, if it never did before. */
  missed(name: HabitName): void;
  /** It was asked while it had nothing else to do, and said nothing: believed at once, if it never did. */
  denied(name: HabitName): void;
  /** Sorts what the printer says. */
  hear(message: PrinterMessage): void;
  /** It has said something, ever. */
  heard(): boolean;
}

const MISSES: Readonly<Record<HabitName, number>> = { status: 3, barrier: 3, confirms: 3, clears: 2 };
/** Never again so after this many misses, though it once did: its firmware or its interface was changed. */
const MISSES_AFTER_YES = 8;

export function createHabits(profile: PrinterProfile): Habits {
  const told: Readonly<Record<HabitName, Ability>> = {
    status: profile.answersStatus ?? true,
    barrier: 'probe',
    confirms: profile.confirmsPrinting,
    clears: profile.acknowledgesClear,
  };
  const learned: Record<HabitName, Habit> = {
    status: 'unknown',
    barrier: 'unknown',
    confirms: 'unknown',
    clears: 'unknown',
  };
  const misses: Record<HabitName, number> = { status: 0, barrier: 0, confirms: 0, clears: 0 };
  let heard = false;
  const habits: Habits = {
    get: (name) => {
      const known = told[name];
      return known === 'probe' ? learned[name] : known ? 'yes' : 'no';
    },
    seen: (name) => {
      learned[name] = 'yes';
      misses[name] = 0;
    },
    missed: (name) => {
      misses[name] += 1;
      if (misses[name] >= (learned[name] === 'yes' ? MISSES_AFTER_YES : MISSES[name])) learned[name] = 'no';
    },
    denied: (name) => {
      if (learned[name] === 'unknown') learned[name] = 'no';
    },
    hear: (message) => {
      heard = true;
      if (message.type === 'status') habits.seen('status');
      if (message.type === 'paper-status') habits.seen('barrier');
      if (message.type === 'cleared') habits.seen('clears');
      // Also late, and with another id: it knows the command.
      if (message.type === 'printed' && learned.confirms === 'unknown') habits.seen('confirms');
    },
    heard: () => heard,
  };
  return habits;
}
