import type { Result } from '@motcua/core';

/** What a person or a technician can act on; raw status bits never leave the driver. */
export type PrinterCondition =
  | 'ready'
  | 'near-end'
  | 'paper-end'
  | 'cover-open'
  | 'cutter-error'
  | 'error'
  | 'offline';

export type PrinterError = {
  readonly code:
    | 'printer-offline'
    | 'printer-paper-end'
    | 'printer-cover-open'
    | 'printer-cutter'
    | 'printer-error'
    | 'printer-timeout'
    /** The caller's signal ended it. */
    | 'printer-cancelled';
  /** True when some of the job may already be on paper: a reprint must then be marked as a copy. */
  readonly mayHavePrinted: boolean;
};

export interface PrintReceipt {
  /** `confirmed`: the printer said that it finished printing (`GS ( H`). `processed`: it only worked through the bytes. */
  readonly certainty: 'confirmed' | 'processed';
}

/** One thermal printer. Prints one job at a time; every wait is bounded. */
export interface ThermalPrinter {
  readonly uri: string;
  condition(): Promise<PrinterCondition>;
  /** Calls back on each change, from automatic status back or from polling; returns the unsubscribe function. */
  onCondition(listener: (condition: PrinterCondition) => void): () => void;
  /** Sends a job (raster bytes, see `encodeSlip`) and waits until it is printed. */
  print(job: Uint8Array, signal?: AbortSignal): Promise<Result<PrintReceipt, PrinterError>>;
  /** Clears the printer's buffers and waits for its acknowledgement: needed before any reprint. */
  clear(): Promise<Result<void, PrinterError>>;
  close(): Promise<void>;
}
