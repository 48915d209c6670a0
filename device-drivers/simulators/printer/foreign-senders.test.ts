import { once } from 'node:events';
import { connect } from 'node:net';
import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';
import { CharacterSet, PrinterTypes, ThermalPrinter } from 'node-thermal-printer';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeSlip } from '../../printer/encode-slip.ts';
import { defaultPrinterProfile } from '../../printer/profile.ts';
import { renderSlip } from '../../printer/render-slip.ts';
import { readCodes, readText, sampleTicket } from '../../printer/test-support.ts';
import { loadPrinterLetters, type PrinterLetters } from './draw-native.ts';
import { startSimulatedPrinter } from './simulated-printer.ts';

let letters: PrinterLetters;
beforeAll(async () => {
  letters = await loadPrinterLetters();
});

const QR = 'MCK1:01JD3W8Z5Q4R7T9VXYA2B3C4D5';

/** Sends bytes of somebody else to the simulator and returns the papers, one after another. */
async function paperOf(...jobs: readonly Uint8Array[]) {
  const printer = await startSimulatedPrinter({ letters });
  const socket = connect(printer.port, '127.0.0.1');
  for (const job of jobs) socket.write(job);
  // The barrier is answered in order: everything before it has been drawn.
  socket.write(Uint8Array.of(0x1d, 0x72, 1));
  await once(socket, 'data');
  socket.destroy();
  const papers = printer.papers().map(({ bitmap }) => bitmap);
  const unknown = printer.unknownCommands();
  await printer.close();
  return { papers, unknown };
}

function receiptPrinterEncoder(): Uint8Array {
  return new ReceiptPrinterEncoder({ language: 'esc-pos', columns: 48 })
    .initialize()
    .align('center')
    .bold(true)
    .line('PHUONG TAN HUNG')
    .bold(false)
    .rule()
    .size(3, 3)
    .line('A027')
    .size(1, 1)
    .line('CHUNG THUC BAN SAO')
    .qrcode(QR, { model: 2, size: 6, errorlevel: 'm' })
    .barcode('H29.15-0975', 'code128', { height: 60 })
    .cut('partial')
    .encode();
}

function nodeThermalPrinter(): Uint8Array {
  const printer = new ThermalPrinter({
    type: PrinterTypes.EPSON,
    interface: 'tcp://127.0.0.1:9',
    characterSet: CharacterSet.WPC1258_VIETNAMESE,
  });
  printer.alignCenter();
  printer.bold(true);
  printer.println('PHUONG TAN HUNG');
  printer.bold(false);
  printer.drawLine();
  printer.setTextSize(2, 2);
  printer.println('A027');
  printer.setTextNormal();
  printer.println('CHUNG THUC BAN SAO');
  printer.printQR(QR, { cellSize: 6, correction: 'M' });
  printer.cut();
  return printer.getBuffer();
}

describe('streams of other senders', () => {
  it.each([
    ['@point-of-sale/receipt-printer-encoder', receiptPrinterEncoder, [QR, 'H29.15-0975']],
    ['node-thermal-printer', nodeThermalPrinter, [QR]],
  ])('%s: its text and codes are on the paper, and what comes behind it is not disturbed', async (_, stream, codes) => {
    const ours = await renderSlip(sampleTicket, { widthDots: 576, dpi: 203 });
    const { papers, unknown } = await paperOf(stream(), encodeSlip(ours, defaultPrinterProfile), stream());
    const cut = papers.filter(({ data }) => data.some((byte) => byte !== 0));
    expect(cut).toHaveLength(3);
    expect((await readCodes(cut[0]!, 'all')).sort()).toEqual([...codes].sort());
    const text = await readText(cut[0]!);
    expect(text).toMatch(/PHUONG TAN HUNG/);
    expect(text).toMatch(/CHUNG THUC BAN SAO/);
    expect(await readCodes(cut[1]!)).toEqual([QR]);
    expect(cut[2]).toEqual(cut[0]);
    expect(unknown).toBe(0);
  });
});

it('our own stream has no command that the printer does not know', async () => {
  const bitmap = await renderSlip(sampleTicket, { widthDots: 576, dpi: 203 });
  for (const raster of ['GS v 0', 'GS ( L'] as const) {
    const { unknown, papers } = await paperOf(encodeSlip(bitmap, { ...defaultPrinterProfile, raster }));
    expect({ unknown, papers: papers.length }).toEqual({ unknown: 0, papers: 1 });
  }
});
