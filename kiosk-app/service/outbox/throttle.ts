import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, vietnamTime } from '@motcua/core';

/** When the line to the city may be used how much. */
export interface Bandwidth {
  /** By day; the centre's people use the same line. */
  readonly kilobytesPerSecond: number;
  /** From then to then (`HH:mm`, by the centre's clock) without a limit. */
  readonly nightFrom: string;
  readonly nightTo: string;
}

const PIECE_BYTES = 16_384;

/** Bytes per second that are allowed now; infinite at night and without a limit. */
export function allowedRate(bandwidth: Bandwidth | undefined, clock: Clock): number {
  if (!bandwidth) return Number.POSITIVE_INFINITY;
  const { time } = vietnamTime(clock.now());
  const { nightFrom, nightTo } = bandwidth;
  const night =
    nightFrom <= nightTo ? time >= nightFrom && time < nightTo : time >= nightFrom || time < nightTo;
  return night ? Number.POSITIVE_INFINITY : bandwidth.kilobytesPerSecond * 1_024;
}

/** Lets the bytes through at the rate that is allowed at each piece, evenly: the line's other users feel no bursts. */
export function throttle(
  content: Readable,
  rate: () => number,
  wait: (milliseconds: number) => Promise<unknown> = sleep,
): Readable {
  if (rate() === Number.POSITIVE_INFINITY) return content;
  async function* pieces() {
    for await (const chunk of content) {
      const bytes = chunk as Buffer;
      for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
        const piece = bytes.subarray(from, from + PIECE_BYTES);
        yield piece;
        const perSecond = rate();
        if (perSecond !== Number.POSITIVE_INFINITY) await wait((piece.length / perSecond) * 1_000);
      }
    }
  }
  return Readable.from(pieces(), { objectMode: false, highWaterMark: PIECE_BYTES });
}
