/**
 * What readers do to a code, made on purpose: for the tests of the parser and for the simulated readers' demo.
 * Each takes sound text and returns what arrives.
 */
const windows1252 = new TextDecoder('windows-1252');
const windows1258 = new TextDecoder('windows-1258');
const BYTE_1258 = new Map(
  Array.from({ length: 256 }, (_, byte) => [windows1258.decode(Uint8Array.of(byte)), byte] as const),
);
const TONE = /[\u0300\u0301\u0303\u0309\u0323]/;

/** UTF-8 shown by a program that believes in Windows-1252: `Nguyá»…n`. */
export const asWindows1252 = (text: string): string => windows1252.decode(Buffer.from(text));
/** UTF-8 shown by a program that believes in ISO 8859-1, its control characters kept. */
export const asLatin1 = (text: string): string => Buffer.from(text).toString('latin1');

/** Bytes of a reader whose output is set to Windows-1258: base letter, then combining tone. */
export function toWindows1258(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const letter of text.normalize('NFC')) {
    const whole = BYTE_1258.get(letter);
    if (whole !== undefined) {
      bytes.push(whole);
      continue;
    }
    const parts = letter.normalize('NFD');
    const tone = TONE.exec(parts)?.[0] ?? '';
    for (const part of [parts.replace(tone, '').normalize('NFC'), tone])
      bytes.push(BYTE_1258.get(part) ?? 0x3f);
  }
  return Uint8Array.from(bytes);
}

/** A keyboard wedge that leaves out what its layout has no key for, or types `?` for it. */
export const throughKeyboardWedge = (text: string, instead: '' | '?'): string =>
  text.replace(/[^\x00-\x7f]/g, instead);
