import { err, ok, type Result } from '../result.ts';
import { checkName } from './card-name.ts';
import { numberWarnings } from './card-number.ts';
import { type CodeRepair, decodeCode } from './decode-code.ts';

/** The QR of a citizen card (CCCD 2021, Căn cước 2024). It is not signed: it pre-fills, it proves nothing. */
export interface CitizenCard {
  /** 12 digits. */
  readonly number: string;
  /** CMND: 9 (rarely 12) digits. */
  readonly oldNumber: string | null;
  /** NFC, as on the card. */
  readonly name: string;
  /** `YYYY-MM-DD` */
  readonly birthDate: string;
  readonly sex: 'male' | 'female';
  readonly residence: string;
  /** `YYYY-MM-DD`, null where the card leaves it out. */
  readonly issueDate: string | null;
  readonly generation: '2021' | '2024' | 'unknown';
  /** Fields beyond the seventh, raw: their meaning is not published. */
  readonly extra: readonly string[];
  readonly warnings: readonly CardWarning[];
  /** Which damage of the reader was repaired on the way. */
  readonly repairs: readonly CodeRepair[];
}

export type CardWarning =
  | 'number-century-mismatch'
  | 'number-sex-mismatch'
  | 'number-province-unknown'
  | 'issued-before-birth'
  | 'issued-in-future'
  | 'name-unusual';

export type CardError = {
  readonly code:
    | 'card-empty'
    | 'card-too-long'
    | 'card-not-a-card'
    | 'card-truncated'
    | 'card-damaged-text'
    | 'card-bad-number'
    | 'card-bad-name'
    | 'card-bad-birth-date'
    | 'card-bad-sex'
    | 'card-markup';
  /** Index of the field at fault, when one is. Never its content. */
  readonly field: number | null;
};

const NUMBER = /^\d{12}$/;
const TAG = /<[a-z!/?]/i;
/** Controls, bidirectional and zero-width marks, line separators: none belongs into a field. */
const UNSAFE = /[<>\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const DAMAGED = /[\uFFFD\p{Cs}\p{Co}\p{Cn}]/u;

/**
 * Reads a citizen card's QR: `|`-separated, 7 fields on the 2021 card, 11 on the 2024 card, 6 and more than 11
 * tolerated, empty fields kept in place. `today` is the centre's day, `YYYY-MM-DD`.
 * What contradicts the number's usual build (province, century, sex) only warns: the law promises no more than 12 digits.
 */
export function parseCitizenCard(code: Uint8Array | string, today: string): Result<CitizenCard, CardError> {
  if (!isRealDay(today)) throw new Error('today must be YYYY-MM-DD');
  const decoded = decodeCode(code);
  if (!decoded.ok) {
    switch (decoded.error.code) {
      case 'code-empty':
        return fail('card-empty');
      case 'code-too-long':
        return fail('card-too-long');
      case 'code-undecodable':
        return fail(beginsLikeACard(code) ? 'card-damaged-text' : 'card-not-a-card');
    }
  }
  const { text, repairs } = decoded.value;
  const fields = text.split('|').map((field) => field.trim());
  const shape = checkShape(text, fields);
  if (shape) return err(shape);
  return readFields(fields, repairs, today, /^[\x20-\x7e]*$/.test(text));
}

function fail(code: CardError['code'], field: number | null = null) {
  return err<CardError>({ code, field });
}

const beginsLikeACard = (code: Uint8Array | string) =>
  /\d{12}\|/.test(Buffer.from(code).subarray(0, 40).toString('latin1'));

/** Is this a citizen card's text at all, whole, and of letters that can be shown? */
function checkShape(text: string, fields: readonly string[]): CardError | null {
  if (TAG.test(text)) return { code: 'card-markup', field: firstWith(fields, TAG) };
  // EMV payment codes (VietQR) begin so, and can be cut to twelve digits; no province has the code 000.
  if (text.startsWith('000201') && fields.length < 6) return { code: 'card-not-a-card', field: null };
  const begins = NUMBER.test(fields[0] ?? '');
  const resembles =
    fields.length >= 6 &&
    [
      /^\d{6,14}$/.test(fields[0] ?? ''),
      /^\d{8}$/.test(fields[3] ?? ''),
      /^(nam|n[ữu?])$/iu.test(fields[4] ?? ''),
    ].filter(Boolean).length >= 2;
  if (!begins && !resembles) return { code: 'card-not-a-card', field: null };
  if (fields.length < 6) return { code: 'card-truncated', field: null };
  const unsafe = firstWith(fields, UNSAFE);
  // A C1 control is what is left of mojibake; every other control was never part of a card.
  if (unsafe !== null)
    return {
      code: /[\x80-\x9f]/.test(fields[unsafe] ?? '') ? 'card-damaged-text' : 'card-markup',
      field: unsafe,
    };
  const damaged = firstWith(fields, DAMAGED);
  return damaged === null ? null : { code: 'card-damaged-text', field: damaged };
}

function firstWith(fields: readonly string[], pattern: RegExp): number | null {
  const index = fields.findIndex((field) => pattern.test(field));
  return index === -1 ? null : index;
}

function readFields(
  fields: readonly string[],
  repairs: readonly CodeRepair[],
  today: string,
  onlyAscii: boolean,
): Result<CitizenCard, CardError> {
  const [number = '', old = '', rawName = '', born = '', rawSex = '', residence = '', issued = ''] = fields;
  if (!NUMBER.test(number)) return fail('card-bad-number', 0);
  if (!/^(\d{9}|\d{12})?$/.test(old)) return fail('card-bad-number', 1);
  const name = checkName(rawName, onlyAscii);
  if (!name.ok) return fail(name.error.code, 2);
  const birthDate = dayOf(born);
  if (birthDate === null || birthDate > today || birthDate < '1850')
    return fail(isCutDate(born, 3, fields) ? 'card-truncated' : 'card-bad-birth-date', 3);
  const sex = sexOf(rawSex);
  if (sex === null) return fail(/^n\W*$/iu.test(rawSex) ? 'card-damaged-text' : 'card-bad-sex', 4);
  // A keyboard wedge writes `?` for each letter it cannot type.
  if (/\p{L}\?|\?\p{L}/u.test(residence)) return fail('card-damaged-text', 5);
  const issueDate = issued === '' ? null : dayOf(issued);
  if (issued !== '' && issueDate === null)
    return fail(isCutDate(issued, 6, fields) ? 'card-truncated' : 'card-damaged-text', 6);

  const warnings: CardWarning[] = [...numberWarnings(number, birthDate, sex)];
  if (issueDate !== null && issueDate < birthDate) warnings.push('issued-before-birth');
  // Rather the kiosk's clock than the card: after a dead battery it stands years back.
  if (issueDate !== null && issueDate > today) warnings.push('issued-in-future');
  if (name.value.unusual || /^nu$/i.test(rawSex)) warnings.push('name-unusual');
  return ok({
    number,
    oldNumber: old === '' ? null : old,
    name: name.value.name,
    birthDate,
    sex,
    residence: residence.replace(/\s+/gu, ' '),
    issueDate,
    generation: fields.length === 7 ? '2021' : fields.length === 11 ? '2024' : 'unknown',
    extra: fields.slice(7),
    warnings,
    repairs,
  });
}

const isCutDate = (digits: string, index: number, fields: readonly string[]) =>
  index === fields.length - 1 && /^\d{1,7}$/.test(digits);

function sexOf(text: string): 'male' | 'female' | null {
  const lower = text.toLowerCase();
  if (lower === 'nam') return 'male';
  // `nu`: a reader that took the tones away.
  return lower === 'nữ' || lower === 'nu' ? 'female' : null;
}

/** `ddMMyyyy` → `YYYY-MM-DD`, or null when the calendar has no such day. */
function dayOf(digits: string): string | null {
  const [, day, month, year] = /^(\d{2})(\d{2})(\d{4})$/.exec(digits) ?? [];
  const date = `${year}-${month}-${day}`;
  return isRealDay(date) ? date : null;
}

function isRealDay(date: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return false;
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 10) === date;
}
