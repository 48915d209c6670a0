/** Every wait of the driver, in milliseconds: the longest, until the printer has shown its pace. */
export interface PrinterTimeouts {
  readonly connectMs: number;
  /** For the answers to `DLE EOT`. */
  readonly statusMs: number;
  /** Without the printer taking another 4 KB. */
  readonly writeMs: number;
  /** From the last byte to the confirmation: the longest slip at the slowest head, and the cut. */
  readonly printMs: number;
  /** For the acknowledgement of `DLE DC4` fn 8. */
  readonly clearMs: number;
  readonly pollMs: number;
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** Once a printer has shown how fast it is, no wait is cut shorter than this. */
  readonly floorMs: number;
}

export const defaultPrinterTimeouts: PrinterTimeouts = {
  connectMs: 3_000,
  statusMs: 1_500,
  writeMs: 8_000,
  printMs: 30_000,
  clearMs: 3_000,
  pollMs: 5_000,
  retryFirstMs: 250,
  retryMaxMs: 10_000,
  floorMs: 5_000,
};
