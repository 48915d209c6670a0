import { err, ok, type Result } from '../result.ts';
import { decodeWindows1258, reverseMojibake, reverseWindows1258 } from './mojibake.ts';

/** A citizen card needs under 500 bytes, 1 KB when its letters were encoded twice. */
export const MAX_CODE_BYTES = 2_048;

/** Which damage of the reader was repaired on the way. */
export type CodeRepair = 'bom' | 'nul' | 'aim-prefix' | 'nfc' | 'latin1-mojibake' | 'windows-1258' | 'utf-16';

export interface DecodedCode {
  /** NFC, without framing at its ends. May still hold control characters or U+FFFD inside. */
  readonly text: string;
  readonly repairs: readonly CodeRepair[];
}

export type DecodeError = { readonly code: 'code-empty' | 'code-too-long' | 'code-undecodable' };

/**
 * The text of a code as its maker wrote it, from a reader's raw bytes (or from text that another program has decoded):
 * strict UTF-8 first, then the damage that readers do. Bounded by `MAX_CODE_BYTES`; never throws.
 */
export function decodeCode(code: Uint8Array | string): Result<DecodedCode, DecodeError> {
  const length = typeof code === 'string' ? Buffer.byteLength(code) : code.length;
  if (length > MAX_CODE_BYTES) return err({ code: 'code-too-long' });
  const repairs = new Set<CodeRepair>();
  const raw = typeof code === 'string' ? code : decodeBytes(code, repairs);
  if (raw === null) return err({ code: 'code-undecodable' });
  let text = compose(cleanEnds(raw, repairs), repairs);
  const unbroken = reverseMojibake(text);
  if (unbroken !== null) {
    repairs.add('latin1-mojibake');
    text = compose(cleanEnds(unbroken, repairs), repairs);
  }
  const from1258 = reverseWindows1258(text);
  if (from1258 !== null) {
    repairs.add('windows-1258');
    text = from1258;
  }
  return text === '' ? err({ code: 'code-empty' }) : ok({ text, repairs: [...repairs] });
}

function decodeBytes(bytes: Uint8Array, repairs: Set<CodeRepair>): string | null {
  const utf16 = decodeUtf16(bytes);
  if (utf16 !== null) {
    repairs.add('utf-16');
    return utf16;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const text = decodeWindows1258(bytes);
    if (text !== null) repairs.add('windows-1258');
    return text;
  }
}

/** UTF-16 shows by its byte order mark, or by a NUL in nearly every second byte of mostly ASCII text. */
function decodeUtf16(bytes: Uint8Array): string | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return utf16(bytes.subarray(2), 'utf-16le');
  if (first === 0xfe && second === 0xff) return utf16(bytes.subarray(2), 'utf-16be');
  if (bytes.length < 8) return null;
  const nuls = [0, 0];
  bytes.forEach((byte, at) => {
    if (byte === 0) nuls[at % 2] = (nuls[at % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = nuls;
  if (odd > bytes.length / 4 && even <= 2) return utf16(bytes, 'utf-16le');
  if (even > bytes.length / 4 && odd <= 2) return utf16(bytes, 'utf-16be');
  return null;
}

const utf16 = (bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be') =>
  new TextDecoder(encoding).decode(bytes.subarray(0, bytes.length - (bytes.length % 2)));

/** Byte order marks, NULs, framing (CR, LF, TAB, STX, ETX), spaces, AIM and ECI prefixes, in any order. */
function cleanEnds(raw: string, repairs: Set<CodeRepair>): string {
  let text = raw;
  const strip = (pattern: RegExp, repair?: CodeRepair) => {
    const stripped = text.replace(pattern, '');
    if (stripped !== text && repair) repairs.add(repair);
    text = stripped;
  };
  for (let before = ''; before !== text; ) {
    before = text;
    strip(/^[\uFEFF\uFFFE]+|[\uFEFF\uFFFE]+$/g, 'bom');
    strip(/^\0+|\0+$/g, 'nul');
    strip(/^[\s\x02\x03\x04]+|[\s\x02\x03\x04]+$/g);
    // ISO/IEC 15424: `]`, code letter, modifier; readers that pass ECI on add `\` and six digits.
    strip(/^\][A-Za-z][0-9A-Za-z](\\\d{6})?/, 'aim-prefix');
  }
  return text;
}

function compose(text: string, repairs: Set<CodeRepair>): string {
  const composed = text.normalize('NFC');
  if (composed !== text) repairs.add('nfc');
  return composed;
}
