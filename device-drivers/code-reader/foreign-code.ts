import { decodeCode } from '@motcua/core';

/** What people hold to the reader in place of the card. Each has its own sentence on the screen. */
export type ForeignCode =
  | 'code-bank'
  | 'code-health-insurance'
  | 'code-vaccination'
  | 'code-driving-licence'
  | 'code-travel-document'
  | 'code-own-slip'
  | 'code-parcel'
  | 'code-product'
  | 'code-web-address';

/** First match wins: a driving licence may carry a web address. */
const KINDS: readonly (readonly [ForeignCode, (text: string) => boolean])[] = [
  // What this kiosk's tickets and receipts hold (ULID), and the dossier codes of the national portal (NĐ 61/2018).
  [
    'code-own-slip',
    (text) =>
      /^MCK\d+:[0-9A-HJKMNP-TV-Z]{26}$/.test(text) || /^[HG]\d{2}(\.\d{1,3}){0,4}-\d{6}-\d{3,6}$/.test(text),
  ],
  // EMVCo merchant-presented mode (VietQR is one): payload format 01, then point of initiation 11 or 12.
  ['code-bank', (text) => /^0002010102(11|12)/.test(text)],
  // EU Digital COVID Certificate, which Vietnam's vaccination passport used; SMART Health Card.
  ['code-vaccination', (text) => /^(HC\d:|shc:\/)/.test(text)],
  // Number, then the name in hexadecimal UTF-8: 15 signs on older cards, 10 digits on newer ones.
  ['code-health-insurance', (text) => /^([A-Z]{2}\d{13}|\d{10})\|([0-9a-f]{2}){2,}\|/i.test(text)],
  ['code-driving-licence', (text) => isDrivingLicence(text)],
  // ICAO 9303: the machine-readable zone, read by a reader that knows OCR-B.
  ['code-travel-document', (text) => /^(P[A-Z<]|I[A-Z<]|V[A-Z<])[A-Z]{3}[A-Z0-9<]{20,}/.test(text)],
  // UPU S10.
  ['code-parcel', (text) => /^[A-Z]{2}\d{9}[A-Z]{2}$/.test(text)],
  ['code-product', (text) => /^(\d{8}|\d{13}|\d{14})$/.test(text) && hasCheckDigit(text)],
  ['code-web-address', (text) => /^(https?:\/\/|www\.)\S+$/i.test(text)],
];

/** Says what a code that is no citizen card's is, by its content; null when nobody knows. */
export function recogniseForeignCode(code: Uint8Array | string): ForeignCode | null {
  const decoded = decodeCode(code);
  if (!decoded.ok) return null;
  return KINDS.find(([, matches]) => matches(decoded.value.text))?.[0] ?? null;
}

/** AAMVA's header on foreign licences, the police's look-up site, or the words themselves. */
function isDrivingLicence(text: string): boolean {
  return (
    /^@?\s*[\x1c-\x1f]?\s*(ANSI |AAMVA)\d{6}/.test(text) ||
    /^https?:\/\/([a-z0-9-]+\.)*gplx\./i.test(text) ||
    /\bGPLX\b|giấy phép lái xe/iu.test(text)
  );
}

/** GS1: weights 3 and 1 from the right, the sum is a multiple of ten. */
function hasCheckDigit(digits: string): boolean {
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0 && !/^0+$/.test(digits);
}
