import { unreachable } from '@motcua/core';
import type { CardCameraCondition } from '../code-reader/camera/card-camera.ts';
import { problemOfReader } from '../id-chip/chip-problem.ts';
import type { ChipReaderCondition } from '../id-chip/pcsc/chip-reader.ts';
import type { PrinterCondition } from '../printer/printer.ts';
import { blockingError } from '../printer/status.ts';
import type { ScannerCondition } from '../scanner/scanner.ts';
import type { DeviceReading } from './device-status.ts';

export function readingOfPrinter(condition: PrinterCondition): DeviceReading {
  if (condition === 'ready') return { state: 'ready', cause: null };
  if (condition === 'near-end') return { state: 'attention', cause: 'printer-near-end' };
  return { state: condition === 'offline' ? 'absent' : 'blocked', cause: blockingError(condition) ?? null };
}

export function readingOfScanner(condition: ScannerCondition): DeviceReading {
  switch (condition) {
    // Somebody else's scan on a shared scanner: it will be free again.
    case 'busy':
      return { state: 'attention', cause: 'scanner-busy' };
    case 'ready':
      return { state: 'ready', cause: null };
    case 'absent':
      return { state: 'absent', cause: 'scanner-absent' };
    case 'failed':
      return { state: 'failed', cause: 'scanner-io' };
    default:
      return unreachable(condition);
  }
}

export function readingOfChipReader(condition: ChipReaderCondition): DeviceReading {
  const cause = problemOfReader(condition);
  if (condition === 'ready' || condition === 'absent') return { state: condition, cause };
  return { state: 'failed', cause };
}

export function readingOfReader(condition: 'ready' | 'absent'): DeviceReading {
  return { state: condition, cause: condition === 'absent' ? 'reader-absent' : null };
}

export function readingOfCamera(condition: CardCameraCondition): DeviceReading {
  return { state: condition, cause: condition === 'ready' ? null : `camera-${condition}` };
}
