import { foldVietnamese, sameVietnameseName } from '@motcua/core';
import type { FieldName, PageField } from '../page.ts';

export interface CardFacts {
  /** 12 digits */
  readonly number: string;
  readonly name: string;
  /** `YYYY-MM-DD` */
  readonly birthDate: string;
}

export interface FieldFinding {
  readonly field: FieldName;
  readonly status: 'same' | 'different' | 'missing';
  /** What the page says, unmasked: the card's own value, else the best candidate; null when missing, or not read surely enough. */
  readonly found: string | null;
}

/**
 * Compares what a page says with the card. Papers name several people (a child's birth certificate names its parents):
 * one matching candidate makes a field `same`.
 */
export function compareWithCard(fields: readonly PageField[], card: CardFacts): readonly FieldFinding[] {
  return [
    compare('personNumber', fields, (value) => value === card.number),
    compare(
      'fullName',
      fields,
      (value) => sameVietnameseName(value, card.name),
      (value) => foldVietnamese(value) === foldVietnamese(card.name),
    ),
    compare('birthDate', fields, (value) => value === card.birthDate),
  ];
}

/**
 * Small capitals with two marks on one letter (Ễ, Ẩ) are where recognition slips: below this, a reading that differs
 * from the card in marks only is not sure enough to call a paper different. Misread names of the specimens had 44–83,
 * rightly read ones mostly 84–96.
 */
const SURE = 84;

function compare(
  field: FieldName,
  fields: readonly PageField[],
  equals: (value: string) => boolean,
  differsInMarksOnly: (value: string) => boolean = () => false,
): FieldFinding {
  const candidates = fields.filter((one) => one.name === field);
  const match = candidates.find((one) => equals(one.value));
  if (match !== undefined) return { field, status: 'same', found: match.value };
  const doubtful = candidates.some((one) => one.confidence < SURE && differsInMarksOnly(one.value));
  const best = candidates[0];
  if (best === undefined || doubtful) return { field, status: 'missing', found: null };
  return { field, status: 'different', found: best.value };
}
