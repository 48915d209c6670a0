import { parseMrz } from '@motcua/core';
import { type ChipKey, type CitizenCard, parseCitizenCard } from '@motcua/device-drivers';

/** What the card is opened with, and the QR that it came from. */
export interface GivenKey {
  readonly key: ChipKey;
  readonly qr: CitizenCard | null;
}

/** Number of the document, birth date, expiry: all that BAC needs. */
const MRZ_KEY = /^([A-Z0-9<]{1,9})[ ,;]+(\d{6})[ ,;]+(\d{6})$/;

/**
 * From exactly one of the options. `mrz`: the three lines (with or without line ends), or `NUMBER YYMMDD YYMMDD`.
 * A string says what is wrong, never with what was given.
 */
export function chipKeyOf(
  given: { readonly qr?: string; readonly can?: string; readonly mrz?: string },
  today: string,
): GivenKey | string {
  if (Object.values(given).filter((one) => one !== undefined).length !== 1)
    return 'give one of --qr, --can and --mrz';
  if (given.can !== undefined)
    return /^\d{6}$/.test(given.can)
      ? { key: { kind: 'can', can: given.can }, qr: null }
      : 'the CAN is six digits: the last ones of the number on the card';
  if (given.qr !== undefined) {
    const qr = parseCitizenCard(given.qr, today);
    if (!qr.ok) return `the text is none of a citizen card’s QR (${qr.error.code})`;
    return { key: { kind: 'can', can: qr.value.number.slice(-6) }, qr: qr.value };
  }
  const text = (given.mrz ?? '').trim().toUpperCase();
  const short = MRZ_KEY.exec(text);
  if (short) {
    const [, documentNumber = '', birthDate = '', expiryDate = ''] = short;
    return { key: { kind: 'mrz', mrz: { documentNumber, birthDate, expiryDate } }, qr: null };
  }
  const signs = text.replace(/[\s/|]+/g, '');
  const mrz = parseMrz([signs.slice(0, 30), signs.slice(30, 60), signs.slice(60)], today);
  if (!mrz.ok) return `the text is no zone of an identity card (${mrz.error.code}: ${mrz.error.element})`;
  const [first, second] = mrz.value.lines;
  return {
    key: {
      kind: 'mrz',
      mrz: {
        documentNumber: first.slice(5, 14),
        birthDate: second.slice(0, 6),
        expiryDate: second.slice(8, 14),
      },
    },
    qr: null,
  };
}
