import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyOrderErrorRate, compareText } from './compare-text.ts';

describe('the comparison of texts', () => {
  it('finds no error in the truth, in whatever order its words stand', () => {
    const words = fc.array(fc.constantFrom('Họ', 'tên', 'Nguyễn', '01/02/1990', 'An', 'An,'), {
      minLength: 1,
    });
    fc.assert(
      fc.property(words, fc.infiniteStream(fc.nat()), (truth, keys) => {
        const shuffled = truth
          .map((word) => ({ word, key: keys.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ word }) => word);
        expect(anyOrderErrorRate(truth.join(' '), shuffled.join('\n'))).toBe(0);
      }),
    );
  });

  it('counts each wrong, missing and invented letter once', () => {
    expect(anyOrderErrorRate('Hòa Bình', 'Bình Hoa')).toBeCloseTo(1 / 7);
    expect(anyOrderErrorRate('Hòa Bình', 'Bình')).toBeCloseTo(3 / 7);
    expect(anyOrderErrorRate('Bình', 'Bình xy')).toBeCloseTo(2 / 4);
    expect(anyOrderErrorRate('', 'x')).toBe(1);
    expect(anyOrderErrorRate('', '')).toBe(0);
  });

  it('tells letters from their tones, and an order from a misreading', () => {
    const errors = compareText('Số đề', 'Sô đè');
    expect(errors.anyOrder).toBeCloseTo(2 / 4);
    expect(errors.anyOrderWithoutDiacritics).toBe(0);
    const turned = compareText('một hai', 'hai một');
    expect(turned).toMatchObject({ anyOrder: 0, recall: 1 });
    expect(turned.inOrder).toBeGreaterThan(0.5);
  });
});
