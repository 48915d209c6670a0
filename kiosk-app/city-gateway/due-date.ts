import { vietnamTime } from '@motcua/core';
import { z } from 'zod';

const Time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:mm');

/** How long the law gives each procedure: dated content that an officer checks and replaces, never code. */
export const DueRules = z.object({
  validFrom: z.iso.date(),
  closing: Time,
  /** Every year, `MM-DD`. */
  holidays: z.array(z.string().regex(/^\d{2}-\d{2}$/)),
  /** Single days, `YYYY-MM-DD`: Tết, Hùng Kings' day, days off in lieu. */
  daysOff: z.array(z.iso.date()),
  procedures: z.record(
    z.string(),
    z.object({ workingDays: z.int().min(0).max(365), cutOff: Time.optional() }),
  ),
});
export type DueRules = z.infer<typeof DueRules>;

const DAY_MS = 86_400_000;

/**
 * When the result is due, ISO 8601 with +07:00, at closing time of a working day (Monday to Friday, no holidays).
 * Received on a day off or after the procedure's cut-off counts as received on the next working day. Null for a
 * procedure without a rule: then an officer sets the date.
 */
export function dueDate(rules: DueRules, procedureCode: string, received: Date): string | null {
  const rule = rules.procedures[procedureCode];
  if (rule === undefined) return null;
  const { localDay, time } = vietnamTime(received);
  // Days are counted at noon UTC, where no zone or shift moves the date.
  let day = new Date(`${localDay}T12:00:00Z`);
  const next = () => {
    do day = new Date(day.getTime() + DAY_MS);
    while (!isWorkingDay(rules, day));
  };
  if (!isWorkingDay(rules, day) || (rule.cutOff !== undefined && time >= rule.cutOff)) next();
  for (let count = 0; count < rule.workingDays; count++) next();
  return `${day.toISOString().slice(0, 10)}T${rules.closing}:00+07:00`;
}

function isWorkingDay(rules: DueRules, day: Date): boolean {
  const text = day.toISOString().slice(0, 10);
  const weekend = day.getUTCDay() === 0 || day.getUTCDay() === 6;
  return !weekend && !rules.holidays.includes(text.slice(5)) && !rules.daysOff.includes(text);
}
