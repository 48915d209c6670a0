/** One thing that a printer does, in the order of the bytes. */
export type PrintOperation =
  | { readonly type: 'initialise' }
  | { readonly type: 'raster'; readonly stride: number; readonly height: number; readonly data: Uint8Array }
  | { readonly type: 'feed'; readonly dots: number }
  | { readonly type: 'cut'; readonly feedDots: number }
  | { readonly type: 'automatic-status'; readonly flags: number }
  | { readonly type: 'paper-status' }
  | { readonly type: 'report-printed'; readonly processId: Uint8Array };

export interface EscposDecoder {
  push(bytes: Uint8Array): void;
  /** The next complete operation; undefined when more bytes are needed. Unknown bytes and text are passed over. */
  next(): PrintOperation | undefined;
  clear(): void;
  /** Bytes received and not yet worked through. */
  waiting(): number;
}

const ESC = 0x1b;
const GS = 0x1d;
const FS = 0x1c;
const LF = 0x0a;
const LINE_DOTS = 30;

/** Commands with nothing to show here: how many bytes follow the two of the command. */
const escLengths = lengths({ 1: '!-3=?EGMRVart{ TU', 2: 'c$\\', 3: 'p', 8: 'W' });
const gsLengths = lengths({ 1: '!BHIbfhw/j', 2: 'LPW$\\', 3: '^' });
/** Graphics memory: a stated length beyond it is worked off without being kept. */
const MAX_GRAPHICS = 4_194_304;

function lengths(letters: Readonly<Record<number, string>>): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(letters).flatMap(([length, names]) => [...names].map((name) => [name, Number(length)])),
  );
}

type Step = { readonly used: number; readonly operation?: PrintOperation } | 'more';

export function createEscposDecoder(): EscposDecoder {
  let buffer = Buffer.alloc(0);
  let stored: { width: number; height: number; parts: Buffer[]; bytes: number } | undefined;
  let openRows: { readonly stride: number; readonly left: number } | undefined;
  let openBody: { readonly left: number; readonly keep: boolean } | undefined;

  const step = (): Step => {
    if (openRows && openRows.left > 0) return takeRows();
    openRows = undefined;
    if (openBody && openBody.left > 0) return takeBody();
    openBody = undefined;
    const first = buffer[0]!;
    if (first === LF) return { used: 1, operation: { type: 'feed', dots: LINE_DOTS } };
    if (first === ESC) return escapeCommand();
    if (first === GS) return groupCommand();
    if (first === FS) return sized(2, fsLength());
    return { used: 1 };
  };

  /** A command of fixed length that is only passed over. */
  const sized = (head: number, rest: number): Step =>
    buffer.length < head + rest ? 'more' : { used: head + rest };

  const fsLength = () =>
    buffer[1] === 0x28 ? 3 + word(3) : buffer[1] === 0x21 || buffer[1] === 0x57 ? 1 : 0;

  const word = (at: number) => (buffer[at] ?? 0) | ((buffer[at + 1] ?? 0) << 8);

  const escapeCommand = (): Step => {
    if (buffer.length < 2) return 'more';
    const name = String.fromCharCode(buffer[1]!);
    if (name === '@') return { used: 2, operation: { type: 'initialise' } };
    if (name === 'i' || name === 'm') return { used: 2, operation: { type: 'cut', feedDots: 0 } };
    if (name === 'J' || name === 'd') {
      if (buffer.length < 3) return 'more';
      return { used: 3, operation: { type: 'feed', dots: buffer[2]! * (name === 'J' ? 1 : LINE_DOTS) } };
    }
    if (name === '*') {
      if (buffer.length < 5) return 'more';
      return sized(5, word(3) * (buffer[2]! >= 32 ? 3 : 1));
    }
    if (name === 'D') {
      const end = buffer.indexOf(0, 2);
      return end < 0 ? (buffer.length > 40 ? { used: 2 } : 'more') : { used: end + 1 };
    }
    return sized(2, escLengths.get(name) ?? 0);
  };

  const groupCommand = (): Step => {
    if (buffer.length < 3) return 'more';
    const name = String.fromCharCode(buffer[1]!);
    if (name === 'V') {
      const used = buffer[2]! >= 65 ? 4 : 3;
      if (buffer.length < used) return 'more';
      return { used, operation: { type: 'cut', feedDots: used === 4 ? buffer[3]! : 0 } };
    }
    if (name === 'a') return { used: 3, operation: { type: 'automatic-status', flags: buffer[2]! } };
    if (name === 'r') return { used: 3, operation: { type: 'paper-status' } };
    if (name === 'v') return rasterV0();
    if (name === '(') return buffer.length < 5 ? 'more' : parenthesis(5, word(3));
    if (name === '8') return buffer.length < 7 ? 'more' : parenthesis(7, word(3) + word(5) * 65_536);
    if (name === 'k') return barCode();
    return sized(2, gsLengths.get(name) ?? 0);
  };

  /** Rows are printed as they arrive: a picture may be longer than the receive buffer. */
  const rasterV0 = (): Step => {
    if (buffer.length < 8) return 'more';
    const stride = word(4);
    openRows = { stride, left: stride === 0 ? 0 : word(6) };
    return { used: 8 };
  };

  const takeRows = (): Step => {
    if (!openRows) return { used: 0 };
    const { stride, left } = openRows;
    const height = Math.min(left, Math.floor(buffer.length / stride));
    if (height === 0) return 'more';
    openRows = left === height ? undefined : { stride, left: left - height };
    const data = Uint8Array.from(buffer.subarray(0, stride * height));
    return { used: data.length, operation: { type: 'raster', stride, height, data } };
  };

  const parenthesis = (head: number, length: number): Step => {
    const letter = head === 7 ? 'L' : String.fromCharCode(buffer[2]!);
    const parameters = letter === 'L' ? 10 : 6;
    if (buffer.length < head + Math.min(length, parameters)) return 'more';
    const body = buffer.subarray(head, head + Math.min(length, parameters));
    if (letter === 'H' && body[0] === 0x30 && body[1] === 0x30 && length === 6)
      return {
        used: head + 6,
        operation: { type: 'report-printed', processId: Uint8Array.from(body.subarray(2)) },
      };
    if (letter === 'L' && body[1] === 0x70 && length >= 10) {
      stored = { width: body.readUInt16LE(6), height: body.readUInt16LE(8), parts: [], bytes: 0 };
      openBody = { left: length - 10, keep: true };
      return { used: head + 10 };
    }
    openBody = { left: length, keep: false };
    if (letter === 'L' && (body[1] === 0x32 || body[1] === 0x02) && stored) {
      const { width, height, parts } = stored;
      stored = undefined;
      const data = Uint8Array.from(Buffer.concat(parts));
      return { used: head, operation: { type: 'raster', stride: Math.ceil(width / 8), height, data } };
    }
    return { used: head };
  };

  const takeBody = (): Step => {
    if (!openBody) return { used: 0 };
    const part = Buffer.from(buffer.subarray(0, openBody.left));
    const left = openBody.left - part.length;
    if (openBody.keep && stored && stored.bytes + part.length <= MAX_GRAPHICS) {
      stored.parts.push(part);
      stored.bytes += part.length;
    }
    openBody = left > 0 ? { ...openBody, left } : undefined;
    return { used: part.length };
  };

  /** `GS k m …`: up to m 6 ended by NUL, above it with a length. */
  const barCode = (): Step => {
    if (buffer.length < 4) return 'more';
    if (buffer[2]! >= 65) return sized(4, buffer[3]!);
    const end = buffer.indexOf(0, 3);
    return end < 0 ? (buffer.length > 260 ? { used: 3 } : 'more') : { used: end + 1 };
  };

  return {
    push: (bytes) => {
      buffer = Buffer.concat([buffer, bytes]);
    },
    next: () => {
      let at = 0;
      const whole = buffer;
      try {
        while (at < whole.length) {
          buffer = whole.subarray(at);
          const result = step();
          if (result === 'more') return undefined;
          at += result.used;
          if (result.operation) return result.operation;
        }
        return undefined;
      } finally {
        buffer = whole.subarray(at);
      }
    },
    clear: () => {
      buffer = Buffer.alloc(0);
      stored = undefined;
      openRows = undefined;
      openBody = undefined;
    },
    waiting: () => buffer.length,
  };
}
