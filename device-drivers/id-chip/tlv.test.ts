import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from './bytes.ts';
import { encodeTlv, readTlv, readTlvHeader, readTlvs } from './tlv.ts';

describe('data objects', () => {
  it('come back as they were written', () => {
    const tag = fc.constantFrom(0x04, 0x30, 0x5f1f, 0x7f49, 0x7f61, 0xbf8101);
    fc.assert(
      fc.property(fc.array(fc.tuple(tag, fc.uint8Array({ maxLength: 400 })), { maxLength: 6 }), (objects) => {
        const bytes = Buffer.concat(objects.map(([each, value]) => encodeTlv(each, value)));
        const read = readTlvs(bytes);
        expect(read.ok && read.value.map(({ tag, value }) => [tag, toHex(value)])).toEqual(
          objects.map(([each, value]) => [each, toHex(value)]),
        );
      }),
    );
  });

  it.each([
    ['nothing', '', 'tlv-truncated'],
    ['no length', '30', 'tlv-truncated'],
    ['a shorter value than stated', '3003aabb', 'tlv-truncated'],
    ['an indefinite length', '30800000', 'tlv-bad-length'],
    ['a length of five bytes', '3085000000000100', 'tlv-bad-length'],
    ['a tag of four bytes', 'bf81818101', 'tlv-bad-tag'],
  ])('are refused: %s', (_, hex, code) => {
    expect(readTlv(fromHex(hex))).toEqual({ ok: false, error: { code } });
  });

  it('state a length of 4 GB without any memory being taken', () => {
    expect(readTlvHeader(fromHex('7584ffffffff'))).toMatchObject({ ok: true, value: { length: 0xffffffff } });
    expect(readTlv(fromHex('7584ffffffff00')).ok).toBe(false);
  });

  it('beyond the limit of one level are refused', () => {
    const million = new Uint8Array(2_000_000).fill(0).map((_, at) => (at % 2 === 0 ? 5 : 0));
    expect(readTlvs(million)).toEqual({ ok: false, error: { code: 'tlv-too-many' } });
  });

  it('no bytes make it throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void readTlvs(bytes)));
  });
});
