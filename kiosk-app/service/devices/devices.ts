import { type DeviceRole, type DeviceState, type DeviceView, problem } from '@motcua/contract';
import {
  blockingError,
  type CodeReader,
  type DocumentScanner,
  type PrinterCondition,
  type ScannerCondition,
  type ThermalPrinter,
} from '@motcua/device-drivers';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Changes } from '../changes.ts';
import { isDiskFull } from '../store/faults.ts';

/** The opened drivers; null where the site declares no such device. */
export interface OpenedDevices {
  readonly printer: ThermalPrinter | null;
  readonly scanner: DocumentScanner | null;
  readonly reader: CodeReader | null;
}

/** What the kiosk knows of its devices, pushed by the drivers. */
export interface Devices extends OpenedDevices {
  views(): readonly DeviceView[];
  /** Asks the scanner how it is: it does not speak by itself. */
  checkScanner(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

const SCANNER_CHECK_MS = 15_000;

type Status = { readonly state: DeviceState; readonly code: string | null };

export function createDevices(opened: OpenedDevices, changes: Changes, audit: AuditLog): Devices {
  const statuses = new Map<DeviceRole, Status>();
  const stops: (() => void)[] = [];
  let stopped = false;
  const set = (role: DeviceRole, state: DeviceState, code: string | null) => {
    const before = statuses.get(role);
    if (stopped) return;
    if (before?.state === state && before.code === code) return;
    statuses.set(role, { state, code });
    changes.bump();
    try {
      audit.record('device-state', null, { role, state, code });
    } catch (error) {
      // On a full disk the device's state is shown all the same.
      if (!isDiskFull(error)) throw error;
    }
  };
  const setPrinter = (condition: PrinterCondition) => {
    const code = blockingError(condition) ?? (condition === 'near-end' ? 'printer-near-end' : null);
    set('ticket-printer', printerState(condition), code);
  };
  const setReader = (condition: 'ready' | 'absent') =>
    set('code-reader', condition, condition === 'absent' ? 'reader-absent' : null);
  const checkScanner = async () => {
    if (!opened.scanner) return;
    const condition = await opened.scanner.condition();
    set('document-scanner', condition, scannerCode(condition));
  };
  const uri = {
    'ticket-printer': opened.printer?.uri,
    'document-scanner': opened.scanner?.uri,
    'code-reader': opened.reader?.uri,
  };

  return {
    ...opened,
    views: () =>
      [...statuses].map(([role, { state, code }]) => ({
        role,
        uri: uri[role] ?? '',
        state,
        problem: code ? problem(code) : null,
      })),
    checkScanner,
    start: () => {
      if (opened.printer) {
        set('ticket-printer', 'starting', null);
        stops.push(opened.printer.onCondition(setPrinter));
        void opened.printer.condition().then(setPrinter);
      }
      if (opened.reader) {
        setReader(opened.reader.condition());
        stops.push(opened.reader.onCondition(setReader));
      }
      if (opened.scanner) {
        set('document-scanner', 'starting', null);
        void checkScanner();
        const timer = setInterval(() => {
          if (statuses.get('document-scanner')?.state !== 'ready') void checkScanner();
        }, SCANNER_CHECK_MS);
        stops.push(() => clearInterval(timer));
      }
    },
    stop: async () => {
      stopped = true;
      for (const stop of stops) stop();
      await Promise.allSettled([opened.printer?.close(), opened.scanner?.close(), opened.reader?.close()]);
    },
  };
}

function printerState(condition: PrinterCondition): DeviceState {
  if (condition === 'ready') return 'ready';
  if (condition === 'near-end') return 'attention';
  return condition === 'offline' ? 'absent' : 'blocked';
}

function scannerCode(condition: ScannerCondition): string | null {
  if (condition === 'absent') return 'scanner-absent';
  return condition === 'failed' ? 'scanner-io' : null;
}
