import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../bytes.ts';
import { encodeTlv } from '../tlv.ts';
import { parseDg2 } from './dg2.ts';

const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 1, 2, 3);
const jp2 = Uint8Array.of(0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20, 9);

function uint(value: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => Math.floor(value / 256 ** (length - 1 - at)) % 256);
}

/** A facial record of ISO 19794-5 with `points` feature points. */
function record(image: Uint8Array, points = 0, faceLength = 32 + points * 8 + image.length): Uint8Array {
  return concat(
    Buffer.from('FAC\x00010\x00', 'latin1'),
    uint(14 + faceLength, 4),
    uint(1, 2),
    uint(faceLength, 4),
    uint(points, 2),
    new Uint8Array(14 + points * 8 + 12),
    image,
  );
}

const file = (block: Uint8Array, tag = 0x5f2e) =>
  encodeTlv(
    0x75,
    encodeTlv(
      0x7f61,
      encodeTlv(0x02, Uint8Array.of(1)),
      encodeTlv(0x7f60, encodeTlv(0xa1, encodeTlv(0x81, Uint8Array.of(2))), encodeTlv(tag, block)),
    ),
  );

describe('DG2', () => {
  it('gives the image, with and without feature points, in either tag', () => {
    expect(parseDg2(file(record(jpeg)))).toEqual({ ok: true, value: { format: 'jpeg', bytes: jpeg } });
    expect(parseDg2(file(record(jp2, 5), 0x7f2e))).toEqual({
      ok: true,
      value: { format: 'jpeg2000', bytes: jp2 },
    });
  });

  it.each([
    ['65,535 feature points in a small record', record(jpeg, 0).fill(255, 18, 20), 'dg2-malformed'],
    ['a face longer than its record', record(jpeg, 0, 1_000_000), 'dg2-malformed'],
    ['no image', record(new Uint8Array(0)), 'dg2-malformed'],
    ['an image of another kind', record(Buffer.from('GIF89a')), 'dg2-unknown-format'],
  ])('is refused: %s', (_, block, code) => {
    expect(parseDg2(file(block))).toEqual({ ok: false, error: { code } });
  });

  it('no change of a good file makes it throw', () => {
    const good = file(record(jpeg, 2));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        parseDg2(good.map((each, index) => (index === at ? byte : each)));
      }),
    );
  });
});
