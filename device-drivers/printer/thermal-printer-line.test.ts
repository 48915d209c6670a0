import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startSimulatedPrinter } from '../simulators/printer/simulated-printer.ts';
import {
  atNextChange,
  confirmed,
  createBench,
  failed,
  job,
  reached,
  SLIP_ROWS,
  wholeSlips,
} from './printer-test-bench.ts';
import { defaultPrinterProfile } from './profile.ts';
import { openThermalPrinter } from './thermal-printer.ts';

const { simulator, driver, closeLater, closeAll } = createBench();
afterEach(closeAll);

describe('a line that breaks', () => {
  it('in the middle of a job leaves the outcome unknown; afterwards it prints again', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri);
    paper.misbehave('never-confirms');
    atNextChange(paper, () => paper.disconnect());
    expect(await printer.print(job)).toEqual(failed('printer-offline', true));
    paper.misbehave('honest');
    expect(await printer.print(job)).toEqual(confirmed);
  });

  it('tells offline at once and comes back by itself', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri);
    await printer.condition();
    const gone = reached(printer, 'offline');
    paper.disconnect();
    await gone;
    expect(await reached(printer, 'ready')).toBe('ready');
  });

  it('to a printer that is not there fails without having printed, and is found when it comes', async () => {
    const placeholder = await startSimulatedPrinter();
    await placeholder.close();
    const printer = driver(placeholder.uri);
    expect(await printer.condition()).toBe('offline');
    expect(await printer.print(job)).toEqual(failed('printer-offline', false));
    expect(await printer.clear()).toEqual(failed('printer-offline', false));
    const found = reached(printer, 'ready');
    await simulator({ port: placeholder.port });
    expect(await found).toBe('ready');
    expect(await printer.print(job)).toEqual(confirmed);
  });

  it('does not prefix a slip with what an earlier process left in the printer', async () => {
    const paper = await simulator();
    const earlier = driver(paper.uri, { timeouts: { printMs: 100, clearMs: 100 } });
    paper.misbehave('never-clears');
    // Half a band: the printer waits for the rest and would take the next slip for it.
    const half = Uint8Array.from([0x1d, 0x76, 0x30, 0, 72, 0, 200, 0, ...new Uint8Array(1_000).fill(0xff)]);
    paper.misbehave('honest');
    await earlier.print(half);
    await earlier.close();
    paper.tear();
    expect(await driver(paper.uri).print(job)).toEqual(confirmed);
    expect(wholeSlips(paper)).toBe(1);
  });

  it('to something that is no printer ends in an error', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closeLater({
      close: () =>
        new Promise((resolve) => {
          for (const socket of sockets) socket.destroy();
          server.close(() => resolve());
        }),
    });
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const printer = driver(`tcp://127.0.0.1:${port}`, {
      timeouts: { statusMs: 150, clearMs: 150, printMs: 150 },
    });
    const result = await printer.print(job);
    expect(result.ok).toBe(false);
  });
});

describe('a job that is called off', () => {
  it('before its turn prints nothing', async () => {
    const paper = await simulator();
    expect(await driver(paper.uri).print(job, AbortSignal.abort())).toEqual(
      failed('printer-cancelled', false),
    );
    expect(paper.inSlot()).toBeUndefined();
  });

  it('in the middle may have printed, and the printer is clean for the next', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri);
    const controller = new AbortController();
    paper.misbehave('never-confirms');
    atNextChange(paper, () => controller.abort());
    expect(await printer.print(job, controller.signal)).toEqual(failed('printer-cancelled', true));
    paper.misbehave('honest');
    paper.tear();
    expect(await printer.print(job)).toEqual(confirmed);
    expect(paper.papers().at(-1)?.bitmap.height).toBe(SLIP_ROWS);
  });

  it('is ended by closing the driver', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri);
    paper.misbehave('never-confirms');
    atNextChange(paper, () => void printer.close());
    expect(await printer.print(job)).toEqual(failed('printer-offline', true));
    expect(await printer.print(job)).toEqual(failed('printer-offline', false));
    expect(await printer.condition()).toBe('offline');
  });
});

describe('a clone without confirmation', () => {
  const profile = { ...defaultPrinterProfile, confirmsPrinting: false, acknowledgesClear: false };

  it('says processed, not confirmed', async () => {
    const paper = await simulator({ confirmsPrinting: false });
    const printer = driver(paper.uri, { profile });
    expect(await printer.print(job)).toEqual({ ok: true, value: { certainty: 'processed' } });
    expect(wholeSlips(paper)).toBe(1);
  });

  it('that runs out of paper in the middle says so, and is reset before the reprint', async () => {
    const paper = await simulator({ confirmsPrinting: false });
    const printer = driver(paper.uri, { profile, timeouts: { clearMs: 500 } });
    await printer.print(job);
    paper.runOutAfterDots(100);
    expect(await printer.print(job)).toEqual(failed('printer-paper-end', true));
    paper.setFault('none');
    expect((await printer.print(job)).ok).toBe(true);
  });

  it('treated as one that confirms runs into the limit instead of hanging', async () => {
    const paper = await simulator({ confirmsPrinting: false });
    const printer = driver(paper.uri, { timeouts: { printMs: 300 } });
    expect(await printer.print(job)).toEqual(failed('printer-unconfirmed', true));
  });
});

it('refuses an address that is none', () => {
  expect(() => openThermalPrinter('lpt1')).toThrow(/tcp:\/\/192/);
});
