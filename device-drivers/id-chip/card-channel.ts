import type { Result } from '@motcua/core';

/** Why no answer came. None of these says anything about the card's content. */
export type ChannelError =
  /** The card left the field, or the reader has none: put it back. */
  | { readonly code: 'card-removed' }
  /** A card is there but did not answer in time, or answered with less than a status word. */
  | { readonly code: 'card-mute' }
  /** The reader was unplugged. */
  | { readonly code: 'reader-lost' }
  /** The PC/SC service is not running, or went away. */
  | { readonly code: 'service-lost' }
  /** The reader does not carry a command or an answer of this length; the card has not seen it. */
  | { readonly code: 'length-refused' }
  /** Another program holds the card. */
  | { readonly code: 'card-busy' };

/**
 * The way to one card: the PC/SC reader, or a chip in this process. One command at a time.
 * Keeps no state of the card; a lost card is an error of `transmit`, and comes back through `reset`.
 */
export interface CardChannel {
  /** The reader's name. With the ATR the key under which the read length is remembered. */
  readonly reader: string;
  /** Answer to reset of the card that `reset` found last; empty before. */
  readonly atr: Uint8Array;
  /** Sends one command APDU (ISO 7816-4, at most 65,544 bytes); the answer is data and the two bytes of status. */
  transmit(command: Uint8Array): Promise<Result<Uint8Array, ChannelError>>;
  /**
   * Cold reset: the card forgets every authentication and selection. When no card is there, waits for one up to
   * `waitMs` milliseconds, or until `signal` aborts (then `card-removed`).
   */
  reset(options: {
    readonly waitMs: number;
    readonly signal?: AbortSignal;
  }): Promise<Result<void, ChannelError>>;
}
