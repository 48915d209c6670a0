import type { Timers } from '../../timers.ts';
import type { ReportReader } from '../hid-pos/hid-line.ts';
import { characterOf, DIGITS, ENTER, isAlt, isShift } from './us-keys.ts';
import { KEYBOARD_REPORT_BYTES } from './usb-keyboards.ts';

const MAX_CHARACTERS = 4_096;
/** A keyboard that reports more keys than it can (`ErrorRollOver`) says nothing of any. */
const ROLL_OVER = 0x01;
const KEYS_AT = 2;
/**
 * Keystrokes come every 1 to 16 ms, but a busy machine hands them on late, and a code that was cut in two is lost. Nearly
 * every reader ends with Enter, so that nobody waits for this.
 */
const LEAST_GAP_MS = 500;

/**
 * Turns boot keyboard reports (HID 1.11, appendix B: modifiers, reserved, six keys) into codes, by the US layout. Letters
 * beyond it arrive only from a reader that types `Alt` and their number on the keypad: up to 255 a byte of its code page
 * or of UTF-8, above it Unicode. What the reader left out cannot be known here; the card's parser refuses damaged names.
 */
export function createTypist(options: {
  readonly idleGapMs: number;
  readonly timers: Timers;
  readonly onCode: (code: Uint8Array) => void;
  readonly onDropped: (bytes: number) => void;
}): ReportReader {
  let down: readonly number[] = [];
  let typed: number[] = [];
  let dropped = 0;
  /** Digits since `Alt` was pressed; null while it is not. */
  let alt: string | null = null;
  let cancelGap = () => {};

  const type = (codePoint: number) => {
    if (dropped > 0 || typed.length >= MAX_CHARACTERS) {
      dropped += typed.length + 1;
      typed = [];
    } else typed.push(codePoint);
  };
  const end = () => {
    cancelGap();
    alt = null;
    if (dropped > 0) options.onDropped(dropped);
    else if (typed.length > 0) options.onCode(bytesOf(typed));
    typed = [];
    dropped = 0;
  };
  /** Silence in the middle of a letter: the rest of it was lost, and with it the code. */
  const onGap = () => {
    if (alt !== null) dropped += typed.length;
    end();
  };
  const press = (key: number, modifiers: number) => {
    if (ENTER.has(key)) return end();
    const digit = DIGITS.get(key);
    if (alt !== null && digit !== undefined) {
      alt = (alt + digit).slice(0, 8);
      return;
    }
    const character = characterOf(key, isShift(modifiers));
    if (character !== undefined) type(character.charCodeAt(0));
  };
  const releaseAlt = () => {
    const codePoint = Number(alt || '0');
    alt = null;
    if (codePoint > 0 && codePoint <= 0x10ffff) type(codePoint);
  };

  return {
    push: (report) => {
      if (report.length !== KEYBOARD_REPORT_BYTES || report[KEYS_AT] === ROLL_OVER) return;
      const modifiers = report[0] ?? 0;
      const keys = [...report.subarray(KEYS_AT)].filter((key) => key !== 0);
      if (isAlt(modifiers)) alt ??= '';
      else if (alt !== null) releaseAlt();
      for (const key of keys) if (!down.includes(key)) press(key, modifiers);
      down = keys;
      cancelGap();
      if (typed.length > 0 || dropped > 0)
        cancelGap = options.timers.after(Math.max(options.idleGapMs, LEAST_GAP_MS), onGap);
    },
    reset: () => {
      cancelGap();
      down = [];
      typed = [];
      dropped = 0;
      alt = null;
    },
  };
}

/** Bytes as they were typed, which `decodeCode` sorts out; UTF-8 once a number above 255 says that they are Unicode. */
function bytesOf(codePoints: readonly number[]): Uint8Array {
  const isUnicode = codePoints.some((codePoint) => codePoint > 0xff);
  return isUnicode ? Buffer.from(String.fromCodePoint(...codePoints), 'utf8') : Uint8Array.from(codePoints);
}
