/** Frames between the driver and `native/pcsc-bridge.c`: type (1 byte), length (3 bytes, big-endian), body. */
const TO_BRIDGE = { connect: 1, transmit: 2, disconnect: 3 } as const;
const FROM_BRIDGE = { service: 16, readers: 17, answer: 18, failed: 19, alive: 20 } as const;
export type BridgeRequest = keyof typeof TO_BRIDGE;

export type BridgeFrame =
  /** A PC/SC return code: 0 while the service is there. */
  | { readonly type: 'service'; readonly code: number }
  | { readonly type: 'readers'; readonly readers: readonly ReaderState[] }
  | { readonly type: 'answer'; readonly body: Uint8Array }
  | { readonly type: 'failed'; readonly code: number }
  | { readonly type: 'alive' };

export interface ReaderState {
  readonly name: string;
  readonly card: 'none' | 'present' | 'mute';
  /** Counts insertions and removals: tells a card that was out and in from one that stayed. */
  readonly events: number;
}

/** A command of 65,544 bytes fits. */
const MAX_BODY = 65_600;
const HEAD = 4;
const READER_HEAD = 4;
const PRESENT = 1;
const MUTE = 2;

/** Throws on a longer body: that is a bug. */
export function encodeRequest(type: BridgeRequest, body: Uint8Array): Uint8Array {
  if (body.length > MAX_BODY) throw new RangeError(`a frame of ${body.length} bytes`);
  const frame = Buffer.alloc(HEAD + body.length);
  frame[0] = TO_BRIDGE[type];
  frame.writeUIntBE(body.length, 1, 3);
  frame.set(body, HEAD);
  return frame;
}

/** Takes bytes cut anywhere. Returns null for good once the stream is none of the bridge's. */
export function createFrameReader(): (chunk: Uint8Array) => readonly BridgeFrame[] | null {
  let waiting = Buffer.alloc(0);
  let broken = false;
  return (chunk) => {
    if (broken) return null;
    const frames: BridgeFrame[] = [];
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= HEAD) {
      const length = waiting.readUIntBE(1, 3);
      if (length <= MAX_BODY && waiting.length < HEAD + length) break;
      const frame = length > MAX_BODY ? null : decode(waiting[0]!, waiting.subarray(HEAD, HEAD + length));
      if (!frame) {
        broken = true;
        waiting = Buffer.alloc(0);
        return null;
      }
      frames.push(frame);
      waiting = waiting.subarray(HEAD + length);
    }
    return frames;
  };
}

function decode(type: number, body: Buffer): BridgeFrame | null {
  switch (type) {
    case FROM_BRIDGE.alive:
      return { type: 'alive' };
    case FROM_BRIDGE.answer:
      return { type: 'answer', body: Uint8Array.from(body) };
    case FROM_BRIDGE.service:
    case FROM_BRIDGE.failed: {
      if (body.length !== 4) return null;
      return { type: type === FROM_BRIDGE.service ? 'service' : 'failed', code: body.readUInt32BE(0) };
    }
    case FROM_BRIDGE.readers: {
      const readers = decodeReaders(body);
      return readers && { type: 'readers', readers };
    }
    default:
      return null;
  }
}

function decodeReaders(body: Buffer): readonly ReaderState[] | null {
  const readers: ReaderState[] = [];
  for (let at = 0; at < body.length; ) {
    if (body.length - at < READER_HEAD) return null;
    const flags = body[at]!;
    const end = at + READER_HEAD + body[at + 3]!;
    if (end > body.length) return null;
    readers.push({
      name: body.toString('utf8', at + READER_HEAD, end),
      card: (flags & PRESENT) === 0 ? 'none' : (flags & MUTE) === 0 ? 'present' : 'mute',
      events: body.readUInt16BE(at + 1),
    });
    at = end;
  }
  return readers;
}
