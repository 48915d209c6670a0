/** Commands that a printer runs on arrival, whatever waits in its buffer. */
export type RealTimeCommand =
  | { readonly type: 'transmit-status'; readonly n: number }
  | { readonly type: 'recover'; readonly clear: boolean }
  | { readonly type: 'clear-buffers' };

export type RealTimePart = RealTimeCommand | { readonly type: 'data'; readonly bytes: Uint8Array };

const DLE = 0x10;
const CLEAR_BUFFERS = [DLE, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];

/**
 * Takes the real-time commands out of a stream cut anywhere. Like the real thing it does not know where raster data
 * begins: `10 04 01` inside a picture is a question about the status, and the picture loses those bytes.
 */
export function createRealTimeFilter(): (chunk: Uint8Array) => RealTimePart[] {
  let pending: number[] = [];
  return (chunk) => {
    const parts: RealTimePart[] = [];
    let data: number[] = [];
    const flush = () => {
      if (data.length > 0) parts.push({ type: 'data', bytes: Uint8Array.from(data) });
      data = [];
    };
    for (const byte of chunk) {
      if (pending.length === 0 && byte !== DLE) {
        data.push(byte);
        continue;
      }
      pending.push(byte);
      const found = recognise(pending);
      if (found === 'more') continue;
      if (found === 'none') {
        // The last byte may itself begin a command.
        data.push(...pending.slice(0, -1));
        pending = pending.slice(-1);
        if (pending[0] !== DLE) data.push(...pending.splice(0));
        continue;
      }
      flush();
      parts.push(found);
      pending = [];
    }
    flush();
    return parts;
  };
}

function recognise(bytes: readonly number[]): RealTimeCommand | 'more' | 'none' {
  const [, command, parameter] = bytes;
  if (command === undefined) return 'more';
  if (command === 0x04 || command === 0x05) {
    if (parameter === undefined) return 'more';
    if (command === 0x04 && parameter >= 1 && parameter <= 4)
      return { type: 'transmit-status', n: parameter };
    if (command === 0x05 && (parameter === 1 || parameter === 2))
      return { type: 'recover', clear: parameter === 2 };
    return 'none';
  }
  if (command !== 0x14) return 'none';
  if (bytes.some((byte, index) => byte !== CLEAR_BUFFERS[index])) return 'none';
  return bytes.length === CLEAR_BUFFERS.length ? { type: 'clear-buffers' } : 'more';
}
