import { afterEach, describe, expect, it } from 'vitest';
import { encodeSlip } from './encode-slip.ts';
import {
  atNextChange,
  confirmed,
  createBench,
  failed,
  job,
  longJob,
  onPaper,
  reached,
  SLIP_ROWS,
  slipBitmap,
  wholeSlips,
} from './printer-test-bench.ts';
import { defaultPrinterProfile } from './profile.ts';

const { simulator, driver, closeAll } = createBench();
afterEach(closeAll);

describe('a printer that is well', () => {
  it('prints every dot, cuts, and confirms', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri);
    expect(await printer.condition()).toBe('ready');
    expect(await printer.print(job)).toEqual(confirmed);
    const [printed] = paper.papers();
    expect(printed?.end).toBe('cut');
    expect(printed?.bitmap.height).toBe(SLIP_ROWS);
    expect(Buffer.from(printed!.bitmap.data).subarray(0, onPaper.length)).toEqual(onPaper);
  });

  it('prints jobs given at once one after another', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri);
    const results = await Promise.all([printer.print(job), printer.print(job), printer.print(job)]);
    expect(results).toEqual([confirmed, confirmed, confirmed]);
    expect(wholeSlips(paper)).toBe(3);
  });

  it('prints with GS ( L as well', async () => {
    const paper = await simulator();
    const profile = { ...defaultPrinterProfile, raster: 'GS ( L' as const };
    expect(await driver(paper.uri, { profile }).print(encodeSlip(slipBitmap, profile))).toEqual(confirmed);
    expect(wholeSlips(paper)).toBe(1);
  });

  it('is waited for while the paper moves', async () => {
    const paper = await simulator({ dotsPerSecond: 3_000 });
    const printer = driver(paper.uri);
    expect(await printer.print(job)).toEqual(confirmed);
    expect(wholeSlips(paper)).toBe(1);
  });

  it('tells of a near end and prints all the same', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri);
    await printer.condition();
    const change = reached(printer, 'near-end');
    paper.setFault('near-end');
    expect(await change).toBe('near-end');
    expect(await printer.print(job)).toEqual(confirmed);
  });
});

describe('a printer that cannot print', () => {
  it.each([
    ['paper-end', 'printer-paper-end'],
    ['cover-open', 'printer-cover-open'],
    ['cutter-error', 'printer-cutter'],
    ['offline', 'printer-offline'],
  ] as const)('says %s before anything is sent, and prints once it is mended', async (fault, code) => {
    const paper = await simulator();
    const printer = driver(paper.uri);
    paper.setFault(fault);
    expect(await printer.print(job)).toEqual(failed(code, false));
    expect(await printer.condition()).toBe(fault);
    paper.setFault('none');
    expect(await printer.print(job)).toEqual(confirmed);
    expect(wholeSlips(paper)).toBe(1);
  });

  it('goes on after a cutter error whose cause was removed, because it is told to', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri);
    paper.setFault('cutter-error');
    expect(await printer.condition()).toBe('cutter-error');
    paper.freeCutter();
    expect(await printer.condition()).toBe('ready');
    expect(await printer.print(job)).toEqual(confirmed);
  });

  it('pushes each change of its condition', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri, { timeouts: { pollMs: 60_000 } });
    expect(await printer.print(job)).toEqual(confirmed);
    for (const fault of ['cover-open', 'paper-end', 'offline', 'cutter-error', 'near-end'] as const) {
      const change = reached(printer, fault);
      paper.setFault(fault);
      await change;
    }
    const well = reached(printer, 'ready');
    paper.setFault('none');
    expect(await well).toBe('ready');
  });

  it('is noticed by asking when the model has no automatic status', async () => {
    const paper = await simulator({ automaticStatus: false });
    const printer = driver(paper.uri, { timeouts: { pollMs: 5 } });
    await printer.condition();
    const change = reached(printer, 'cover-open');
    paper.setFault('cover-open');
    expect(await change).toBe('cover-open');
  });
});

describe('paper that ends in the middle', () => {
  it('is an unknown outcome; the rest is cleared, and the reprint comes out once and whole', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri);
    paper.runOutAfterDots(120);
    expect(await printer.print(job)).toEqual(failed('printer-paper-end', true));
    paper.setFault('none');
    expect(await printer.clear()).toEqual({ ok: true, value: undefined });
    expect(await printer.print(job)).toEqual(confirmed);
    expect(paper.papers().map(({ bitmap, end }) => [bitmap.height, end])).toEqual([
      [120, 'torn'],
      [SLIP_ROWS, 'cut'],
    ]);
  });

  it('does not let the rest come out when the roll is changed and nobody prints', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri);
    paper.runOutAfterDots(120);
    await printer.print(job);
    paper.setFault('none');
    expect(await printer.condition()).toBe('ready');
    expect(paper.inSlot()).toBeUndefined();
    expect(paper.papers().map(({ bitmap }) => bitmap.height)).toEqual([120]);
  });

  it('is recovered from when the receive buffer is full, too', async () => {
    const paper = await simulator({ receiveBufferBytes: 4_096 });
    const printer = driver(paper.uri, { timeouts: { clearMs: 500 } });
    paper.runOutAfterDots(50);
    const long = longJob;
    expect(await printer.print(long)).toEqual(failed('printer-paper-end', true));
    paper.setFault('none');
    expect(await printer.condition()).toBe('ready');
    expect(paper.inSlot()).toBeUndefined();
    expect(await printer.print(job)).toEqual(confirmed);
    expect(wholeSlips(paper)).toBe(1);
  });

  it('counts as printed when it ends behind the cut but before we asked', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri);
    paper.misbehave('late-confirmation');
    atNextChange(paper, () => paper.misbehave('honest'));
    expect(await printer.print(job)).toEqual(confirmed);
  });
});
