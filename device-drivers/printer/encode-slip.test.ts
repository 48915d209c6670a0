import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEscposDecoder } from '../simulators/printer/escpos-decoder.ts';
import { createRealTimeFilter } from '../simulators/printer/real-time.ts';
import { bytesPerRow } from './bitmap.ts';
import { encodeSlip, withoutRealTimeCommands } from './encode-slip.ts';
import { defaultPrinterProfile, type PrinterProfile } from './profile.ts';
import { patternBitmap } from './test-support.ts';

/** Bytes as they meet in raster data that spells real-time commands. */
const treacherous = fc.array(fc.constantFrom(0x10, 0x04, 0x05, 0x14, 0x01, 0x02, 0x08, 0x00), {
  minLength: 72,
  maxLength: 72 * 12,
});

function decode(bytes: Uint8Array) {
  const decoder = createEscposDecoder();
  decoder.push(bytes);
  const operations = [];
  for (let operation = decoder.next(); operation; operation = decoder.next()) operations.push(operation);
  return operations;
}

describe('an encoded slip', () => {
  it.each(['GS v 0', 'GS ( L'] as const)('decodes to the same dots (%s)', (raster) => {
    const profile: PrinterProfile = { ...defaultPrinterProfile, raster, bandDots: 120 };
    const bitmap = patternBitmap(301);
    const rows = decode(encodeSlip(bitmap, profile)).filter((operation) => operation.type === 'raster');
    expect(rows.reduce((sum, band) => sum + band.height, 0)).toBe(301);
    expect(Buffer.concat(rows.map((band) => band.data))).toEqual(
      Buffer.from(withoutRealTimeCommands(bitmap.data)),
    );
  });

  it('begins by resetting the printer and ends with the cut of its profile', () => {
    const cut = (command: PrinterProfile['cutter']['command']) =>
      Buffer.from(
        encodeSlip(patternBitmap(8), { ...defaultPrinterProfile, cutter: { command, feedDots: 300 } }),
      );
    expect(cut('GS V 66').subarray(0, 2).toString('hex')).toBe('1b40');
    expect(cut('GS V 66').subarray(-4).toString('hex')).toBe('1d5642ff');
    expect(cut('GS V 1').subarray(-9).toString('hex')).toBe('1b4aff1b4a2d1d5601');
    expect(cut('none').subarray(-3).toString('hex')).toBe('1b4a2d');
  });

  it.each(['GS v 0', 'GS ( L'] as const)('never speaks a real-time command (%s)', (raster) => {
    fc.assert(
      fc.property(treacherous, fc.integer({ min: 1, max: 20 }), (bytes, bandDots) => {
        const height = Math.floor(bytes.length / 72);
        const bitmap = { width: 576, height, data: Uint8Array.from(bytes.slice(0, height * 72)) };
        const encoded = encodeSlip(bitmap, { ...defaultPrinterProfile, raster, bandDots });
        const parts = createRealTimeFilter()(encoded);
        expect(parts.filter((part) => part.type !== 'data')).toEqual([]);
        expect(Buffer.from(encoded).indexOf(Buffer.from([0x10, 0x04]))).toBe(-1);
        expect(Buffer.from(encoded).indexOf(Buffer.from([0x10, 0x05]))).toBe(-1);
        expect(Buffer.from(encoded).indexOf(Buffer.from([0x10, 0x14]))).toBe(-1);
      }),
      { numRuns: 200 },
    );
  });

  it('alters no byte that is not part of such a command, and the others by one added dot', () => {
    fc.assert(
      fc.property(treacherous, (bytes) => {
        const before = Uint8Array.from(bytes);
        const after = withoutRealTimeCommands(before);
        for (const [at, byte] of before.entries()) {
          const risky = at > 0 && before[at - 1] === 0x10 && [0x04, 0x05, 0x14].includes(byte);
          expect(after[at]).toBe(risky ? byte | 0x08 : byte);
        }
      }),
    );
  });

  it('refuses a bitmap wider than the printer', () => {
    expect(() => encodeSlip(patternBitmap(8), { ...defaultPrinterProfile, widthDots: 384 })).toThrow(
      RangeError,
    );
  });

  it('encodes widths that are no multiple of eight', () => {
    const bitmap = patternBitmap(10, 381);
    const [raster] = decode(encodeSlip(bitmap, defaultPrinterProfile)).filter((o) => o.type === 'raster');
    expect(raster?.stride).toBe(bytesPerRow(381));
  });
});
