import { type CitizenCard, foldVietnamese, type Mrz, sameVietnameseName } from '@motcua/core';
import type { HolderDetails } from './files/dg13.ts';

/** What each place says of the person; undefined or null: not read. */
export interface IdentitySources {
  readonly qr?: CitizenCard | null;
  readonly mrz: Mrz | null;
  readonly holder: HolderDetails | null;
}

/** Two places that contradict each other. Never what they say. */
export interface Contradiction {
  readonly field: 'number' | 'name' | 'birth-date' | 'sex';
  readonly between: readonly ['qr' | 'dg1', 'dg1' | 'dg13'];
}

interface Statement {
  readonly source: 'qr' | 'dg1' | 'dg13';
  readonly number: string | null;
  readonly name: string | null;
  readonly birthDate: string | null;
  readonly sex: string | null;
}

/**
 * QR, DG1 and DG13 against each other: number, name, birth date, sex. Names may differ in where a tone mark stands; the
 * zone has them without marks, and cut when they are long. What a place does not say contradicts nothing.
 */
export function crossCheck({ qr, mrz, holder }: IdentitySources): readonly Contradiction[] {
  const statements: Statement[] = [];
  if (qr) statements.push({ source: 'qr', ...qr });
  if (mrz)
    statements.push({
      source: 'dg1',
      number: mrz.personNumber,
      name: mrz.lines[2],
      birthDate: mrz.birthDate,
      sex: mrz.sex === 'unspecified' ? null : mrz.sex,
    });
  if (holder) statements.push({ source: 'dg13', ...holder });
  return statements.flatMap((one, at) => statements.slice(at + 1).flatMap((other) => compare(one, other)));
}

function compare(one: Statement, other: Statement): readonly Contradiction[] {
  const between = [one.source, other.source] as unknown as Contradiction['between'];
  const differ = (a: string | null, b: string | null) => a !== null && b !== null && a !== b;
  const found: Contradiction[] = [];
  if (differ(one.number, other.number)) found.push({ field: 'number', between });
  if (one.name !== null && other.name !== null && !isSameName(one, other))
    found.push({ field: 'name', between });
  if (differ(one.birthDate, other.birthDate)) found.push({ field: 'birth-date', between });
  if (differ(one.sex, other.sex)) found.push({ field: 'sex', between });
  return found;
}

function isSameName(one: Statement, other: Statement): boolean {
  const [zone, written] = one.source === 'dg1' ? [one, other] : [other, one];
  if (zone.source !== 'dg1') return sameVietnameseName(one.name ?? '', other.name ?? '');
  const line = zone.name ?? '';
  const letters = lettersOf(line);
  const full = lettersOf(written.name ?? '');
  // No filler at the end: the name did not fit. The cut may have gone through any of its parts.
  return line.endsWith('<')
    ? letters === full
    : full.startsWith(letters) || isAbridged(line, written.name ?? '');
}

const lettersOf = (text: string) => foldVietnamese(text).replace(/[^a-z]/g, '');

/** ICAO 9303-3, 4.6: parts may be cut to their first letters, one after the other. */
function isAbridged(line: string, name: string): boolean {
  const parts = line.split('<').filter(Boolean).map(lettersOf);
  const words = foldVietnamese(name).split(' ').map(lettersOf).filter(Boolean);
  return parts.length <= words.length && parts.every((part, at) => words[at]!.startsWith(part));
}
