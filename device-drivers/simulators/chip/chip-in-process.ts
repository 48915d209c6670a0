import { err, ok } from '@motcua/core';
import type { CardChannel } from '../../id-chip/card-channel.ts';
import { systemTimers, type Timers } from '../../timers.ts';
import type { SimulatedChip } from './simulated-chip.ts';

/** A reader in this process, without PC/SC: for tests that read hundreds of cards, and for measuring. */
export interface InProcessReader {
  readonly channel: CardChannel;
  lay(chip: SimulatedChip): void;
  takeAway(): void;
  isThere(): boolean;
  /** Command and answer bytes that went over it. */
  traffic(): { readonly commands: number; readonly bytes: number };
  /** The listener is told when a card has left by a fault of its own; replaces an earlier listener. */
  onLeft(listener: () => void): void;
}

export function createInProcessReader(timers: Timers = systemTimers): InProcessReader {
  let chip: SimulatedChip | null = null;
  let powered: SimulatedChip | null = null;
  let commands = 0;
  let bytes = 0;
  const waiting = new Set<() => void>();
  let onLeft = () => {};
  const takeAway = () => {
    if (!chip) return;
    chip.powerOn();
    chip = powered = null;
  };
  const channel: CardChannel = {
    reader: 'in-process reader',
    get atr() {
      return powered?.atr ?? new Uint8Array(0);
    },
    transmit: async (command) => {
      if (!powered) return err({ code: 'card-removed' });
      const answer = powered.answer(command);
      commands += 1;
      bytes += command.length;
      if (answer === 'gone') {
        takeAway();
        onLeft();
        return err({ code: 'card-removed' });
      }
      bytes += answer.length;
      return answer.length < 2 ? err({ code: 'card-mute' }) : ok(answer);
    },
    reset: async ({ waitMs, signal }) => {
      if (!chip && waitMs > 0 && !signal?.aborted)
        await new Promise<void>((resolve) => {
          const done = () => {
            cancel();
            waiting.delete(done);
            signal?.removeEventListener('abort', done);
            resolve();
          };
          const cancel = timers.after(waitMs, done);
          waiting.add(done);
          signal?.addEventListener('abort', done, { once: true });
        });
      if (!chip) return err({ code: 'card-removed' });
      powered = chip;
      powered.powerOn();
      return ok(undefined);
    },
  };
  return {
    channel,
    lay: (laid) => {
      takeAway();
      chip = laid;
      for (const done of [...waiting]) done();
    },
    takeAway,
    isThere: () => chip !== null,
    traffic: () => ({ commands, bytes }),
    onLeft: (listener) => {
      onLeft = listener;
    },
  };
}
