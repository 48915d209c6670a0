import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeTlv } from '../tlv.ts';
import { parseDg1 } from './dg1.ts';

const TODAY = '2026-11-23';
const ZONE = 'IDVNM0990012344001099001234<<59901018M3901016VNM<<<<<<<<<<<6NGUYEN<<VAN<AN<<<<<<<<<<<<<<<<';
const file = (zone: string) => encodeTlv(0x61, encodeTlv(0x5f1f, Buffer.from(zone, 'latin1')));

describe('DG1', () => {
  it('gives the zone', () => {
    expect(parseDg1(file(ZONE), TODAY)).toMatchObject({
      ok: true,
      value: { personNumber: '001099001234', birthDate: '1999-01-01', surname: 'NGUYEN' },
    });
  });

  it.each([
    ['a letter that OCR would mend', file(ZONE.replace('001099', 'OO1099')), 'dg1-check-digit'],
    ['a passport’s two lines', file('P<UTOERIKSSON<<ANNA<MARIA'.padEnd(88, '<')), 'dg1-not-td1'],
    ['no zone', encodeTlv(0x61, encodeTlv(0x5f20, Buffer.from(ZONE))), 'dg1-malformed'],
    ['another data group', encodeTlv(0x6d, Buffer.from(ZONE)), 'dg1-malformed'],
  ])('is refused: %s', (_, bytes, code) => {
    expect(parseDg1(bytes, TODAY)).toEqual({ ok: false, error: { code } });
  });

  it('no bytes make it throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => void parseDg1(bytes, TODAY)));
  });
});
