/** Keys of the US layout by their usage (HID Usage Tables 1.4, page 07). Readers come from the factory set to it. */

export const ENTER: ReadonlySet<number> = new Set([0x28, 0x58]);

const isSet = (modifiers: number, bits: number) => (modifiers & bits) !== 0;
export const isShift = (modifiers: number) => isSet(modifiers, 0x22);
export const isAlt = (modifiers: number) => isSet(modifiers, 0x44);

/** From usage 04 on, without and with Shift. */
const PLAIN = "abcdefghijklmnopqrstuvwxyz1234567890\n\x1b\b\t -=[]\\#;'`,./";
const SHIFTED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()\n\x1b\b\t _+{}|~:"~<>?';
const FIRST = 0x04;
/** From usage 54 on. */
const KEYPAD = '/*-+\n1234567890.';
const KEYPAD_FIRST = 0x54;

/** What this key types: printable ASCII; undefined for any other key. */
export function characterOf(key: number, shift: boolean): string | undefined {
  const character = key >= KEYPAD_FIRST ? KEYPAD[key - KEYPAD_FIRST] : (shift ? SHIFTED : PLAIN)[key - FIRST];
  return character !== undefined && character >= ' ' ? character : undefined;
}

/** The digits of keypad and top row. */
export const DIGITS: ReadonlyMap<number, string> = new Map(
  [...PLAIN]
    .map((character, at) => [FIRST + at, character] as const)
    .concat([...KEYPAD].map((character, at) => [KEYPAD_FIRST + at, character] as const))
    .filter(([, character]) => character >= '0' && character <= '9'),
);

/** Which key types this character, and whether with Shift; undefined where none does. For simulators. */
export function keyOf(character: string): { readonly key: number; readonly shift: boolean } | undefined {
  if (character < ' ') return character === '\n' ? { key: 0x28, shift: false } : undefined;
  const plain = PLAIN.indexOf(character);
  if (plain >= 0) return { key: FIRST + plain, shift: false };
  const shifted = SHIFTED.indexOf(character);
  return shifted >= 0 ? { key: FIRST + shifted, shift: true } : undefined;
}
