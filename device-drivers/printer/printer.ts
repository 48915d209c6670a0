import type { Result } from '@motcua/core';

/** What a person or a technician can act on; raw status bits never leave the driver. */
export type PrinterCondition =
  | 'ready'
  | 'near-end'
  | 'paper-end'
  | 'cover-open'
  | 'cutter-error'
  /** The head is hot; it recovers by itself. */
  | 'overheated'
  /** Jam, motor, sensor: a technician's work. */
  | 'mechanical-error'
  | 'error'
  | 'offline';

export type PrinterError = {
  readonly code:
    | 'printer-offline'
    | 'printer-paper-end'
    | 'printer-cover-open'
    | 'printer-cutter'
    | 'printer-overheated'
    | 'printer-mechanical'
    | 'printer-error'
    | 'printer-timeout'
    /** It worked through the job and is well, but did not confirm it although it can. */
    | 'printer-unconfirmed'
    /** It stopped the job over paper or cover, and at once answered the question about it with "ready". */
    | 'printer-contradictory'
    /** The caller's signal ended it. */
    | 'printer-cancelled';
  /** True when some of the job may already be on paper: a reprint must then be marked as a copy. */
  readonly mayHavePrinted: boolean;
};

/**
 * What is known of a job that met no trouble, strongest first.
 * `confirmed`: the printer said that it finished printing (`GS ( H`). `processed`: it worked through the bytes
 * (`GS r` barrier) and was well afterwards. `received`: it answered a question sent behind them. `sent`: they left us;
 * the printer never says anything.
 */
export type PrintCertainty = 'confirmed' | 'processed' | 'received' | 'sent';

export interface PrintReceipt {
  readonly certainty: PrintCertainty;
}

/** One thermal printer. Prints one job at a time; every wait is bounded. */
export interface ThermalPrinter {
  readonly uri: string;
  condition(): Promise<PrinterCondition>;
  /** Calls back on each change, from automatic status back or from polling; returns the unsubscribe function. */
  onCondition(listener: (condition: PrinterCondition) => void): () => void;
  /**
   * Sends a job (see `encodeSlip`) and waits until it is printed, as far as this printer can say so. `onSent` is called
   * when the last byte has left.
   */
  print(
    job: Uint8Array,
    signal?: AbortSignal,
    onSent?: () => void,
  ): Promise<Result<PrintReceipt, PrinterError>>;
  /** Clears the printer's buffers and waits for its acknowledgement: needed before any reprint. */
  clear(): Promise<Result<void, PrinterError>>;
  close(): Promise<void>;
}
