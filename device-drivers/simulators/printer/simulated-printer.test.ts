import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { manualClock } from '@motcua/core';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeSlip } from '../../printer/encode-slip.ts';
import { defaultPrinterProfile } from '../../printer/profile.ts';
import { renderSlip } from '../../printer/render-slip.ts';
import { patternBitmap, readCodes, sampleTicket } from '../../printer/test-support.ts';
import { createEscposDecoder } from './escpos-decoder.ts';
import {
  type SimulatedPrinter,
  type SimulatedPrinterOptions,
  startSimulatedPrinter,
} from './simulated-printer.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** A printer and a bare socket to it: nothing of our driver takes part. */
async function printerAndSocket(options?: SimulatedPrinterOptions) {
  const printer = await startSimulatedPrinter(options);
  const socket = connect(printer.port, '127.0.0.1');
  open.push(printer, {
    close: async () => {
      socket.destroy();
    },
  });
  await once(socket, 'connect');
  return { printer, ...talkTo(socket) };
}

function talkTo(socket: Socket) {
  let heard = Buffer.alloc(0);
  let wake: (() => void) | undefined;
  socket.on('data', (chunk) => {
    heard = Buffer.concat([heard, chunk]);
    wake?.();
  });
  const hear = async (bytes: number): Promise<string> => {
    while (heard.length < bytes)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    const said = heard.subarray(0, bytes).toString('hex');
    heard = heard.subarray(bytes);
    return said;
  };
  const say = (hex: string) => socket.write(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  /** Everything before this has been worked through. */
  const barrier = async (printer?: SimulatedPrinter) => {
    say('1d7201');
    await hear(1);
    return printer;
  };
  return { socket, say, hear, barrier };
}

const CONFIRM = '1d 28 48 06 00 30 30 41 42 43 44';

describe('the simulated printer', () => {
  it('prints a ticket whose QR code a reader reads, and keeps it until it is torn off', async () => {
    const clock = manualClock('2026-10-08T01:00:00Z');
    const { printer, socket, say, hear } = await printerAndSocket({ clock });
    const bitmap = await renderSlip(sampleTicket, { widthDots: 576, dpi: 203 });
    socket.write(encodeSlip(bitmap, defaultPrinterProfile));
    say(CONFIRM);
    expect(await hear(4)).toBe('1000000f');
    expect(await hear(7)).toBe('37224142434400');
    const [paper] = printer.papers();
    expect(paper?.at).toEqual(clock.now());
    expect(await readCodes(paper!.bitmap)).toEqual(['MCK1:01JD3W8Z5Q4R7T9VXYA2B3C4D5']);
    expect(printer.inSlot()).toBe(paper?.bitmap);
    printer.tear();
    expect(printer.inSlot()).toBeUndefined();
    expect(printer.papers()).toHaveLength(1);
  });

  it('answers DLE EOT while paper is out and its buffer is not worked off', async () => {
    const { printer, say, hear } = await printerAndSocket();
    printer.setFault('paper-end');
    say(`${CONFIRM} 10 04 01 10 04 02 10 04 03 10 04 04`);
    expect(await hear(4)).toBe('1a32127e');
    printer.setFault('none');
    expect(await hear(7)).toBe('37224142434400');
  });

  it('hears a real-time command cut in two', async () => {
    const { socket, say, hear } = await printerAndSocket();
    socket.setNoDelay(true);
    for (const byte of ['10', '14', '08', '01', '03', '14', '01', '06', '02', '08']) say(byte);
    expect(await hear(3)).toBe('372500');
  });

  it('keeps the rest of a job over a paper change and prints it, as a real one does', async () => {
    const { printer, socket, say, hear } = await printerAndSocket();
    printer.runOutAfterDots(100);
    socket.write(encodeSlip(patternBitmap(250), defaultPrinterProfile));
    say(CONFIRM);
    expect(await hear(8)).toBe('1000000f18000f0f');
    printer.setFault('none');
    expect(await hear(11)).toBe('1000000f37224142434400');
    expect(printer.papers().map(({ bitmap, end }) => [bitmap.height, end])).toEqual([
      [100, 'torn'],
      [150 + defaultPrinterProfile.cutter.feedDots, 'cut'],
    ]);
  });

  it('loses the rest of a job when its buffers are cleared', async () => {
    const { printer, socket, say, hear, barrier } = await printerAndSocket();
    printer.runOutAfterDots(100);
    socket.write(encodeSlip(patternBitmap(250), defaultPrinterProfile));
    await hear(8);
    say('10 14 08 01 03 14 01 06 02 08');
    expect(await hear(3)).toBe('372500');
    printer.setFault('none');
    expect(await hear(4)).toBe('1000000f');
    await barrier();
    expect(printer.papers()).toHaveLength(1);
    expect(printer.inSlot()).toBeUndefined();
  });

  it('refuses a second sender', async () => {
    const { printer, barrier } = await printerAndSocket();
    await barrier();
    const second = connect(printer.port, '127.0.0.1');
    await once(second, 'close');
    await barrier();
  });

  it('draws text and codes of other senders, and keeps its place in their stream', async () => {
    const { printer, say, barrier } = await printerAndSocket();
    say('1b40 1b7434 1b2108 1d2111 48656c6c6f 0a 1b6403 1d6b04 41424300 1d6b4903313233');
    say('1d286b0300314506 1d286b0800315030 48656c6c6f 1d286b0300315130 1c2e 1b7000 1919 1d564200');
    await barrier();
    const [paper] = printer.papers();
    // Two sizes of text, a grey box for the CODE39, a Code 128, a QR of 21 modules of 6 dots.
    expect((await readCodes(paper!.bitmap, 'all')).sort()).toEqual(['123', 'Hello']);
    expect(paper!.bitmap.height).toBeGreaterThan(2 * 24 + 2 * 162 + 21 * 6);
    expect(printer.unknownCommands()).toBe(0);
    say('1b7e 1d7e00');
    await barrier();
    expect(printer.unknownCommands()).toBe(2);
  });

  it('works off a picture longer than its receive buffer', async () => {
    const { printer, say, socket, barrier } = await printerAndSocket({ receiveBufferBytes: 4_096 });
    say('1d763000 4800 e803');
    socket.write(new Uint8Array(72 * 1_000).fill(0xff));
    say('1d5600');
    await barrier();
    expect(printer.papers()[0]?.bitmap.height).toBe(1_000);
  });

  it('survives a picture of four gigabytes that never comes, and is cleared of it', async () => {
    const { say, hear, barrier } = await printerAndSocket();
    say('1d384c ffffffff 30703001013148000000');
    say('00'.repeat(100_000));
    say('10 14 08 01 03 14 01 06 02 08');
    expect(await hear(3)).toBe('372500');
    await barrier();
  });
});

describe('the decoder', () => {
  it('gives the same operations however the bytes are cut, and ends on any bytes', () => {
    const alphabet = fc.constantFrom(
      0x1b,
      0x1d,
      0x1c,
      0x0a,
      0x40,
      0x76,
      0x30,
      0x28,
      0x38,
      0x4c,
      0x56,
      0x6b,
      1,
      0,
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(alphabet, fc.nat(255)), { maxLength: 300 }),
        fc.nat(300),
        (bytes, cut) => {
          const read = (...chunks: number[][]) => {
            const decoder = createEscposDecoder();
            let rows = 0;
            const others = [];
            for (const chunk of chunks) {
              decoder.push(Uint8Array.from(chunk));
              for (let operation = decoder.next(); operation; operation = decoder.next())
                // A picture may come in more pieces when the bytes do.
                if (operation.type === 'raster') rows += operation.height;
                else others.push(operation);
            }
            return { rows, others };
          };
          expect(read(bytes.slice(0, cut), bytes.slice(cut))).toEqual(read(bytes));
        },
      ),
      { numRuns: 300 },
    );
  });
});
