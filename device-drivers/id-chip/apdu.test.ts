import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCommand, encodeCommand } from './apdu.ts';
import { fromHex, toHex } from './bytes.ts';

describe('commands', () => {
  it.each([
    [{ le: undefined }, '00b00000'],
    [{ le: 256 }, '00b0000000'],
    [{ le: 257 }, '00b00000000101'],
    [{ le: 65_536 }, '00b00000000000'],
    [{ data: fromHex('0102'), le: undefined }, '00b00000020102'],
    [{ data: fromHex('0102'), le: 4 }, '00b0000002010204'],
    [{ data: fromHex('0102'), le: 300 }, '00b000000000020102012c'],
  ])('%j is written %s', ({ le, ...rest }, hex) => {
    const command = { cla: 0, ins: 0xb0, p1: 0, p2: 0, ...rest, ...(le !== undefined && { le }) };
    expect(toHex(encodeCommand(command))).toBe(hex);
  });

  it('are read by the card as they were meant', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 700 }),
        fc.option(fc.integer({ min: 1, max: 65_536 }), { nil: undefined }),
        (data, le) => {
          const command = {
            cla: 0,
            ins: 0xb0,
            p1: 1,
            p2: 2,
            ...(data.length > 0 && { data }),
            ...(le !== undefined && { le }),
          };
          const read = decodeCommand(encodeCommand(command));
          expect(read.ok && { ...read.value, extended: undefined }).toEqual({
            ...command,
            extended: undefined,
          });
        },
      ),
    );
  });

  it('no bytes make the card’s side throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => void decodeCommand(bytes)));
  });
});
