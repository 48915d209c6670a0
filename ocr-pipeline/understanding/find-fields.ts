import type { Line, PageField } from '../page.ts';
import { findBirthDates } from './birth-date.ts';
import { findFullNames } from './full-name.ts';
import { findPersonNumbers } from './person-number.ts';

/** Every candidate for number, name and birth date on a page, best first per name. */
export function findFields(lines: readonly Line[]): readonly PageField[] {
  return [...findPersonNumbers(lines), ...findFullNames(lines), ...findBirthDates(lines)];
}
