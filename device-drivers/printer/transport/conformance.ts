import { describe, expect, it } from 'vitest';
import type { SimulatedPrinter } from '../../simulators/printer/simulated-printer.ts';
import type { ThermalPrinter } from '../printer.ts';
import { atNextChange, confirmed, failed, job, reached, wholeSlips } from '../printer-test-bench.ts';

/** A printer on one kind of wire. */
export interface WiredPrinter extends AsyncDisposable {
  readonly simulator: SimulatedPrinter;
  readonly driver: ThermalPrinter;
  unplug(): Promise<void>;
  plug(): Promise<void>;
}

/** What a printer must do on every wire; `npm run test:usb` runs the same on virtual USB hardware. */
export function printerConformance(name: string, wire: () => Promise<WiredPrinter>): void {
  describe(`a printer on ${name}`, () => {
    it('prints, confirms, and says that the paper is near its end', async () => {
      await using printer = await wire();
      expect(await printer.driver.print(job)).toEqual(confirmed);
      const near = reached(printer.driver, 'near-end');
      printer.simulator.setFault('near-end');
      expect(await near).toBe('near-end');
      expect(await printer.driver.print(job)).toEqual(confirmed);
      expect(wholeSlips(printer.simulator)).toBe(2);
    });

    it('is out of paper in the middle: nothing comes out later, the reprint is whole', async () => {
      await using printer = await wire();
      expect(await printer.driver.condition()).toBe('ready');
      printer.simulator.runOutAfterDots(120);
      expect(await printer.driver.print(job)).toEqual(failed('printer-paper-end', true));
      printer.simulator.setFault('none');
      expect(await printer.driver.print(job)).toEqual(confirmed);
      expect(wholeSlips(printer.simulator)).toBe(1);
      expect(printer.simulator.papers().filter(({ end }) => end === 'cut')).toHaveLength(1);
    });

    it('unplugged in the middle of a job has an unknown outcome, and prints again when it is back', async () => {
      await using printer = await wire();
      expect(await printer.driver.condition()).toBe('ready');
      printer.simulator.misbehave('never-confirms');
      const gone = new Promise<void>((resolve) =>
        atNextChange(printer.simulator, () => void printer.unplug().then(resolve)),
      );
      expect(await printer.driver.print(job)).toEqual(failed('printer-offline', true));
      await gone;
      expect(await printer.driver.print(job)).toMatchObject({ ok: false, error: { mayHavePrinted: false } });
      printer.simulator.misbehave('honest');
      const back = reached(printer.driver, 'ready');
      await printer.plug();
      await back;
      expect(await printer.driver.print(job)).toEqual(confirmed);
    });
  });
}
