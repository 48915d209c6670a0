import type { CardWarning } from './citizen-card.ts';
import provinces from './province-codes.json' with { type: 'json' };

const PROVINCES: ReadonlySet<string> = new Set(provinces.codes);

/**
 * `PPP G YY NNNNNN`: province of the birth's registration, sex and century (0/1 1900s male/female, 2/3 2000s, …),
 * birth year. No checksum. A person born abroad has a country's code, not listed here: one more reason to warn only.
 */
export function numberWarnings(
  number: string,
  birthDate: string,
  sex: 'male' | 'female',
): readonly CardWarning[] {
  const warnings: CardWarning[] = [];
  const group = Number(number[3]);
  const century = 19 + Math.floor(group / 2);
  if (`${century}${number.slice(4, 6)}` !== birthDate.slice(0, 4)) warnings.push('number-century-mismatch');
  if ((group % 2 === 0 ? 'male' : 'female') !== sex) warnings.push('number-sex-mismatch');
  if (!PROVINCES.has(number.slice(0, 3))) warnings.push('number-province-unknown');
  return warnings;
}
