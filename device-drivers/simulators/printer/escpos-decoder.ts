/** One thing that a printer does, in the order of the bytes. */
export type PrintOperation =
  | { readonly type: 'initialise' }
  | { readonly type: 'raster'; readonly stride: number; readonly height: number; readonly data: Uint8Array }
  | { readonly type: 'feed'; readonly dots: number }
  /** A line of the printer's own letters, ended by LF or by what follows it. */
  | { readonly type: 'line'; readonly cells: readonly TextCell[]; readonly align: Align }
  | { readonly type: 'qr'; readonly data: Uint8Array; readonly module: number; readonly align: Align }
  /** `system`: m of `GS k`; data as sent, with its set selectors. */
  | {
      readonly type: 'bar-code';
      readonly system: number;
      readonly data: Uint8Array;
      readonly module: number;
      readonly height: number;
      readonly align: Align;
    }
  | { readonly type: 'cut'; readonly feedDots: number }
  | { readonly type: 'automatic-status'; readonly flags: number }
  | { readonly type: 'paper-status' }
  | { readonly type: 'report-printed'; readonly processId: Uint8Array };

export type Align = 'left' | 'centre' | 'right';

/** One letter: its byte, the code page that was selected, and how many times a cell of 12 × 24 dots it is. */
export interface TextCell {
  readonly byte: number;
  readonly page: number;
  readonly wide: number;
  readonly high: number;
  readonly bold: boolean;
}

export interface EscposDecoder {
  push(bytes: Uint8Array): void;
  /** The next complete operation; undefined when more bytes are needed. Unknown bytes are passed over. */
  next(): PrintOperation | undefined;
  clear(): void;
  /** Bytes received and not yet worked through. */
  waiting(): number;
  /** Commands and control bytes so far that it does not know. */
  unknown(): number;
}

const ESC = 0x1b;
const GS = 0x1d;
const FS = 0x1c;
const LF = 0x0a;
const LINE_DOTS = 30;

/** Commands with nothing to show here: how many bytes follow the two of the command. */
const escLengths = lengths({ 0: '2L', 1: '-3=?GMRVr{ TUS', 2: 'c$\\', 3: 'p', 8: 'W' });
const gsLengths = lengths({ 1: 'BHIbf/j', 2: 'LPW$\\', 3: '^' });
/** Graphics memory: a stated length beyond it is worked off without being kept. */
const MAX_GRAPHICS = 4_194_304;

const CR = 0x0d;
const HT = 0x09;
/** One line of the narrowest letters, and some more. */
const MAX_CELLS = 200;
const MAX_CODE_BYTES = 7_200;
const STYLES = new Set(['!', 'E', 'a', 't']);
const ALIGN: readonly Align[] = ['left', 'centre', 'right'];
const PLAIN = {
  align: 'left' as Align,
  cell: { page: 0, wide: 1, high: 1, bold: false },
} as const satisfies { align: Align; cell: Omit<TextCell, 'byte'> };
const PLAIN_CODE = { module: 3, height: 162, qrModule: 3 };

const isLetter = (byte: number) => (byte >= 0x20 && byte <= 0x7e) || byte >= 0x80;

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
  let cells: TextCell[] = [];
  let style: { readonly align: Align; readonly cell: Omit<TextCell, 'byte'> } = PLAIN;
  let code = PLAIN_CODE;
  let storedQr = new Uint8Array();
  let unknown = 0;

  const pass = (used: number): Step => {
    unknown += 1;
    return { used };
  };

  /** What stands in the line buffer comes before what follows it. */
  const flushed = (): Step | undefined => {
    if (cells.length === 0) return undefined;
    const operation = { type: 'line', cells, align: style.align } as const;
    cells = [];
    return { used: 0, operation };
  };

  const step = (): Step => {
    if (openRows && openRows.left > 0) return takeRows();
    openRows = undefined;
    if (openBody && openBody.left > 0) return takeBody();
    openBody = undefined;
    const first = buffer[0]!;
    if (first === LF) {
      const line = flushed();
      return line && line !== 'more' && line.operation
        ? { used: 1, operation: line.operation }
        : { used: 1, operation: { type: 'feed', dots: LINE_DOTS } };
    }
    if (isLetter(first)) {
      if (cells.length < MAX_CELLS) cells.push({ byte: first, ...style.cell });
      return { used: 1 };
    }
    if (first === ESC) return escapeCommand();
    if (first === GS) return groupCommand();
    if (first === FS) return sized(2, fsLength());
    return first === 0 || first === CR || first === HT ? { used: 1 } : pass(1);
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
    if (name === '@') {
      // It drops what is not printed yet.
      cells = [];
      style = PLAIN;
      code = PLAIN_CODE;
      return { used: 2, operation: { type: 'initialise' } };
    }
    if (name === 'i' || name === 'm')
      return flushed() ?? { used: 2, operation: { type: 'cut', feedDots: 0 } };
    if (STYLES.has(name)) return buffer.length < 3 ? 'more' : setStyle(name, buffer[2]!);
    if (name === 'J' || name === 'd') {
      if (buffer.length < 3) return 'more';
      if (cells.length > 0) return flushed()!;
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
    const length = escLengths.get(name);
    return length === undefined ? pass(2) : sized(2, length);
  };

  const setStyle = (name: string, value: number): Step => {
    const { cell } = style;
    if (name === 'a') style = { ...style, align: ALIGN[value & 3] ?? 'left' };
    else if (name === 't') style = { ...style, cell: { ...cell, page: value } };
    else if (name === 'E') style = { ...style, cell: { ...cell, bold: (value & 1) !== 0 } };
    else
      style = {
        ...style,
        cell: {
          ...cell,
          bold: (value & 0x08) !== 0,
          high: (value & 0x10) !== 0 ? 2 : 1,
          wide: (value & 0x20) !== 0 ? 2 : 1,
        },
      };
    return { used: 3 };
  };

  const groupCommand = (): Step => {
    if (buffer.length < 3) return 'more';
    const name = String.fromCharCode(buffer[1]!);
    if (name === '!') {
      const size = buffer[2]!;
      style = { ...style, cell: { ...style.cell, wide: ((size >> 4) & 7) + 1, high: (size & 7) + 1 } };
      return { used: 3 };
    }
    if (name === 'h' || name === 'w') {
      code = { ...code, [name === 'h' ? 'height' : 'module']: buffer[2]! };
      return { used: 3 };
    }
    if ('Vv(8k'.includes(name) && cells.length > 0) return flushed()!;
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
    const length = gsLengths.get(name);
    return length === undefined ? pass(2) : sized(2, length);
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
    if (letter === 'k' && length <= MAX_CODE_BYTES) {
      if (buffer.length < head + length) return 'more';
      return qrCommand(buffer.subarray(head, head + length), head + length);
    }
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

  /** `GS ( k` cn 49 (QR): fn 67 module size, 80 store, 81 print; model and error correction are taken as they come. */
  const qrCommand = (body: Uint8Array, used: number): Step => {
    const [symbol, what, value] = body;
    if (symbol !== 0x31) return { used };
    if (what === 0x43) code = { ...code, qrModule: value ?? 3 };
    if (what === 0x50) storedQr = Uint8Array.from(body.subarray(3));
    if (what !== 0x51 || storedQr.length === 0) return { used };
    return { used, operation: { type: 'qr', data: storedQr, module: code.qrModule, align: style.align } };
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
    const system = buffer[2]!;
    const printed = (from: number, to: number, used: number): Step => ({
      used,
      operation: {
        type: 'bar-code',
        system,
        data: Uint8Array.from(buffer.subarray(from, to)),
        module: code.module,
        height: code.height,
        align: style.align,
      },
    });
    if (system >= 65) {
      const end = 4 + buffer[3]!;
      return buffer.length < end ? 'more' : printed(4, end, end);
    }
    const end = buffer.indexOf(0, 3);
    return end < 0 ? (buffer.length > 260 ? pass(3) : 'more') : printed(3, end, end + 1);
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
      cells = [];
    },
    waiting: () => buffer.length,
    unknown: () => unknown,
  };
}
