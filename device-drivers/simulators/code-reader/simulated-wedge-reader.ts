import { fileURLToPath } from 'node:url';
import { keyOf } from '../../code-reader/wedge/us-keys.ts';
import { KEYBOARD_REPORT_BYTES } from '../../code-reader/wedge/usb-keyboards.ts';
import type { SimulatedReader } from './simulated-reader.ts';
import { startSimulatedTcpReader } from './simulated-tcp-reader.ts';

/**
 * What a reader in keyboard mode does with letters that its layout lacks. `leaves-out`: nothing, as most do from the
 * factory; the others hold Alt and type a number on the keypad: of the letter, or of each of its UTF-8 bytes.
 */
export type KeyboardLetters = 'leaves-out' | 'alt-unicode' | 'alt-bytes';

/** A reader that is a keyboard, on a bus of its own: all but the package `usb` is the real driver. */
export async function startSimulatedWedgeReader(letters: KeyboardLetters): Promise<SimulatedReader> {
  const wire = await startSimulatedTcpReader(0, new Uint8Array(KEYBOARD_REPORT_BYTES));
  const type = async (text: string) => {
    for (const report of keystrokes(text, letters)) await wire.send(report);
  };
  return {
    ...wire,
    uri: `wedge:1209:0002:${new URL(wire.uri).port}`,
    dependencies: { hidProgram: fileURLToPath(new URL('./simulated-hid-child.ts', import.meta.url)) },
    send: (code) => type(Buffer.from(code).toString('utf8')),
    sendInTwo: async (code) => type(Buffer.from(code).toString('utf8')),
  };
}

const ALT = 0x04;
const SHIFT = 0x02;
const KEYPAD_1 = 0x59;
const KEYPAD_0 = 0x62;
const RELEASED = new Uint8Array(KEYBOARD_REPORT_BYTES);

const reportOf = (modifiers: number, key: number) => Uint8Array.of(modifiers, 0, key, 0, 0, 0, 0, 0);

/** Boot keyboard reports, each key pressed and released; `\n` is Enter. */
export function keystrokes(text: string, letters: KeyboardLetters): readonly Uint8Array[] {
  return [...text].flatMap((character) => {
    const found = keyOf(character);
    return found
      ? [reportOf(found.shift ? SHIFT : 0, found.key), RELEASED]
      : beyondLayout(character, letters);
  });
}

function beyondLayout(character: string, letters: KeyboardLetters): readonly Uint8Array[] {
  switch (letters) {
    case 'leaves-out':
      return [];
    case 'alt-unicode':
      return onKeypad(character.codePointAt(0) ?? 0);
    case 'alt-bytes':
      return [...Buffer.from(character)].flatMap(onKeypad);
  }
}

function onKeypad(number: number): readonly Uint8Array[] {
  const digits = [...`0${number}`].map(Number);
  return [
    reportOf(ALT, 0),
    ...digits.flatMap((digit) => [
      reportOf(ALT, digit === 0 ? KEYPAD_0 : KEYPAD_1 + digit - 1),
      reportOf(ALT, 0),
    ]),
    RELEASED,
  ];
}
