/**
 * What the child that holds the device tells: type (1 byte), length (1 byte), body. A body is at most one report, so the
 * format itself is the bound.
 */
const TYPES = { alive: 1, opened: 2, report: 3, refused: 4 } as const;
export type FrameType = keyof typeof TYPES;
const NAMES = new Map<number, FrameType>(
  Object.entries(TYPES).map(([name, code]) => [code, name as FrameType]),
);
const HEAD = 2;

export interface Frame {
  readonly type: FrameType;
  readonly body: Uint8Array;
}

export function encodeFrame(type: FrameType, body: Uint8Array = new Uint8Array()): Uint8Array {
  const cut = body.subarray(0, 255);
  return Uint8Array.of(TYPES[type], cut.length, ...cut);
}

/** Takes bytes cut anywhere. Returns null for good once the stream is none of ours. */
export function createFrameReader(): (chunk: Uint8Array) => readonly Frame[] | null {
  let waiting: Uint8Array = new Uint8Array();
  let broken = false;
  return (chunk) => {
    if (broken) return null;
    const bytes = Buffer.concat([waiting, chunk]);
    const frames: Frame[] = [];
    let at = 0;
    while (bytes.length - at >= HEAD) {
      const type = NAMES.get(bytes[at] ?? 0);
      const end = at + HEAD + (bytes[at + 1] ?? 0);
      if (!type) {
        broken = true;
        return null;
      }
      if (bytes.length < end) break;
      frames.push({ type, body: Uint8Array.from(bytes.subarray(at + HEAD, end)) });
      at = end;
    }
    waiting = bytes.subarray(at);
    return frames;
  };
}
