import type { ChannelError } from '../card-channel.ts';

/** Return codes of PC/SC (pcsclite.h) that mean something to us. */
export const SCARD_SUCCESS = 0;
export const SCARD_SECURITY_VIOLATION = 0x8010006a;

const CODES: ReadonlyMap<number, ChannelError['code']> = new Map([
  [0x8010000b, 'card-busy'], // SHARING_VIOLATION
  [0x80100009, 'reader-lost'], // UNKNOWN_READER
  [0x80100017, 'reader-lost'], // READER_UNAVAILABLE
  [0x8010002e, 'reader-lost'], // NO_READERS_AVAILABLE
  [0x80100001, 'service-lost'], // F_INTERNAL_ERROR
  [0x80100003, 'service-lost'], // INVALID_HANDLE: the service was started anew
  [0x80100013, 'service-lost'], // F_COMM_ERROR
  [0x8010001d, 'service-lost'], // NO_SERVICE
  [0x8010001e, 'service-lost'], // SERVICE_STOPPED
  [SCARD_SECURITY_VIOLATION, 'service-lost'],
  [0x8010000a, 'card-mute'], // TIMEOUT
  [0x8010000f, 'card-mute'], // PROTO_MISMATCH
  [0x80100066, 'card-mute'], // UNRESPONSIVE_CARD
]);

/**
 * What a failed call means. Everything else is a card that is gone: REMOVED_CARD, NO_SMARTCARD, RESET_CARD,
 * UNPOWERED_CARD, NOT_TRANSACTED, COMM_DATA_LOST: each driver has its own word for a card pulled away in the middle.
 */
export function channelErrorOf(code: number): ChannelError {
  return { code: CODES.get(code) ?? 'card-removed' };
}
