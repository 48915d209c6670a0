import { err, ok, type Result } from '@motcua/core';
import { type CommandApdu, decodeResponse, encodeCommand, type ResponseApdu } from './apdu.ts';
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
  return {
    send: async (command) => {
      if (signal?.aborted) return err({ code: 'cancelled' });
      const bytes = messaging ? messaging.protectCommand(command) : encodeCommand(command);
      if (!meter.count(bytes.length)) return err({ code: 'chip-endless' });
      const answer = await channel.transmit(bytes);
      if (!answer.ok) return answer;
      meter.received(answer.value.length);
      // A reader can report a tag that left as an empty answer.
      const plain = decodeResponse(answer.value);
      if (!plain.ok) return err({ code: 'card-removed' });
      return messaging ? messaging.openResponse(answer.value) : ok(plain.value);
    },
    secure: (keys) => {
      messaging = createSecureMessaging(keys);
    },
  };
}
