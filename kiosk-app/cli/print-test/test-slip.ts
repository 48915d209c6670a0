import type { Slip, SlipBlock } from '@motcua/device-drivers';

/**
 * A ticket that says its number large and in a QR code, and nothing else in it. A copy is marked above and below the
 * code, so that every piece of paper with a readable code bears the mark, wherever the paper ended.
 */
export function testSlip(number: number, copy: boolean): Slip {
  const mark: readonly SlipBlock[] = copy
    ? [
        { type: 'rule' },
        { type: 'text', text: 'BẢN SAO', size: 8, weight: 'bold', align: 'centre' },
        { type: 'text', text: 'COPY', size: 4, weight: 'bold', align: 'centre' },
        { type: 'rule' },
      ]
    : [];
  return {
    blocks: [
      ...mark,
      { type: 'text', text: 'In thử · ắ ằ ẳ ẵ ặ Đ ợ ữ', align: 'centre' },
      { type: 'text', text: String(number), size: 10, weight: 'bold', align: 'centre' },
      { type: 'qr', text: String(number), millimetres: 22 },
      ...mark,
    ],
  };
}
