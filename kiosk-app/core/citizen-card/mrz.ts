import { err, ok, type Result } from '@motcua/core';

/** The machine-readable zone of an identity card: TD1, three lines of 30 characters (ICAO 9303-5). */
export interface Mrz {
  /** Issuing state, `VNM` on the citizen card. */
  readonly issuer: string;
  /** Nine characters, fillers removed. On the citizen card the last nine digits of the person's number. */
  readonly documentNumber: string;
  /** Fillers removed. On the citizen card the twelve digits and, at position 30, Vietnam's own check digit. */
  readonly optional: string;
  /** The citizen card's twelve digits, null on any other document. */
  readonly personNumber: string | null;
  /** `YYYY-MM-DD`; the century is the latest that does not lie after `today`. */
  readonly birthDate: string;
  readonly sex: 'male' | 'female' | 'unspecified';
  /** `YYYY-MM-DD`; null when the card says that it does not expire (`991231`). */
  readonly expiryDate: string | null;
  readonly nationality: string;
  readonly surname: string;
  readonly givenNames: string;
  /** Letters that were put right because a check digit proved them: `line 1, 12: O → 0`. */
  readonly repairs: readonly string[];
  /** The three lines as they stand after the repairs. */
  readonly lines: readonly [string, string, string];
}

export type MrzError = {
  readonly code: 'mrz-shape' | 'mrz-check-digit' | 'mrz-date';
  /** Which element is at fault. Never its content. */
  readonly element: string;
};

const LENGTH = 30;

/** Where only digits may stand: ICAO 9303-5, table of TD1. [line, from, to) */
const DIGITS: readonly (readonly [number, number, number])[] = [
  [0, 14, 15],
  [1, 0, 7],
  [1, 8, 15],
  [1, 29, 30],
];

/** What OCR takes for each other; a digit's look-alikes first. */
const AS_DIGIT: Readonly<Record<string, string>> = {
  O: '0',
  Q: '0',
  D: '0',
  U: '0',
  I: '1',
  L: '1',
  T: '1',
  Z: '2',
  S: '5',
  G: '6',
  B: '8',
};
const AS_LETTER: Readonly<Record<string, string>> = { 0: 'O', 1: 'I', 2: 'Z', 5: 'S', 6: 'G', 8: 'B' };

/** ICAO 9303-3, 4.9: weights 7, 3, 1; digits count as themselves, A–Z as 10–35, the filler as 0. */
export function mrzCheckDigit(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at += 1)
    sum += signValue(text[at]!) * (at % 3 === 0 ? 7 : at % 3 === 1 ? 3 : 1);
  return sum % 10;
}

function signValue(sign: string): number {
  if (sign >= '0' && sign <= '9') return sign.charCodeAt(0) - 48;
  if (sign >= 'A' && sign <= 'Z') return sign.charCodeAt(0) - 55;
  return 0;
}

interface Element {
  readonly name: string;
  readonly line: 0 | 1;
  readonly from: number;
  readonly to: number;
  /** Position of its check digit in the same line. */
  readonly check: number;
  /** Digits by the standard, or by what Vietnam writes there. */
  readonly digits: boolean;
}

/**
 * Parses a TD1 zone. Look-alikes (O and 0, I and 1, S and 5, B and 8 …) are exchanged only where the place admits
 * nothing else, or where a check digit proves it; a zone whose check digits do not hold is refused.
 * `today` is `YYYY-MM-DD`.
 */
export function parseMrz(text: readonly string[], today: string): Result<Mrz, MrzError> {
  const read = text.map((line) =>
    line.replace(/[\s\u00ab]/g, (sign) => (sign === '«' ? '<<' : '')).toUpperCase(),
  );
  if (read.length !== 3 || read.some((line) => line.length !== LENGTH || !/^[A-Z0-9<]+$/.test(line)))
    return err({ code: 'mrz-shape', element: 'lines' });
  const repairs: string[] = [];
  const lines = read.map((line) => [...line]);
  const put = (line: number, at: number, sign: string) => {
    const old = lines[line]![at]!;
    if (old === sign) return;
    repairs.push(`line ${line + 1}, ${at + 1}: ${old} → ${sign}`);
    lines[line]![at] = sign;
  };
  for (const [line, from, to] of DIGITS)
    for (let at = from; at < to; at += 1) {
      const digit = AS_DIGIT[lines[line]![at]!];
      if (digit !== undefined) put(line, at, digit);
    }
  const first = () => lines[0]!.join('');
  const isCitizenCard = first().slice(2, 5) === 'VNM';
  const elements: Element[] = [
    { name: 'document number', line: 0, from: 5, to: 14, check: 14, digits: isCitizenCard },
    { name: 'birth date', line: 1, from: 0, to: 6, check: 6, digits: true },
    { name: 'expiry date', line: 1, from: 8, to: 14, check: 14, digits: true },
  ];
  // Vietnam's own: twelve digits, two fillers, a check digit over the twelve.
  const hasNumber = isCitizenCard && /^[A-Z0-9]{12}<<[A-Z0-9]$/.test(first().slice(15));
  if (hasNumber) {
    elements.push({ name: 'person number', line: 0, from: 15, to: 27, check: 29, digits: true });
    const digit = AS_DIGIT[lines[0]![29]!];
    if (digit !== undefined) put(0, 29, digit);
  }
  for (const element of elements) {
    const fixed = fitCheckDigit(lines[element.line]!, element);
    if (fixed === null) return err({ code: 'mrz-check-digit', element: element.name });
    for (let at = 0; at < fixed.length; at += 1) put(element.line, element.from + at, fixed[at]!);
  }
  const [one, two, three] = lines.map((line) => line.join('')) as [string, string, string];
  const composite = one.slice(5) + two.slice(0, 7) + two.slice(8, 15) + two.slice(18, 29);
  if (String(mrzCheckDigit(composite)) !== two[29])
    return err({ code: 'mrz-check-digit', element: 'composite' });
  const birthDate = dayOf(two.slice(0, 6), today, 'past');
  const expires = two.slice(8, 14);
  const expiryDate = expires === '991231' ? null : dayOf(expires, today, 'around');
  if (birthDate === undefined) return err({ code: 'mrz-date', element: 'birth date' });
  if (expiryDate === undefined) return err({ code: 'mrz-date', element: 'expiry date' });
  const [surname = '', ...given] = three.split('<<');
  return ok({
    issuer: one.slice(2, 5).replace(/</g, ''),
    documentNumber: one.slice(5, 14).replace(/</g, ''),
    optional: one.slice(15).replace(/</g, ''),
    personNumber: hasNumber ? one.slice(15, 27) : null,
    birthDate,
    sex: two[7] === 'M' ? 'male' : two[7] === 'F' ? 'female' : 'unspecified',
    expiryDate,
    nationality: two.slice(15, 18).replace(/</g, ''),
    surname: surname.replace(/</g, ' ').trim(),
    givenNames: given.join(' ').replace(/</g, ' ').replace(/\s+/g, ' ').trim(),
    repairs,
    lines: [one, two, three],
  });
}

/** At most this many look-alikes of one element are tried both ways. */
const MAX_DOUBTS = 8;

/** The element as it must read so that its check digit holds; null when it cannot, or in more than one way. */
function fitCheckDigit(line: readonly string[], element: Element): string | null {
  const check = line[element.check]!;
  if (!/\d/.test(check)) return null;
  const read = line.slice(element.from, element.to).join('');
  const plain = element.digits ? read.replace(/[A-Z]/g, (letter) => AS_DIGIT[letter] ?? letter) : read;
  const holds = (text: string) =>
    String(mrzCheckDigit(text)) === check && (!element.digits || /^\d+$/.test(text));
  if (holds(plain)) return plain;
  // Digits leave nothing to exchange; a document number of another country may mix letters and digits.
  if (element.digits) return null;
  const doubts = [...read].flatMap((sign, at) => (swap(sign) === undefined ? [] : [at])).slice(0, MAX_DOUBTS);
  const fitting: { text: string; changes: number }[] = [];
  for (let mask = 1; mask < 1 << doubts.length; mask += 1) {
    const signs = [...read];
    doubts.forEach((at, bit) => {
      if (mask & (1 << bit)) signs[at] = swap(signs[at]!) ?? signs[at]!;
    });
    const text = signs.join('');
    if (holds(text)) fitting.push({ text, changes: mask.toString(2).replaceAll('0', '').length });
  }
  const fewest = Math.min(...fitting.map((one) => one.changes));
  const best = fitting.filter((one) => one.changes === fewest);
  return best.length === 1 ? best[0]!.text : null;
}

function swap(sign: string): string | undefined {
  return AS_DIGIT[sign] ?? AS_LETTER[sign];
}

/** `YYMMDD` → `YYYY-MM-DD`; undefined when the calendar has no such day. */
function dayOf(digits: string, today: string, when: 'past' | 'around'): string | undefined {
  const year = Number(digits.slice(0, 2));
  const century = Math.floor(Number(today.slice(0, 4)) / 100) * 100;
  const rest = `-${digits.slice(2, 4)}-${digits.slice(4, 6)}`;
  // A card is valid for decades at most: its expiry lies within fifty years of today, either way.
  const latest = when === 'past' ? today : `${Number(today.slice(0, 4)) + 50}-99-99`;
  const date = [century + 100, century, century - 100]
    .map((start) => `${start + year}${rest}`)
    .find((each) => each <= latest);
  if (date === undefined) return undefined;
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 10) === date ? date : undefined;
}
