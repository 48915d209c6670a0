/**
 * Bytes asked for at once. The first two need extended length, the second for chips that refuse more than their buffer
 * holds; 223 fills a protected short answer, smaller ones suit cards that stop earlier.
 */
const LENGTHS = [8_192, 2_048, 256, 223, 192, 160, 128] as const;

/** Of short commands: for what is read before it is known whether reader and card carry extended length. */
export const FIRST_SHORT = 2;

/** What length worked, by reader and kind of card: kept by the service from card to card. */
export interface ReadLengthMemory {
  get(key: string): number | undefined;
  set(key: string, rung: number): void;
}

export function createReadLengthMemory(): ReadLengthMemory {
  return new Map<string, number>();
}

/** Where one reading stands on the ladder of lengths. It only goes down. */
export interface ReadLength {
  readonly bytes: number;
  /** The card or the reader did not take the last one. False at the bottom. */
  stepDown(): boolean;
  /** The card was lost. At the same place twice is rather the length's fault than the hand's; nobody can be sure. */
  lost(place: string): void;
  /** An answer came: what was stepped down to is worth remembering, unless losses had a part in it. */
  worked(): void;
}

export function createReadLength(memory: ReadLengthMemory, key: string, start = 0): ReadLength {
  let rung = Math.min(Math.max(memory.get(key) ?? start, start), LENGTHS.length - 1);
  let lastLoss = '';
  let isFound = false;
  let isGuess = false;
  const next = () => {
    if (rung === LENGTHS.length - 1) return false;
    rung += 1;
    return true;
  };
  return {
    get bytes() {
      return LENGTHS[rung]!;
    },
    stepDown: () => {
      isFound = true;
      return next();
    },
    lost: (place) => {
      if (place === lastLoss) isGuess = next();
      lastLoss = place;
    },
    worked: () => {
      if (isFound && !isGuess) memory.set(key, rung);
      isFound = false;
    },
  };
}
