import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type SimulatedPrinter, startSimulatedPrinter } from '../simulators/printer/simulated-printer.ts';
import { createBitmap } from './bitmap.ts';
import { encodeSlip } from './encode-slip.ts';
import { defaultPrinterProfile } from './profile.ts';
import { openThermalPrinter } from './thermal-printer.ts';

const ROWS = 200;

/** A slip whose every byte is its own number, so that one row of it anywhere on paper betrays it. */
function numberedSlip(number: number) {
  const bitmap = createBitmap(576, ROWS);
  bitmap.data.fill(0xa1 + number);
  return bitmap;
}

function allPaper(printer: SimulatedPrinter): Buffer {
  const uncut = printer.inSlot();
  const cut = printer.papers().map(({ bitmap }) => bitmap);
  return Buffer.concat([...cut, ...(uncut && !cut.includes(uncut) ? [uncut] : [])].map(({ data }) => data));
}

function countOf(haystack: Buffer, needle: Uint8Array): number {
  let count = 0;
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + needle.length)) count++;
  return count;
}

type Trouble = (printer: SimulatedPrinter, controller: AbortController, dots: number) => void;

const troubles: Readonly<Record<string, Trouble>> = {
  none: () => undefined,
  paperEnd: (printer, _controller, dots) => printer.runOutAfterDots(dots),
  paperEndBefore: (printer) => printer.setFault('paper-end'),
  coverBefore: (printer) => printer.setFault('cover-open'),
  coverDuring: (printer) => atNextChange(printer, () => printer.setFault('cover-open')),
  unplugged: (printer) => atNextChange(printer, () => printer.disconnect()),
  unpluggedBefore: (printer) => printer.disconnect(),
  neverConfirms: (printer) => printer.misbehave('never-confirms'),
  confirmsTwice: (printer) => printer.misbehave('confirms-twice'),
  confirmsAnother: (printer) => printer.misbehave('confirms-another-job'),
  neverClears: (printer) => printer.misbehave('never-clears'),
  lateConfirmation: (printer) => printer.misbehave('late-confirmation'),
  stallsBefore: (printer) => printer.stall(),
  stallsDuring: (printer) => atNextChange(printer, () => printer.stall()),
  garbage: (printer) => printer.garbage(),
  calledOff: (printer, controller) => atNextChange(printer, () => controller.abort()),
};

function atNextChange(printer: SimulatedPrinter, action: () => void): void {
  const stop = printer.onChange(() => {
    stop();
    action();
  });
}

it('whatever goes wrong: what is reported printed is on paper once, and what cannot have printed is not', async () => {
  const step = fc.record({
    trouble: fc.constantFrom(...Object.keys(troubles)),
    dots: fc.integer({ min: 1, max: ROWS + 60 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), async (steps) => {
      const paper = await startSimulatedPrinter();
      const printer = openThermalPrinter(paper.uri, {
        timeouts: { statusMs: 100, printMs: 100, clearMs: 100, retryFirstMs: 1, retryMaxMs: 5 },
      });
      try {
        const reports = [];
        for (const [number, { trouble, dots }] of steps.entries()) {
          const slip = numberedSlip(number);
          const controller = new AbortController();
          troubles[trouble]?.(paper, controller, dots);
          const result = await printer.print(encodeSlip(slip, defaultPrinterProfile), controller.signal);
          paper.runOutAfterDots(Number.POSITIVE_INFINITY);
          paper.resume();
          paper.misbehave('honest');
          paper.setFault('none');
          const printed = allPaper(paper);
          if (result.ok) {
            expect(result.value.certainty).toBe('confirmed');
            expect(countOf(printed, slip.data)).toBe(1);
          } else if (!result.error.mayHavePrinted) {
            expect(countOf(printed, slip.data.subarray(0, 72))).toBe(0);
          }
          // The same must hold at the end: nothing comes out later, nothing twice.
          reports.push({ data: slip.data, result });
        }
        await printer.close();
        const patient = openThermalPrinter(paper.uri);
        const last = await patient.print(encodeSlip(numberedSlip(90), defaultPrinterProfile));
        await patient.close();
        expect(last).toEqual({ ok: true, value: { certainty: 'confirmed' } });
        for (const { data, result } of reports) {
          const whole = countOf(allPaper(paper), data);
          if (result.ok) expect(whole).toBe(1);
          else if (result.error.mayHavePrinted) expect(whole).toBeLessThanOrEqual(1);
          else expect(countOf(allPaper(paper), data.subarray(0, 72))).toBe(0);
        }
      } finally {
        await printer.close();
        await paper.close();
      }
    }),
    { numRuns: 12 },
  );
});
