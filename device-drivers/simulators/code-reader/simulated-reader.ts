/** A code reader as the wire sees it. It sends exactly the given bytes; text as UTF-8 with a CR, as readers are set. */
export interface SimulatedReader {
  readonly uri: string;
  send(code: Uint8Array | string): Promise<void>;
  /** The cable is pulled. */
  unplug(): Promise<void>;
  /** The cable is back, at the same address. */
  plugIn(): Promise<void>;
  close(): Promise<void>;
}

export const asSent = (code: Uint8Array | string): Uint8Array =>
  typeof code === 'string' ? Buffer.from(`${code}\r`) : code;
