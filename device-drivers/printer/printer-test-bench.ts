import {
  type SimulatedPrinter,
  type SimulatedPrinterOptions,
  startSimulatedPrinter,
} from '../simulators/printer/simulated-printer.ts';
import { encodeSlip, withoutRealTimeCommands } from './encode-slip.ts';
import type { PrinterCondition, ThermalPrinter } from './printer.ts';
import { defaultPrinterProfile } from './profile.ts';
import { patternBitmap } from './test-support.ts';
import { openThermalPrinter, type ThermalPrinterDependencies } from './thermal-printer.ts';

const slip = patternBitmap(300);
export const SLIP_ROWS = slip.height + defaultPrinterProfile.cutter.feedDots;
export const job = encodeSlip(slip, defaultPrinterProfile);
export const longJob = encodeSlip(patternBitmap(3_000), defaultPrinterProfile);
export const slipBitmap = slip;
/** The dots of `job` as they must stand on paper. */
export const onPaper = Buffer.from(withoutRealTimeCommands(slip.data));

/** Opens simulators and drivers for one test and closes them after it, the latest first. */
export function createBench() {
  const open: { close(): Promise<void> }[] = [];
  return {
    simulator: async (options?: SimulatedPrinterOptions): Promise<SimulatedPrinter> => {
      const printer = await startSimulatedPrinter(options);
      open.push(printer);
      return printer;
    },
    driver: (uri: string, dependencies?: ThermalPrinterDependencies): ThermalPrinter => {
      const printer = openThermalPrinter(uri, {
        ...dependencies,
        timeouts: { retryFirstMs: 5, retryMaxMs: 20, ...dependencies?.timeouts },
      });
      open.push(printer);
      return printer;
    },
    closeLater: (one: { close(): Promise<void> }) => void open.push(one),
    closeAll: async () => {
      for (const one of open.splice(0).reverse()) await one.close();
    },
  };
}

/** The first condition from now on that is this one. */
export function reached(printer: ThermalPrinter, wanted: PrinterCondition): Promise<PrinterCondition> {
  return new Promise((resolve) => {
    const stop = printer.onCondition((condition) => {
      if (condition !== wanted) return;
      stop();
      resolve(condition);
    });
  });
}

/** Does this at the printer's next change: the first rows, the cut. */
export function atNextChange(printer: SimulatedPrinter, action: () => void): void {
  const stop = printer.onChange(() => {
    stop();
    action();
  });
}

/** How many papers hold the whole of `job`. */
export function wholeSlips(printer: SimulatedPrinter): number {
  return printer.papers().filter(({ bitmap }) => Buffer.from(bitmap.data).includes(onPaper)).length;
}

export const confirmed = { ok: true, value: { certainty: 'confirmed' } };

export function failed(code: string, mayHavePrinted: boolean) {
  return { ok: false, error: { code, mayHavePrinted } };
}
