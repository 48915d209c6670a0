import { type DeviceRole, type DeviceView, problem } from '@motcua/contract';
import type { Logger } from '@motcua/core';
import {
  type CardCamera,
  type ChipReader,
  type CodeReader,
  type DeviceStatus,
  type DocumentScanner,
  readingOfCamera,
  readingOfChipReader,
  readingOfPrinter,
  readingOfReader,
  readingOfScanner,
  type SupervisedDriver,
  superviseDriver,
  type ThermalPrinter,
} from '@motcua/device-drivers';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Changes } from '../changes.ts';
import { isDiskFull } from '../store/faults.ts';

/** How each driver is opened, and opened again when it hangs; null where the site declares no such device. */
export interface DeviceOpeners {
  readonly ticketPrinter: (() => ThermalPrinter) | null;
  /** Where receipts go, when the site has a printer of their own for them. */
  readonly receiptPrinter: (() => ThermalPrinter) | null;
  readonly scanner: (() => DocumentScanner) | null;
  readonly reader: (() => CodeReader) | null;
  readonly camera: (() => CardCamera) | null;
  readonly chipReader: (() => ChipReader) | null;
}

/** What the kiosk knows of its devices, pushed by the drivers. */
export interface Devices {
  readonly ticketPrinter: ThermalPrinter | null;
  readonly receiptPrinter: ThermalPrinter | null;
  readonly scanner: DocumentScanner | null;
  readonly reader: CodeReader | null;
  readonly camera: CardCamera | null;
  readonly chipReader: ChipReader | null;
  views(): readonly DeviceView[];
  /** Asks the scanner how it is: it does not speak by itself. */
  checkScanner(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

export function createDevices(
  openers: DeviceOpeners,
  changes: Changes,
  audit: AuditLog,
  logger: Logger,
): Devices {
  const ticketPrinter =
    openers.ticketPrinter && supervisePrinter('ticket-printer', openers.ticketPrinter, logger);
  const receiptPrinter =
    openers.receiptPrinter && supervisePrinter('receipt-printer', openers.receiptPrinter, logger);
  const scanner = openers.scanner && superviseScanner(openers.scanner, logger);
  const reader = openers.reader && superviseReader(openers.reader, logger);
  const camera = openers.camera && superviseCamera(openers.camera, logger);
  const chipReader = openers.chipReader && superviseChipReader(openers.chipReader, logger);
  const all: readonly (readonly [DeviceRole, Watched])[] = [
    ...(ticketPrinter ? ([['ticket-printer', ticketPrinter]] as const) : []),
    ...(receiptPrinter ? ([['receipt-printer', receiptPrinter]] as const) : []),
    ...(reader ? ([['code-reader', reader]] as const) : []),
    ...(camera ? ([['camera', camera]] as const) : []),
    ...(chipReader ? ([['chip-reader', chipReader]] as const) : []),
    ...(scanner ? ([['document-scanner', scanner]] as const) : []),
  ];

  const watch = (role: DeviceRole, device: Watched) => {
    let recorded = '';
    device.onStatus(({ state, cause }) => {
      changes.bump();
      const key = `${state} ${cause}`;
      // Each slip and each page makes a device busy; only what its users should know is recorded.
      if (state === 'busy' || key === recorded) return;
      recorded = key;
      try {
        audit.record('device-state', null, { role, state, code: cause });
      } catch (error) {
        // On a full disk the device's state is shown all the same.
        if (!isDiskFull(error)) throw error;
      }
    });
  };

  return {
    ticketPrinter: ticketPrinter?.driver ?? null,
    receiptPrinter: receiptPrinter?.driver ?? null,
    scanner: scanner?.driver ?? null,
    reader: reader?.driver ?? null,
    camera: camera?.driver ?? null,
    chipReader: chipReader?.driver ?? null,
    views: () =>
      all.map(([role, device]) => {
        const { state, cause } = device.status();
        return { role, uri: device.driver.uri, state, problem: cause ? problem(cause) : null };
      }),
    checkScanner: async () => scanner?.check(),
    start: () => {
      for (const [role, device] of all) {
        watch(role, device);
        device.start();
      }
    },
    stop: async () => {
      await Promise.allSettled(all.map(([, device]) => device.stop()));
    },
  };
}

interface Watched {
  readonly driver: { readonly uri: string };
  status(): DeviceStatus;
  onStatus(listener: (status: DeviceStatus) => void): () => void;
  start(): void;
  stop(): Promise<void>;
}

function supervisePrinter(
  role: DeviceRole,
  open: () => ThermalPrinter,
  logger: Logger,
): SupervisedDriver<ThermalPrinter> {
  return superviseDriver({
    role,
    open,
    look: async (printer) => readingOfPrinter(await printer.condition()),
    listen: (printer, tell) => printer.onCondition((condition) => tell(readingOfPrinter(condition))),
    work: ['print', 'clear'],
    // It keeps itself informed; asking again also tries to recover a stuck cutter, which is for a job to decide.
    ask: 'at-start',
    logger,
  });
}

function superviseScanner(open: () => DocumentScanner, logger: Logger): SupervisedDriver<DocumentScanner> {
  return superviseDriver({
    role: 'document-scanner',
    open,
    look: async (scanner) => readingOfScanner(await scanner.condition()),
    work: ['scan'],
    // Asking takes `scanimage` seconds, and may wake the lamp.
    ask: 'until-ready',
    logger,
  });
}

function superviseReader(open: () => CodeReader, logger: Logger): SupervisedDriver<CodeReader> {
  return superviseDriver({
    role: 'code-reader',
    open,
    look: async (reader) => readingOfReader(reader.condition()),
    listen: (reader, tell) => reader.onCondition((condition) => tell(readingOfReader(condition))),
    work: [],
    ask: 'always',
    logger,
  });
}

function superviseCamera(open: () => CardCamera, logger: Logger): SupervisedDriver<CardCamera> {
  return superviseDriver({
    role: 'camera',
    open,
    look: async (camera) => readingOfCamera(camera.condition()),
    listen: (camera, tell) => camera.onCondition((condition) => tell(readingOfCamera(condition))),
    work: [],
    ask: 'always',
    logger,
  });
}

function superviseChipReader(open: () => ChipReader, logger: Logger): SupervisedDriver<ChipReader> {
  return superviseDriver({
    role: 'chip-reader',
    open,
    look: async (reader) => readingOfChipReader(reader.condition()),
    listen: (reader, tell) => reader.onCondition((condition) => tell(readingOfChipReader(condition))),
    work: [],
    ask: 'always',
    logger,
  });
}
