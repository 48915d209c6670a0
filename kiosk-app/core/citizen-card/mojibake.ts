import { badness, isVietnameseLetter } from './vietnamese-letters.ts';

/** Windows-1252's letters for the bytes 80–9F; the five it leaves open stay control characters, as browsers do. */
const CP1252_HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const HIGH_BYTE: ReadonlyMap<string, number> = new Map([
  ...[...CP1252_HIGH].map((character, index) => [character, 0x80 + index] as const),
  // The one lead byte of Vietnamese UTF-8 that Windows-1258, Vietnam’s own code page, shows as another letter.
  ['Ă', 0xc3],
]);
const HIGH = `\u0080-\u00ff${[...HIGH_BYTE.keys()].filter((character) => character > '\u00ff').join('')}`;
const HIGH_RUN = new RegExp(`[${HIGH}]{2,}`, 'gu');

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const windows1258 = new TextDecoder('windows-1258');

/** The bytes that were wrongly read as latin1 or Windows-1252, or null when this text cannot come from that. */
function bytesOf(text: string): number[] | null {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const byte = code <= 0xff ? code : HIGH_BYTE.get(character);
    if (byte === undefined) return null;
    bytes.push(byte);
  }
  return bytes;
}

/** A no-break space (A0, second byte of `à`, third of `Ạ`) often became a plain space on the way: put it back. */
function restoreNoBreakSpaces(bytes: readonly number[]): Uint8Array {
  const restored = Uint8Array.from(bytes);
  for (let at = 0; at < restored.length; at += 1) {
    const lead = restored[at] ?? 0;
    const following = lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2 : 0;
    for (let next = at + 1; next <= at + following; next += 1)
      if (restored[next] === 0x20) restored[next] = 0xa0;
    at += following;
  }
  return restored;
}

function decodeStrictly(bytes: Uint8Array): string | null {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return null;
  }
}

function decodeOnce(text: string): string | null {
  const bytes = bytesOf(text);
  if (bytes?.every((byte) => byte < 0x80)) return null;
  if (bytes) {
    const whole = decodeStrictly(Uint8Array.from(bytes));
    if (whole !== null) return whole;
    const restored = decodeStrictly(restoreNoBreakSpaces(bytes));
    // Only with other proof in the text: `XÃ TAM` alone is sound Vietnamese.
    if (restored !== null && badness(text) > 0 && badness(restored) === 0) return restored;
  }
  // Sound and broken fields side by side: only the broken stretches are turned back.
  const mixed = text.replace(HIGH_RUN, (run) => {
    const decoded = decodeStrictly(Uint8Array.from(bytesOf(run) ?? []));
    return decoded !== null && [...decoded].every(plausible) ? decoded : run;
  });
  return mixed === text ? null : mixed;
}

const plausible = (character: string) =>
  (/[\p{L}\p{M}]/u.test(character) && isVietnameseLetter(character)) || HIGH_BYTE.has(character);

/** UTF-8 that was read as latin1 or Windows-1252, up to three times over (`Nguyá»…n` → `Nguyễn`); null: it was not. */
export function reverseMojibake(text: string): string | null {
  let best: string | null = null;
  let current = text;
  for (let round = 0; round < 3; round += 1) {
    const decoded = decodeOnce(current);
    if (decoded === null) break;
    best = decoded;
    current = decoded;
  }
  return best;
}

/**
 * Windows-1258 bytes that were read as latin1 (`NguyêÞn` → `Nguyễn`): only when the text looks un-Vietnamese before and
 * sound after; null otherwise. Also turns the eth `Ð` of old keyboards into `Đ`.
 */
export function reverseWindows1258(text: string): string | null {
  const before = badness(text);
  if (before === 0) return null;
  const bytes = bytesOf(text);
  const candidates = [text.replaceAll('Ð', 'Đ').replaceAll('ð', 'đ')];
  if (bytes) candidates.push(windows1258.decode(Uint8Array.from(bytes)).normalize('NFC'));
  return candidates.find((candidate) => badness(candidate) === 0) ?? null;
}

/** Raw Windows-1258 bytes, when every high byte is a letter and the whole reads as Vietnamese; null otherwise. */
export function decodeWindows1258(bytes: Uint8Array): string | null {
  // 80–BF are signs there, and the tail of a letter in UTF-8: their presence says damaged UTF-8. A0 is a space, 92 ’.
  if (bytes.some((byte) => byte >= 0x80 && byte < 0xc0 && byte !== 0xa0 && byte !== 0x92)) return null;
  const text = windows1258.decode(bytes).normalize('NFC');
  return badness(text) === 0 ? text : null;
}
