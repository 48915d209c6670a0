import type { PrinterCondition, PrinterError } from './printer.ts';

/** What the status bits say, gathered from automatic status back or from the four `DLE EOT` answers. */
export interface PrinterStatus {
  readonly offline: boolean;
  readonly coverOpen: boolean;
  readonly paperEnd: boolean;
  readonly nearEnd: boolean;
  readonly cutterError: boolean;
  /** Recovers by itself: a hot head. */
  readonly overheated: boolean;
  readonly mechanicalError: boolean;
  /** Unrecoverable, or one whose cause it does not tell. */
  readonly otherError: boolean;
}

export function readAutomaticStatus(bytes: readonly [number, number, number, number]): PrinterStatus {
  const [printer, error, paper] = bytes;
  return {
    offline: (printer & 0x08) !== 0,
    coverOpen: (printer & 0x20) !== 0,
    paperEnd: (paper & 0x0c) !== 0,
    nearEnd: (paper & 0x03) !== 0,
    cutterError: (error & 0x08) !== 0,
    overheated: (error & 0x40) !== 0,
    mechanicalError: (error & 0x04) !== 0,
    otherError: (error & 0x20) !== 0,
  };
}

/** Answers to `DLE EOT` 1 to 4, in this order. */
export function readTransmittedStatus(answers: readonly [number, number, number, number]): PrinterStatus {
  const [printer, offline, error, paper] = answers;
  return {
    offline: (printer & 0x08) !== 0,
    coverOpen: (offline & 0x04) !== 0,
    paperEnd: (offline & 0x20) !== 0 || (paper & 0x60) !== 0,
    nearEnd: (paper & 0x0c) !== 0,
    cutterError: (error & 0x08) !== 0,
    overheated: (error & 0x40) !== 0,
    mechanicalError: (error & 0x04) !== 0,
    otherError: (offline & 0x40) !== 0 || (error & 0x20) !== 0,
  };
}

/**
 * Port status of the USB printer class (`GET_PORT_STATUS`): 20 paper empty, 10 selected, 08 no error. It answers on
 * endpoint 0 even while the printer takes no data.
 */
export function readPortStatus(byte: number): PrinterCondition {
  if ((byte & 0x20) !== 0) return 'paper-end';
  if ((byte & 0x08) === 0) return 'error';
  return (byte & 0x10) === 0 ? 'offline' : 'ready';
}

/** The answer to `GS r` 1: 03 near end, 0C paper end. */
export function readPaperStatus(byte: number): PrinterCondition {
  if ((byte & 0x0c) !== 0) return 'paper-end';
  return (byte & 0x03) !== 0 ? 'near-end' : 'ready';
}

/** The one condition to act on: what a person must do first comes first. */
export function conditionOf(status: PrinterStatus): PrinterCondition {
  if (status.coverOpen) return 'cover-open';
  if (status.paperEnd) return 'paper-end';
  if (status.cutterError) return 'cutter-error';
  if (status.mechanicalError) return 'mechanical-error';
  if (status.overheated) return 'overheated';
  if (status.otherError) return 'error';
  if (status.offline) return 'offline';
  if (status.nearEnd) return 'near-end';
  return 'ready';
}

/** Why this condition keeps the printer from printing; undefined when it does not. */
export function blockingError(condition: PrinterCondition): PrinterError['code'] | undefined {
  switch (condition) {
    case 'ready':
    case 'near-end':
      return undefined;
    case 'paper-end':
      return 'printer-paper-end';
    case 'cover-open':
      return 'printer-cover-open';
    case 'cutter-error':
      return 'printer-cutter';
    case 'overheated':
      return 'printer-overheated';
    case 'mechanical-error':
      return 'printer-mechanical';
    case 'error':
      return 'printer-error';
    case 'offline':
      return 'printer-offline';
  }
}
