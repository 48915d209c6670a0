import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrameReader, encodeRequest } from './bridge-frames.ts';
import { chooseReader } from './choose-reader.ts';

/** A frame as the bridge writes it. */
function frame(type: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head[0] = type;
  head.writeUIntBE(body.length, 1, 3);
  return Buffer.concat([head, body]);
}

describe('frames of the PC/SC bridge', () => {
  it('are put together from bytes cut anywhere', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }),
        fc.array(fc.nat(40)),
        (bodies, cuts) => {
          const stream = Buffer.concat(bodies.map((body) => frame(18, body)));
          const read = createFrameReader();
          const got: Uint8Array[] = [];
          let at = 0;
          for (const cut of [...cuts, stream.length]) {
            for (const one of read(stream.subarray(at, at + cut)) ?? [])
              if (one.type === 'answer') got.push(one.body);
            at = Math.min(stream.length, at + cut);
          }
          expect(got).toEqual(bodies);
        },
      ),
    );
  });

  it('tell readers and what is in them', () => {
    const name = Buffer.from('ACME Reader 00 00');
    const body = Buffer.concat([
      Buffer.of(1, 0, 7, name.length),
      name,
      Buffer.of(3, 1, 0, 1),
      Buffer.from('B'),
    ]);
    expect(createFrameReader()(frame(17, body))).toEqual([
      {
        type: 'readers',
        readers: [
          { name: 'ACME Reader 00 00', card: 'present', events: 7 },
          { name: 'B', card: 'mute', events: 256 },
        ],
      },
    ]);
  });

  it('end for good with anything that is none', () => {
    for (const bytes of [
      frame(99, Buffer.of()),
      frame(16, Buffer.of(1)),
      frame(17, Buffer.of(0, 0, 0, 9, 65)),
      Buffer.of(18, 255, 255, 255),
    ]) {
      const read = createFrameReader();
      expect(read(bytes)).toBeNull();
      expect(read(frame(20, Buffer.of()))).toBeNull();
    }
  });

  it('hold the longest command there is', () => {
    expect(encodeRequest('transmit', new Uint8Array(65_544))).toHaveLength(65_548);
    expect(() => encodeRequest('transmit', new Uint8Array(70_000))).toThrow(RangeError);
  });
});

describe('the reader that is meant', () => {
  const named = (...names: string[]) => names.map((name) => ({ name, card: 'none', events: 0 }) as const);
  const choose = (names: string[], wanted: string | null) => chooseReader(named(...names), wanted)?.name;

  it('is the contactless half when none is named', () => {
    expect(
      choose(['HID OMNIKEY 5422 Smartcard Reader 00', 'HID OMNIKEY 5422CL Smartcard Reader 01'], null),
    ).toBe('HID OMNIKEY 5422CL Smartcard Reader 01');
    expect(
      choose(['Identiv uTrust 4701 F Contact Reader 00', 'Identiv uTrust 4701 F Contactless 01'], null),
    ).toBe('Identiv uTrust 4701 F Contactless 01');
    expect(choose(['ACS ACR1281 1S Dual Reader SAM 00', 'ACS ACR1281 1S Dual Reader PICC 01'], null)).toBe(
      'ACS ACR1281 1S Dual Reader PICC 01',
    );
    expect(choose(['ACS SAM 00'], null)).toBeUndefined();
  });

  it('is, among several alike, the one that a card lies on', () => {
    const readers = [
      { name: 'Twin 00 00', card: 'none', events: 0 },
      { name: 'Twin 00 01', card: 'present', events: 1 },
    ] as const;
    expect(chooseReader(readers, null)?.name).toBe('Twin 00 01');
    expect(chooseReader(readers, 'twin')?.name).toBe('Twin 00 01');
    expect(chooseReader(readers, 'Twin 00 00')?.name).toBe('Twin 00 00');
  });

  it('is the one with the name, the exact one first', () => {
    expect(choose(['Reader 00 10', 'Reader 00'], 'Reader 00')).toBe('Reader 00');
    expect(choose(['Alpha', 'Beta Reader'], 'beta')).toBe('Beta Reader');
    expect(choose(['Alpha'], 'Beta')).toBeUndefined();
  });
});
