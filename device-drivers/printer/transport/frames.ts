/** One message between the driver and the child process that holds the device. */
export interface Frame {
  readonly type: FrameType;
  readonly body: Uint8Array;
}

/** To the child: data, portQuestion. From it: opened, refused (body: why), data, written, portStatus (0 or 1 bytes). */
export type FrameType = keyof typeof TYPES;

const TYPES = { data: 1, opened: 2, refused: 3, written: 4, portQuestion: 5, portStatus: 6 } as const;
const NAMES = new Map<number, FrameType>(
  Object.entries(TYPES).map(([name, code]) => [code, name as FrameType]),
);

export const MAX_FRAME_BODY = 65_536;
const HEAD = 4;

/** Type (1 byte), length of the body (3 bytes, big-endian), body. Throws on a longer body: that is a bug. */
export function encodeFrame(type: FrameType, body: Uint8Array = new Uint8Array()): Uint8Array {
  if (body.length > MAX_FRAME_BODY) throw new RangeError(`a frame of ${body.length} bytes`);
  const frame = Buffer.alloc(HEAD + body.length);
  frame[0] = TYPES[type];
  frame.writeUIntBE(body.length, 1, 3);
  frame.set(body, HEAD);
  return frame;
}

/** Takes bytes cut anywhere. Returns undefined for good once the stream is none of ours. */
export function createFrameReader(): (chunk: Uint8Array) => readonly Frame[] | undefined {
  let waiting = Buffer.alloc(0);
  let broken = false;
  return (chunk) => {
    const frames: Frame[] = [];
    waiting = Buffer.concat([waiting, chunk]);
    while (!broken && waiting.length >= HEAD) {
      const type = NAMES.get(waiting[0]!);
      const length = waiting.readUIntBE(1, 3);
      if (!type || length > MAX_FRAME_BODY) broken = true;
      else if (waiting.length < HEAD + length) break;
      else {
        frames.push({ type, body: Uint8Array.from(waiting.subarray(HEAD, HEAD + length)) });
        waiting = waiting.subarray(HEAD + length);
      }
    }
    if (broken) waiting = Buffer.alloc(0);
    return broken ? undefined : frames;
  };
}
