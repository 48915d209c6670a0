import type { CardChannel } from '../card-channel.ts';

/**
 * `no-driver`: the bridge to PC/SC is not built. `no-service`: pcscd does not run. `denied`: pcscd refuses this user.
 * `absent`: no reader is plugged in.
 */
export type ChipReaderCondition = 'ready' | 'absent' | 'no-service' | 'denied' | 'no-driver';

/** `mute`: something lies there that does not answer: laid askew, two cards at once, no chip. */
export type CardPresence = 'none' | 'present' | 'mute';

/** One reader of chips. It may be unplugged and come back, and so may the service behind it; the object stays. */
export interface ChipReader {
  readonly uri: string;
  condition(): ChipReaderCondition;
  onCondition(listener: (condition: ChipReaderCondition) => void): () => void;
  /** Names of all readers there are. */
  readers(): readonly string[];
  presence(): CardPresence;
  /** Told at each change, and again `present` when one card was taken away and another laid too quickly to see. */
  onPresence(listener: (presence: CardPresence) => void): () => void;
  /** The way to the card. One user at a time: who reads holds it until `release`. */
  readonly channel: CardChannel;
  /** Powers the card down: nothing that was opened stays open. */
  release(): Promise<void>;
  /** Until the readers are known for the first time, or it is clear that there are none; at most `limitMs`. */
  settled(limitMs: number): Promise<void>;
  close(): Promise<void>;
}
