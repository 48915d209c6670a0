import type { ReaderState } from './bridge-frames.ts';

/** What makers call the contactless half of a reader that has two. */
const CONTACTLESS = /[Cc]ontactless|CONTACTLESS|\b(PICC|NFC)\b|CL\b/;

/**
 * The reader that is meant: the first whose name has `wanted` in it, an exact name before others. Without `wanted` the
 * contactless one, else one that is no security module's slot. Among several alike the one that a card lies on.
 */
export function chooseReader(readers: readonly ReaderState[], wanted: string | null): ReaderState | null {
  const best = (fits: (name: string) => boolean) => {
    const alike = readers.filter(({ name }) => fits(name));
    return alike.find(({ card }) => card !== 'none') ?? alike[0];
  };
  if (wanted !== null)
    return (
      best((name) => name === wanted) ??
      best((name) => name.toLowerCase().includes(wanted.toLowerCase())) ??
      null
    );
  return best((name) => CONTACTLESS.test(name)) ?? best((name) => !/\bSAM\b/.test(name)) ?? null;
}
