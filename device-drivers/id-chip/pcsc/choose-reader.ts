import type { ReaderState } from './bridge-frames.ts';

/** What makers call the contactless half of a reader that has two. */
const CONTACTLESS = /[Cc]ontactless|CONTACTLESS|\b(PICC|NFC)\b|CL\b/;

/**
 * The reader that is meant: the first whose name has `wanted` in it, an exact name before others. Without `wanted` the
 * contactless one, else the first that is no security module's slot.
 */
export function chooseReader(readers: readonly ReaderState[], wanted: string | null): ReaderState | null {
  if (wanted !== null)
    return (
      readers.find(({ name }) => name === wanted) ??
      readers.find(({ name }) => name.toLowerCase().includes(wanted.toLowerCase())) ??
      null
    );
  return (
    readers.find(({ name }) => CONTACTLESS.test(name)) ??
    readers.find(({ name }) => !/\bSAM\b/.test(name)) ??
    null
  );
}
