import { describe, expect, it } from 'vitest';
import { findMrz } from './find-mrz.ts';
import { page } from './understanding-test-bench.ts';

/** Synthetic citizen card. */
const CARD = [
  'IDVNM0990012344001099001234<<5',
  '9901018M3901016VNM<<<<<<<<<<<6',
  'NGUYEN<<VAN<AN<<<<<<<<<<<<<<<<',
];

describe('the zone on a page', () => {
  it('is found below other text, with fillers miscounted and its first letter misread', () => {
    const lines = findMrz(
      page(`CỤC TRƯỞNG CỤC CẢNH SÁT
T DVNM0990012344001099001234<<<5
9901018M3901016VNM<<<<<<<<<6
NGUYEN<<VAN<AN<<<<<<<`),
    )?.lines;
    expect(lines).toEqual(CARD);
  });

  it('is not seen in other capitals', () => {
    expect(findMrz(page('IDEN TIFICATION OF THE HOLDER OF THIS\nCARD\nXXX'))).toBeUndefined();
  });
});
