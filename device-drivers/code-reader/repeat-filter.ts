import { createHash } from 'node:crypto';
import type { Clock } from '@motcua/core';

/**
 * Readers in presentation mode read a card again and again while it lies there. True for the first reading of a
 * showing; each repetition lengthens it. Keeps a hash, not the person's data.
 */
export function createRepeatFilter(windowMs: number, clock: Clock): (code: Uint8Array) => boolean {
  let lastHash = '';
  let lastSeen = Number.NEGATIVE_INFINITY;
  return (code) => {
    const hash = createHash('sha256').update(code).digest('base64');
    const now = clock.now().getTime();
    const elapsed = now - lastSeen;
    // A clock that was set back must not silence the reader.
    const repeated = hash === lastHash && elapsed >= 0 && elapsed < windowMs;
    lastHash = hash;
    lastSeen = now;
    return !repeated;
  };
}
