import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPrinterParser, type PrinterMessage } from './protocol.ts';
import { conditionOf, readAutomaticStatus, readTransmittedStatus } from './status.ts';

const parse = (...chunks: readonly (readonly number[])[]) => {
  const parser = createPrinterParser();
  return chunks.flatMap((chunk) => parser.push(Uint8Array.from(chunk)));
};

const printable = fc.integer({ min: 0x20, max: 0x7e });
const low = fc.integer({ min: 0, max: 0x0f }).map((bits) => bits | 0x40);

/** Well-formed messages with their bytes. */
const spoken: fc.Arbitrary<{ readonly bytes: readonly number[]; readonly message: PrinterMessage }> =
  fc.oneof(
    fc.tuple(printable, printable, printable, printable).map((id) => ({
      bytes: [0x37, 0x22, ...id, 0],
      message: { type: 'printed' as const, processId: String.fromCharCode(...id) },
    })),
    fc.constant({ bytes: [0x37, 0x25, 0], message: { type: 'cleared' as const } }),
    fc
      .constantFrom(0x12, 0x16, 0x1a, 0x72, 0x7e)
      .map((byte) => ({ bytes: [byte], message: { type: 'status' as const, byte } })),
    fc.tuple(fc.constantFrom(0x10, 0x14, 0x18, 0x38, 0x7c), low, low, low).map((bytes) => ({
      bytes: [...bytes],
      message: { type: 'automatic-status' as const, bytes },
    })),
    fc
      .constantFrom(0x00, 0x03, 0x0c, 0x0f, 0x60)
      .map((byte) => ({ bytes: [byte], message: { type: 'paper-status' as const, byte } })),
  );

describe('the parser of what printers say', () => {
  it('reads every message, cut anywhere, with XON and XOFF between any two bytes', () => {
    fc.assert(
      fc.property(
        fc.array(spoken, { maxLength: 12 }),
        fc.array(fc.constantFrom('cut', 'xon', 'xoff', 'nothing'), { maxLength: 100 }),
        (list, events) => {
          const parser = createPrinterParser();
          const heard: PrinterMessage[] = [];
          for (const [at, byte] of list.flatMap((item) => item.bytes).entries()) {
            const event = events[at];
            if (event === 'xon') heard.push(...parser.push(Uint8Array.of(0x11)));
            if (event === 'xoff') heard.push(...parser.push(Uint8Array.of(0x13)));
            heard.push(...parser.push(Uint8Array.of(byte)));
          }
          expect(heard.filter(({ type }) => type !== 'xon' && type !== 'xoff')).toEqual(
            list.map((item) => item.message),
          );
          const whole = list.flatMap((item) => item.bytes);
          expect(parse(whole)).toEqual(list.map((item) => item.message));
        },
      ),
    );
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), (chunks) => {
        const parser = createPrinterParser();
        for (const chunk of chunks) expect(Array.isArray(parser.push(chunk))).toBe(true);
      }),
    );
  });

  it('never takes garbage for a confirmation whose id is not printable, too short or too long', () => {
    expect(parse([0x37, 0x22, 0x1f, 0x20, 0x20, 0x20, 0])).toEqual([]);
    expect(parse([0x37, 0x22, 0x41, 0x42, 0x43, 0])).toEqual([]);
    expect(parse([0x37, 0x22, 0x41, 0x42, 0x43, 0x44, 0x45, 0])).toEqual([]);
  });

  it('gives up a block without an end and hears the next message', () => {
    const endless = [0x37, ...Array<number>(15).fill(0x41)];
    expect(parse(endless, [0x37, 0x25, 0])).toEqual([{ type: 'cleared' }]);
  });

  it('drops a broken automatic status when another message begins', () => {
    expect(parse([0x18, 0x00], [0x37, 0x25, 0x00])).toEqual([{ type: 'cleared' }]);
  });
});

describe('conditions', () => {
  const automatic = (...bytes: [number, number, number]) =>
    conditionOf(readAutomaticStatus([bytes[0], bytes[1], bytes[2], 0x0f]));
  const asked = (...bytes: [number, number, number, number]) => conditionOf(readTransmittedStatus(bytes));

  it.each([
    ['ready', automatic(0x10, 0, 0), asked(0x12, 0x12, 0x12, 0x12)],
    ['near-end', automatic(0x10, 0, 0x03), asked(0x12, 0x12, 0x12, 0x1e)],
    ['paper-end', automatic(0x18, 0, 0x0f), asked(0x1a, 0x32, 0x12, 0x7e)],
    ['cover-open', automatic(0x38, 0, 0), asked(0x1a, 0x16, 0x12, 0x12)],
    ['cutter-error', automatic(0x18, 0x08, 0), asked(0x1a, 0x52, 0x1a, 0x12)],
    ['error', automatic(0x18, 0x20, 0), asked(0x1a, 0x52, 0x32, 0x12)],
    ['overheated', automatic(0x18, 0x40, 0), asked(0x1a, 0x52, 0x52, 0x12)],
    ['mechanical-error', automatic(0x18, 0x04, 0), asked(0x1a, 0x52, 0x16, 0x12)],
    ['offline', automatic(0x18, 0, 0), asked(0x1a, 0x12, 0x12, 0x12)],
    ['cover-open', automatic(0x38, 0x08, 0x0f), asked(0x1a, 0x36, 0x1a, 0x7e)],
  ])('%s', (expected, fromAutomatic, fromAsked) => {
    expect(fromAutomatic).toBe(expected);
    expect(fromAsked).toBe(expected);
  });
});
