import { parseCitizenCard } from '@motcua/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recogniseForeignCode } from './foreign-code.ts';

const hex = (text: string) => Buffer.from(text).toString('hex');

test.each([
  [
    '00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F',
    'code-bank',
  ],
  // A shop's dynamic code of another scheme.
  ['00020101021226280010A0000007750110012345678952045812530370454061500005802VN6304ABCD', 'code-bank'],
  [
    `GD4790012345678|${hex('Trần Thị Bình')}|02/03/1985|2|${hex('Phường Tân Hưng')}|79 - 034|01/01/2026|-|-|$`,
    'code-health-insurance',
  ],
  [`7912345678|${hex('Lê Văn Cường').toUpperCase()}|1990|1|-|$`, 'code-health-insurance'],
  ['HC1:6BFOXN%TS3DH0YOJ58S S-W5HDC *M0II5XHC9B5G2+$N IOP-IA', 'code-vaccination'],
  ['@\n\x1e\rANSI 636014040002DL00410477ZC05180089DLDAQD12345678', 'code-driving-licence'],
  ['https://gplx.csgt.example.vn/tra-cuu?so=790123456789', 'code-driving-licence'],
  ['P<VNMNGUYEN<<VAN<AN<<<<<<<<<<<<<<<<<<<<<<<<<<', 'code-travel-document'],
  ['IDVNM0990012344001099001234<<5', 'code-travel-document'],
  ['MCK1:01JD8Z5T6V7W8X9Y0ZABCDEFGH', 'code-own-slip'],
  ['H29.15-261125-0042', 'code-own-slip'],
  ['EE123456785VN', 'code-parcel'],
  ['8934588012228', 'code-product'],
  [']E08934588012228', 'code-product'],
  ['96385074', 'code-product'],
  ['https://vneid.gov.vn/a?b=1', 'code-web-address'],
  ['8934588012229', null],
  ['00000000', null],
  ['xin chào', null],
  ['', null],
] as const)('%j is %s', (code, kind) => {
  expect(recogniseForeignCode(code)).toBe(kind);
  // Whatever has a name here is refused as a card, so the sentence is seen.
  expect(parseCitizenCard(code, '2026-11-25')).toMatchObject({ ok: false });
});

test('no citizen card is taken for something else, and any bytes are answered', () => {
  const card = fc.tuple(fc.stringMatching(/^\d{12}$/), fc.stringMatching(/^(\d{9})?$/));
  fc.assert(
    fc.property(card, ([number, old]) => {
      const text = `${number}|${old}|Nguyễn Văn Đức|01021999|Nam|12 Trần Phú, Hà Nội|01052021`;
      expect(recogniseForeignCode(text)).toBeNull();
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 3_000 }), (bytes) => void recogniseForeignCode(bytes)));
});
