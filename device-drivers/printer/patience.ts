/** What is waited for. `print` (to the barrier) and `confirm` (from there on): per byte of the job; the others: per answer. */
export type WaitKind = 'status' | 'clear' | 'print' | 'confirm';

/** How long to wait for a printer, learned from how fast it answered before. */
export interface Patience {
  /** In milliseconds. `bytes`: size of the job, for `print` and `confirm`. */
  limit(kind: WaitKind, bytes?: number): number;
  /** It answered after so long. */
  took(kind: WaitKind, milliseconds: number, bytes?: number): void;
  /** It did not answer within the limit: the next wait is twice as long. */
  failed(kind: WaitKind): void;
}

/** Of a printer that has not printed yet: the slowest head and a serial line at 115200, with room to spare. */
const UNSEEN_MS = 2_500;
const UNSEEN_BYTES_PER_MS = 8;

interface Seen {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * As RFC 6298 times its retransmissions: mean plus four times the deviation, twice as long after each failure. Until the
 * printer has answered once, the limit is what the slowest model would need; it is never below `floorMs`.
 */
export function createPatience(ceilings: Readonly<Record<WaitKind, number>>, floorMs: number): Patience {
  const seen: Partial<Record<WaitKind, Seen>> = {};
  const stretch: Record<WaitKind, number> = { status: 1, clear: 1, print: 1, confirm: 1 };
  const sizeOf = (kind: WaitKind, bytes = 1) =>
    kind === 'print' || kind === 'confirm' ? Math.max(bytes, 1) : 1;
  return {
    limit: (kind, bytes) => {
      const known = seen[kind];
      if (!known) return Math.min(ceilings[kind], UNSEEN_MS + sizeOf(kind, bytes) / UNSEEN_BYTES_PER_MS);
      const wanted = (known.mean + 4 * known.deviation) * sizeOf(kind, bytes);
      return Math.min(ceilings[kind], Math.max(floorMs, wanted) * stretch[kind]);
    },
    took: (kind, milliseconds, bytes) => {
      const value = Math.max(milliseconds, 0) / sizeOf(kind, bytes);
      const known = seen[kind];
      seen[kind] = known
        ? {
            mean: (7 * known.mean + value) / 8,
            deviation: (3 * known.deviation + Math.abs(known.mean - value)) / 4,
          }
        : { mean: value, deviation: value / 2 };
      stretch[kind] = 1;
    },
    failed: (kind) => {
      stretch[kind] = Math.min(stretch[kind] * 2, 1_024);
    },
  };
}
