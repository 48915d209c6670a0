import type { Result } from '@motcua/core';

/** A two-way stream of bytes to one printer: TCP, serial or USB. */
export interface PrinterChannel {
  /** Resolves when the bytes have left us (into the operating system at best), or the channel is closed. */
  write(bytes: Uint8Array): Promise<void>;
  onData(listener: (chunk: Uint8Array) => void): void;
  /** Called once, whoever closed it. */
  onClose(listener: () => void): void;
  /** Drops what is not sent yet. */
  destroy(): void;
  /**
   * Says that nothing more will come and waits for the other side to close. `closed`: it took everything and left;
   * `broken`: it left with an error; `open`: it did not leave within the time. Missing where a line has no end (USB, serial).
   */
  finish?(timeoutMs: number): Promise<'closed' | 'broken' | 'open'>;
  /** The USB class's own status, which answers while data is not taken. Undefined when it does not answer. */
  portStatus?(): Promise<number | undefined>;
}

export type ChannelError = {
  readonly code:
    | 'channel-refused'
    | 'channel-timeout'
    /** The npm package `usb` is not installed for this platform. */
    | 'channel-no-driver';
};

export type OpenChannel = (timeoutMs: number) => Promise<Result<PrinterChannel, ChannelError>>;
