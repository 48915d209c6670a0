export type PrinterFault = 'none' | 'paper-end' | 'cover-open' | 'near-end' | 'offline' | 'cutter-error';

export function stopsPrinting(fault: PrinterFault): boolean {
  return fault !== 'none' && fault !== 'near-end';
}

/** `GS a`: four bytes, the first `0xx1xx00`, the others `0xx0xxxx`. */
export function automaticStatusBytes(fault: PrinterFault): Uint8Array {
  return Uint8Array.of(
    0x10 | (stopsPrinting(fault) ? 0x08 : 0) | (fault === 'cover-open' ? 0x20 : 0),
    fault === 'cutter-error' ? 0x08 : 0,
    paperStatusByte(fault),
    0x0f,
  );
}

/** `GS r` 1: bits 0–1 near end, 2–3 end. An empty roll is near its end, too. */
export function paperStatusByte(fault: PrinterFault): number {
  return fault === 'paper-end' ? 0x0f : fault === 'near-end' ? 0x03 : 0;
}

/** Answers to `DLE EOT n`, `0xx1xx10`. */
export function transmittedStatusByte(n: number, fault: PrinterFault): number {
  switch (n) {
    case 1:
      return 0x12 | (stopsPrinting(fault) ? 0x08 : 0);
    case 2:
      return (
        0x12 |
        (fault === 'cover-open' ? 0x04 : 0) |
        (fault === 'paper-end' ? 0x20 : 0) |
        (fault === 'cutter-error' ? 0x40 : 0)
      );
    case 3:
      return 0x12 | (fault === 'cutter-error' ? 0x08 : 0);
    default:
      return 0x12 | (fault === 'paper-end' ? 0x6c : fault === 'near-end' ? 0x0c : 0);
  }
}
