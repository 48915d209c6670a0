import { monotonicFactory } from 'ulid';
import type { Clock } from './clock.ts';

/** Source of identifiers: ULIDs, sortable by time, 26 characters of Crockford base 32. */
export interface Ids {
  next(): string;
}

export function systemIds(clock: Clock): Ids {
  const ulid = monotonicFactory();
  return { next: () => ulid(clock.now().getTime()) };
}

/** Predictable identifiers for tests: `…0001`, `…0002`. */
export function sequentialIds(): Ids {
  let last = 0;
  return { next: () => String(++last).padStart(26, '0') };
}

export const ulidPattern = /^[0-9A-HJKMNP-TV-Z]{26}$/;
