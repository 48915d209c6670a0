/** One connection's life, as the transports tell it. `onClose` comes exactly once, also when opening fails. */
export interface ByteLineEvents {
  readonly onOpen: () => void;
  /** A piece of a stream that has no ends of its own. */
  readonly onBytes: (chunk: Uint8Array) => void;
  /** A whole code, from a line that knows where one ends. */
  readonly onCode: (code: Uint8Array) => void;
  readonly onClose: (reason: string) => void;
}

/** Starts to open a connection; the returned function closes it, open or not. */
export type OpenByteLine = (events: ByteLineEvents) => () => void;

/** Ends the line once, whichever of several events says so first. */
export function closeOnce(onClose: (reason: string) => void): (reason: string) => void {
  let closed = false;
  return (reason) => {
    if (closed) return;
    closed = true;
    onClose(reason);
  };
}
