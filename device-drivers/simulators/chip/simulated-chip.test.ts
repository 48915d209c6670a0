import { describe, expect, it } from 'vitest';
import { sampleChipPerson } from './data-groups.ts';
import { createSimulatedChip } from './simulated-chip.ts';

// What it does when read is the reader's story: `../../id-chip/read-chip.test.ts`.
describe('a simulated chip', () => {
  it('gives nothing before it is opened, and fingerprints never', () => {
    const chip = createSimulatedChip({
      person: sampleChipPerson,
      files: new Map([[0x0101, Uint8Array.of(0x61, 0)]]),
      pace: [],
      chipKey: null,
      activeKey: null,
    });
    const ask = (hex: string) =>
      Buffer.from(chip.answer(Buffer.from(hex, 'hex')) as Uint8Array).toString('hex');
    expect(ask('00a4020c020101')).toBe('6a82');
    expect(ask('00a4040c07a0000002471001')).toBe('9000');
    expect(ask('00a4020c020101')).toBe('6982');
    expect(ask('00b0810000')).toBe('6982');
    expect(ask('00b0000000')).toBe('6985');
    expect(ask('00ca000000')).toBe('6d00');
    expect(ask('ff')).toBe('6700');
  });
});
