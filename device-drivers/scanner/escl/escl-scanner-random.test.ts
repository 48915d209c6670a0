import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { esclMisbehaviours as bad, type EsclMisbehaviour } from '../../simulators/scanner/escl-faults.ts';
import { startSimulatedEsclScanner } from '../../simulators/scanner/simulated-escl-scanner.ts';
import { systemTimers, type Timers } from '../../timers.ts';
import { openDocumentScanner } from '../open-document-scanner.ts';
import { scanWorkplace } from '../test-support.ts';

const quick: Timers = { after: (milliseconds, ring) => systemTimers.after(milliseconds / 200, ring) };

/** Each request for a page meets the next of these; `well` lets the scanner answer. */
const faults: Readonly<Record<string, () => EsclMisbehaviour>> = {
  well: () => () => false,
  wait: bad['503-between-sheets'],
  soon: bad['early-404'],
  cut: bad['cut-body'],
  short: bad['wrong-length'],
  words: bad['words-for-a-page'],
  odd: bad['not-http'],
  silent: () => (_path, _request, response) => {
    response.destroy();
    return true;
  },
};

test('whatever goes wrong page by page, announced pages stay, the job is deleted and the next scan works', async () => {
  const steps = fc.array(fc.constantFrom(...Object.keys(faults)), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 0, max: 3 }), async (script, jamAfter) => {
      const place = scanWorkplace();
      const simulator = await startSimulatedEsclScanner();
      try {
        const sheet = join(place.folder, 'sheet.png');
        await sharp({ create: { width: 21, height: 29, channels: 3, background: '#456' } }).toFile(sheet);
        simulator.lay([sheet, sheet, sheet]);
        if (jamAfter < 3) simulator.setFault('jam', jamAfter);
        let asked = -1;
        simulator.misbehave((path, request, response) => {
          if (!path.endsWith('/NextDocument')) return false;
          asked += 1;
          return faults[script[asked] ?? 'well']?.()(path, request, response) ?? false;
        });
        const profile = { pageTimeoutMs: 6_000_000, scanimageArguments: [] };
        const scanner = openDocumentScanner(simulator.uri, { profile, timers: quick });
        const result = await scanner.scan(place.request(), place.onPage);
        const kept = result.ok ? result.value.pages : result.error.pagesKept;
        expect(place.pages).toHaveLength(kept);
        expect(readdirSync(place.out)).toHaveLength(kept);
        expect(simulator.openJobs()).toBe(0);
        simulator.misbehave(null);
        simulator.setFault(null);
        const again = await scanner.scan(place.request({ source: 'flatbed' }), place.onPage);
        expect(again).toEqual({ ok: true, value: { pages: 1 } });
      } finally {
        await simulator.close();
        place.remove();
      }
    }),
    { numRuns: 25 },
  );
});
