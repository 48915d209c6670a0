import { createCipheriv } from 'node:crypto';
import { ok } from '@motcua/core';
import type { RandomBytes } from '../bytes.ts';
import type { CardChannel } from '../card-channel.ts';

/** Commands and answers of one reading. */
export interface Transcript {
  readonly atr: Uint8Array;
  readonly exchanges: readonly { readonly command: Uint8Array; readonly answer: Uint8Array }[];
}

/** The same bytes for the same seed: AES in counter mode over zeros. */
export function fixedRandom(seed: number): RandomBytes {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16));
  return (length) => cipher.update(Buffer.alloc(length));
}

/** Writes down what a reader and a chip say to each other. */
export function recording(channel: CardChannel): {
  readonly channel: CardChannel;
  transcript(): Transcript;
} {
  const exchanges: { command: Uint8Array; answer: Uint8Array }[] = [];
  return {
    channel: {
      reader: channel.reader,
      get atr() {
        return channel.atr;
      },
      reset: (options) => channel.reset(options),
      transmit: async (command) => {
        const answer = await channel.transmit(command);
        if (answer.ok) exchanges.push({ command, answer: answer.value });
        return answer;
      },
    },
    transcript: () => ({ atr: channel.atr, exchanges }),
  };
}

/**
 * A chip that costs nothing: it answers from the transcript. That works because a reader with the same random bytes
 * says the same; another command is a mistake of the measurement and throws.
 */
export function replaying(
  { atr, exchanges }: Transcript,
  onExchange: (command: Uint8Array, answer: Uint8Array) => void = () => {},
): CardChannel {
  let at = 0;
  return {
    reader: 'replay',
    atr,
    reset: async () => {
      at = 0;
      return ok(undefined);
    },
    transmit: async (command) => {
      const next = exchanges[at];
      at += 1;
      if (!next || Buffer.compare(next.command, command) !== 0)
        throw new Error(`the reader said something else at command ${at}`);
      onExchange(command, next.answer);
      return ok(next.answer);
    },
  };
}
