/** One thing that a printer said. */
export type PrinterMessage =
  /** Answer to `DLE EOT n`; which n, only the asker knows. */
  | { readonly type: 'status'; readonly byte: number }
  /** Automatic status back: four bytes. */
  | { readonly type: 'automatic-status'; readonly bytes: readonly [number, number, number, number] }
  /** Answer to `GS r`. */
  | { readonly type: 'paper-status'; readonly byte: number }
  /** `37 22 d1–d4 00`: everything before this process id is printed. */
  | { readonly type: 'printed'; readonly processId: string }
  /** `37 25 00`: the buffers are empty. */
  | { readonly type: 'cleared' }
  | { readonly type: 'xon' }
  | { readonly type: 'xoff' };

export interface PrinterParser {
  /** Takes the next bytes, cut anywhere, and returns what became complete. Never throws; garbage is skipped. */
  push(chunk: Uint8Array): PrinterMessage[];
}

const XON = 0x11;
const XOFF = 0x13;
const BLOCK_HEAD = 0x37;
const BLOCK_END = 0x00;
const PRINTED = 0x22;
const CLEARED = 0x25;
/** Longest block we wait for the end of; anything longer is garbage that began like a block. */
const MAX_BLOCK = 16;

/**
 * Sorts the printer's answers by their fixed bits: `DLE EOT` is `0xx1xx10`, the first byte of automatic status back
 * `0xx1xx00`, its others and `GS r` `0xx0xxxx`. XON and XOFF may stand between any two bytes.
 */
export function createPrinterParser(): PrinterParser {
  let automatic: number[] = [];
  let block: number[] = [];

  const idle = (byte: number, messages: PrinterMessage[]): void => {
    if (byte === BLOCK_HEAD) block = [byte];
    else if ((byte & 0x93) === 0x12) messages.push({ type: 'status', byte });
    else if ((byte & 0x93) === 0x10) automatic = [byte];
    else if ((byte & 0x90) === 0) messages.push({ type: 'paper-status', byte });
  };

  const inAutomatic = (byte: number, messages: PrinterMessage[]): void => {
    if ((byte & 0x90) !== 0) {
      automatic = [];
      idle(byte, messages);
      return;
    }
    automatic.push(byte);
    const [first, second, third, fourth] = automatic;
    if (first === undefined || second === undefined || third === undefined || fourth === undefined) return;
    messages.push({ type: 'automatic-status', bytes: [first, second, third, fourth] });
    automatic = [];
  };

  const inBlock = (byte: number, messages: PrinterMessage[]): void => {
    block.push(byte);
    if (byte !== BLOCK_END && block.length < MAX_BLOCK) return;
    const message = readBlock(block);
    if (message) messages.push(message);
    block = [];
  };

  return {
    push(chunk) {
      const messages: PrinterMessage[] = [];
      for (const byte of chunk) {
        if (byte === XON) messages.push({ type: 'xon' });
        else if (byte === XOFF) messages.push({ type: 'xoff' });
        else if (block.length > 0) inBlock(byte, messages);
        else if (automatic.length > 0) inAutomatic(byte, messages);
        else idle(byte, messages);
      }
      return messages;
    },
  };
}

function readBlock(block: readonly number[]): PrinterMessage | undefined {
  if (block.at(-1) !== BLOCK_END) return undefined;
  if (block[1] === CLEARED && block.length === 3) return { type: 'cleared' };
  if (block[1] !== PRINTED || block.length !== 7) return undefined;
  const id = block.slice(2, 6);
  if (id.some((byte) => byte < 0x20 || byte > 0x7e)) return undefined;
  return { type: 'printed', processId: String.fromCharCode(...id) };
}
