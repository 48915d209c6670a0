import { numberWarnings } from '@motcua/core';
import type { FieldCheck, PageField } from '../page.ts';
import { parseDateInWords } from './dates.ts';
import type { Kind } from './load-kinds.ts';

/** Holds fields against each other, as the kind's data file says; a number against birth date and sex always. */
export function checkFields(kind: Kind, fields: readonly PageField[]): readonly PageField[] {
  const found = new Map(fields.map((field) => [field.name, field]));
  const note = (name: string, check: FieldCheck) => {
    const field = found.get(name);
    if (field !== undefined) found.set(name, { ...field, check });
  };
  for (const check of kind.checks)
    switch (check.check) {
      case 'date-in-words': {
        const date = found.get(check.date);
        const words = parseDateInWords(found.get(check.words)?.value ?? '');
        if (date !== undefined && words !== undefined)
          note(check.date, { name: check.check, outcome: words === date.value ? 'passed' : 'failed' });
        break;
      }
      case 'dates-in-order': {
        const [earlier, later] = [found.get(check.earlier)?.value, found.get(check.later)?.value];
        if (earlier !== undefined && later !== undefined && earlier > later)
          note(check.later, { name: check.check, outcome: 'failed' });
        break;
      }
      default:
        throw new Error(check satisfies never);
    }
  for (const role of Object.keys(kind.roles)) {
    const number = found.get(`${role}.personNumber`);
    const born = found.get(`${role}.birthDate`)?.value;
    if (number?.check.outcome !== 'passed' || born === undefined) continue;
    const sex = found.get(`${role}.sex`)?.value;
    // A province that is not listed is a person born abroad; the law promises no more than twelve digits: a warning.
    const fits = numberWarnings(number.value, born, sex === 'Nữ' ? 'female' : 'male').every(
      (warning) =>
        warning !== 'number-century-mismatch' && (sex === undefined || warning !== 'number-sex-mismatch'),
    );
    if (!fits) note(number.name, { name: 'number-fits-person', outcome: 'failed' });
  }
  return fields.map((field) => found.get(field.name) ?? field);
}
