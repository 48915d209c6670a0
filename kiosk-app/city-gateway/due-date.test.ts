import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DueRules, dueDate } from './due-date.ts';

let rules: DueRules;
beforeAll(async () => {
  const text = await readFile(join(import.meta.dirname, 'due-rules.json'), 'utf8');
  rules = { ...DueRules.parse(JSON.parse(text)), daysOff: ['2026-10-12'] };
});

describe('the due date', () => {
  it.each([
    ['the same day before the cut-off', '2.000815', '2026-10-08T14:59:59+07:00', '2026-10-08'],
    ['the next working day from the cut-off on', '2.000815', '2026-10-08T15:00:00+07:00', '2026-10-09'],
    ['over the week-end and a day off', '2.000815', '2026-10-09T16:00:00+07:00', '2026-10-13'],
    ['three working days', '1.004873', '2026-10-05T09:00:00+07:00', '2026-10-08'],
    [
      'counted from the next working day when received on a Saturday',
      '1.004873',
      '2026-10-03T09:00:00+07:00',
      '2026-10-08',
    ],
    ['over a yearly holiday', '1.004873', '2026-08-31T09:00:00+07:00', '2026-09-04'],
    ['by the local day, not the UTC day', '2.000815', '2026-10-08T00:30:00+07:00', '2026-10-08'],
  ])('is %s', (_, procedure, received, day) => {
    expect(dueDate(rules, procedure, new Date(received))).toBe(`${day}T17:00:00+07:00`);
  });

  it('is left to an officer for a procedure without a rule', () => {
    expect(dueDate(rules, '9.999999', new Date())).toBeNull();
  });
});
