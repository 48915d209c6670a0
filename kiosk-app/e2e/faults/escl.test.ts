import { type SimulatedEsclScanner, startSimulatedEsclScanner } from '@motcua/device-drivers/simulators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kiosk, openKiosk } from '../kiosk.ts';
import { blankPage, expectSentence, pagesOf, pagesSettled, walkToPaper } from './fault-kit.ts';

describe('a network scanner (eSCL)', () => {
  let kiosk: Kiosk;
  let scanner: SimulatedEsclScanner;

  beforeAll(async () => {
    scanner = await startSimulatedEsclScanner();
    kiosk = await openKiosk({ scanner: scanner.uri });
    await walkToPaper(kiosk);
  });
  afterAll(async () => {
    await kiosk[Symbol.asyncDispose]();
    await scanner.close();
  });

  const scan = () => kiosk.driver.press(/^Quét( thêm trang)?$/);

  it('that jams on the second sheet keeps the first, and goes on with the rest', async () => {
    const { driver } = kiosk;
    const file = await blankPage(kiosk.folder);
    scanner.lay([file, file, file]);
    scanner.setFault('jam', 1);
    // Somebody frees the paper as soon as the scan has ended.
    scanner.misbehave((_, { method }) => {
      if (method === 'DELETE') scanner.setFault(null);
      return false;
    });
    await scan();
    const jammed = await driver.until(
      (visit) => visit.scan.state === 'idle' && visit.scan.problem?.code === 'scanner-jam',
      'the scan to end as a jam',
    );
    expect(pagesOf(jammed)).toHaveLength(1);
    await expectSentence(kiosk, 'scanner-jam');

    await scan();
    await driver.until((visit) => pagesOf(visit).length === 3, 'the rest of the pile');
    const pages = pagesOf(await pagesSettled(kiosk));
    expect(pages.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);
    expect(scanner.openJobs()).toBe(0);
  }, 150_000);
});
