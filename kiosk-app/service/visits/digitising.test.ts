import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPrinterBench, type PrinterBench } from '../printer-test-bench.ts';
import { openTestKiosk, pageImage, type TestKiosk } from '../service-test-bench.ts';

let bench: PrinterBench;
let kiosk: TestKiosk;
beforeEach(async () => {
  bench = await createPrinterBench();
  kiosk = await openTestKiosk({ printer: bench.printer });
  await kiosk.walkTo('papers');
});
afterEach(async () => {
  await kiosk.close();
  await bench.close();
});

const refuse = (name: string, event: string) =>
  kiosk.db.exec(`CREATE TRIGGER ${name} BEFORE UPDATE OF ${event} BEGIN SELECT RAISE(ABORT, 'no room'); END`);

it('what was read of a page is stored when the disk takes it again, and until then the screen says why', async () => {
  refuse('no_result', 'result ON pages');
  kiosk.scanner.lay(pageImage);
  await kiosk.done({ type: 'scan-paper', paperCode: 'original' });
  await kiosk.until((visit) => visit.problem?.code === 'kiosk-error' && visit.scan.state === 'idle');
  expect((await kiosk.visit()).papers[0]?.pages[0]?.state).toBe('reading');
  kiosk.db.exec('DROP TRIGGER no_result');
  await kiosk.until((visit) => visit.papers[0]?.pages[0]?.state === 'ready' && visit.problem === null);
});

it('a scan whose end the disk does not take ends by itself as soon as it does', async () => {
  refuse('no_end', 'scan_problem ON visits WHEN OLD.scan_paper IS NOT NULL AND NEW.scan_paper IS NULL');
  kiosk.scanner.lay(pageImage);
  await kiosk.done({ type: 'scan-paper', paperCode: 'original' });
  await kiosk.until((visit) => visit.problem?.code === 'kiosk-error');
  expect((await kiosk.visit()).scan.state).toBe('scanning');
  kiosk.db.exec('DROP TRIGGER no_end');
  await kiosk.until((visit) => visit.scan.state === 'idle' && visit.problem === null);
});
