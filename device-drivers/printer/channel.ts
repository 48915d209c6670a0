import type { Result } from '@motcua/core';

/** A two-way stream of bytes to one printer: TCP now, USB and serial behind the same shape. */
export interface PrinterChannel {
  /** Resolves when the bytes have left us (into the operating system at best), or the channel is closed. */
  write(bytes: Uint8Array): Promise<void>;
  onData(listener: (chunk: Uint8Array) => void): void;
  /** Called once, whoever closed it. */
  onClose(listener: () => void): void;
  /** Drops what is not sent yet. */
  destroy(): void;
}

export type ChannelError = { readonly code: 'channel-refused' | 'channel-timeout' };

export type OpenChannel = (timeoutMs: number) => Promise<Result<PrinterChannel, ChannelError>>;
