/** A code reader as the wire sees it. It sends exactly the given bytes; text as UTF-8 with a CR, as readers are set. */
export interface SimulatedReader {
  readonly uri: string;
  /** What the driver needs besides the address to find it. */
  readonly dependencies?: { readonly hidProgram: string };
  send(code: Uint8Array | string): Promise<void>;
  /** One code that comes in two pieces. */
  sendInTwo(code: Uint8Array, cutAt: number): Promise<void>;
  /** The cable is pulled. */
  unplug(): Promise<void>;
  /** The cable is back, at the same address. */
  plugIn(): Promise<void>;
  close(): Promise<void>;
}

/** On a stream the pieces are two writes, the second with a CR. */
export async function sendInTwo(
  send: (bytes: Uint8Array) => Promise<void>,
  code: Uint8Array,
  cutAt: number,
): Promise<void> {
  await send(code.subarray(0, cutAt));
  await send(Buffer.concat([code.subarray(cutAt), Buffer.from('\r')]));
}

export const asSent = (code: Uint8Array | string): Uint8Array =>
  typeof code === 'string' ? Buffer.from(`${code}\r`) : code;
