import { err, ok, type Result, unwrap } from '@motcua/core';
import { type CommandApdu, decodeResponse, encodeCommand, type ResponseApdu } from './apdu.ts';
import { concat } from './bytes.ts';
import type { CardChannel, ChannelError } from './card-channel.ts';
import {
  createSecureMessaging,
  type SecureMessaging,
  type SecureMessagingError,
  type SessionKeys,
} from './secure-messaging/secure-messaging.ts';

export type SessionError =
  | ChannelError
  | SecureMessagingError
  /** More commands than any honest card needs. */
  | { readonly code: 'chip-endless' }
  | { readonly code: 'cancelled' };

export interface Traffic {
  readonly commands: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** Commands to the card between two resets: in the clear first, under secure messaging once `secure` was called. */
export interface CardSession {
  send(command: CommandApdu): Promise<Result<ResponseApdu, SessionError>>;
  /** From the next command on; replaces the keys in use (chip authentication). */
  secure(keys: SessionKeys): void;
}

/** Counts what goes over the air of one reading, over all its sessions, and ends it when it is too much. */
export interface TrafficMeter {
  readonly traffic: Traffic;
  /** False when the allowance is used up. */
  count(sent: number): boolean;
  received(bytes: number): void;
}

export function createTrafficMeter(maxCommands: number): TrafficMeter {
  let [commands, bytesSent, bytesReceived] = [0, 0, 0];
  return {
    get traffic() {
      return { commands, bytesSent, bytesReceived };
    },
    count: (sent) => {
      commands += 1;
      bytesSent += sent;
      return commands <= maxCommands;
    },
    received: (bytes) => {
      bytesReceived += bytes;
    },
  };
}

export function createCardSession(
  channel: CardChannel,
  meter: TrafficMeter,
  signal?: AbortSignal,
): CardSession {
  let messaging: SecureMessaging | undefined;
  const exchange = async (bytes: Uint8Array): Promise<Result<Uint8Array, SessionError>> => {
    if (signal?.aborted) return err({ code: 'cancelled' });
    if (!meter.count(bytes.length)) return err({ code: 'chip-endless' });
    const answer = await channel.transmit(bytes);
    if (!answer.ok) return answer;
    meter.received(answer.value.length);
    // A reader can report a tag that left as an empty answer.
    return answer.value.length < 2 ? err({ code: 'card-removed' }) : answer;
  };
  return {
    send: async (command) => {
      let answer = await exchange(messaging ? messaging.protectCommand(command) : encodeCommand(command));
      let collected: Uint8Array = new Uint8Array(0);
      // 61xx: on contacts (T=0) the answer is fetched. Bounded by the meter.
      while (answer.ok && answer.value.at(-2) === 0x61) {
        collected = concat(collected, answer.value.subarray(0, -2));
        if (collected.length > MAX_ANSWER) return err({ code: 'chip-endless' });
        answer = await exchange(Uint8Array.of(0, 0xc0, 0, 0, answer.value.at(-1)!));
      }
      if (!answer.ok) return answer;
      const whole = concat(collected, answer.value);
      return messaging ? messaging.openResponse(whole) : ok(unwrap(decodeResponse(whole)));
    },
    secure: (keys) => {
      messaging = createSecureMessaging(keys);
    },
  };
}

const MAX_ANSWER = 65_536;
