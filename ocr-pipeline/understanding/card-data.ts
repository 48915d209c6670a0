import { type CitizenCard, type Mrz, parseCitizenCard, parseMrz } from '@motcua/core';
import type { Box, FieldCheck, Line, PageCode, PageField } from '../page.ts';
import { findMrz } from './find-mrz.ts';
import type { Kind, KindField } from './load-kinds.ts';
import { boundsOfWords, lowestConfidence } from './tokens.ts';

type Values = Readonly<Record<string, string | null>>;

/**
 * A card states its data twice more: in its machine-readable zone, with check digits, and in its QR. Both go before
 * what was recognised letter by letter, the QR before the zone.
 */
export function withCardData(
  kind: Kind,
  fields: readonly PageField[],
  lines: readonly Line[],
  codes: readonly PageCode[],
  today: string,
): readonly PageField[] {
  let all = fields;
  const zone = kind.fields.find((field) => field.type === 'mrz');
  const mrz = zone === undefined ? undefined : findMrz(lines);
  if (zone !== undefined && mrz !== undefined) {
    const parsed = parseMrz(mrz.lines, today);
    const box = boundsOfWords(mrz.words);
    const check: FieldCheck = { name: 'mrz', outcome: parsed.ok ? 'passed' : 'failed' };
    const value = (parsed.ok ? parsed.value.lines : mrz.lines).join('\n');
    all = [...all, describe(kind, zone, { value, box, confidence: lowestConfidence(mrz.words), check })];
    if (parsed.ok) all = override(kind, all, zone.role, mrzValues(parsed.value), box, check);
  }
  for (const code of kind.cardCode === undefined ? [] : codes) {
    const card = parseCitizenCard(code.text, today);
    if (!card.ok) continue;
    all = override(kind, all, kind.cardCode, cardValues(card.value), code.box, {
      name: 'card-code',
      outcome: 'passed',
    });
    break;
  }
  return all;
}

function mrzValues(mrz: Mrz): Values {
  return {
    personNumber: mrz.personNumber,
    birthDate: mrz.birthDate,
    sex: mrz.sex === 'male' ? 'Nam' : mrz.sex === 'female' ? 'Nữ' : null,
    validUntil: mrz.expiryDate,
  };
}

function cardValues(card: CitizenCard): Values {
  return {
    personNumber: card.number,
    fullName: card.name,
    birthDate: card.birthDate,
    sex: card.sex === 'male' ? 'Nam' : 'Nữ',
    residence: card.residence === '' ? null : card.residence,
    issueDate: card.issueDate,
  };
}

/** Puts the values in the place of those of that role, or adds them; where letters were read, their box stays. */
function override(
  kind: Kind,
  fields: readonly PageField[],
  role: string | undefined,
  values: Values,
  box: Box,
  check: FieldCheck,
): readonly PageField[] {
  const rest = [...fields];
  for (const field of kind.fields) {
    const value = field.role === role ? values[field.name.split('.').at(-1)!] : undefined;
    if (value === undefined || value === null) continue;
    const at = rest.findIndex((known) => known.name === field.name);
    const known = rest[at];
    const stated = describe(kind, field, { value, box: known?.box ?? box, confidence: 100, check });
    if (known === undefined) rest.push(stated);
    else rest[at] = stated;
  }
  return rest;
}

function describe(
  kind: Kind,
  field: KindField,
  read: Pick<PageField, 'value' | 'box' | 'confidence' | 'check'>,
): PageField {
  const role = field.role === undefined ? undefined : kind.roles[field.role];
  return {
    name: field.name,
    ...read,
    label: field.label,
    ...(role && field.role && { person: { role: field.role, ...role } }),
  };
}
