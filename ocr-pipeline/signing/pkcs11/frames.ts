import type { Duplex } from 'node:stream';

/** One JSON value a line: what crosses between the service and the token process. */
export const MAX_FRAME_BYTES = 1_048_576;

/** Calls `onFrame` for each line; `onBroken` once, for a line that is too long or no JSON, and then never again. */
export function readFrames(
  stream: Duplex,
  onFrame: (frame: unknown) => void,
  onBroken: () => void,
  maxBytes = MAX_FRAME_BYTES,
): void {
  let gathered: Buffer[] = [];
  let size = 0;
  let broken = false;
  const fail = () => {
    broken = true;
    gathered = [];
    onBroken();
  };
  stream.on('data', (chunk: Buffer) => {
    let rest = chunk;
    while (!broken) {
      const end = rest.indexOf(0x0a);
      const part = end < 0 ? rest : rest.subarray(0, end);
      size += part.length;
      if (size > maxBytes) return fail();
      gathered.push(part);
      if (end < 0) return;
      const line = Buffer.concat(gathered).toString('utf8');
      gathered = [];
      size = 0;
      rest = rest.subarray(end + 1);
      let frame: unknown;
      try {
        frame = JSON.parse(line);
      } catch {
        return fail();
      }
      onFrame(frame);
    }
  });
}

export function writeFrame(stream: Duplex, frame: object): void {
  stream.write(`${JSON.stringify(frame)}\n`);
}
