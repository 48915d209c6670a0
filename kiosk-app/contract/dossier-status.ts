import { z } from 'zod';
import type { Sentence } from './common.ts';

/** Of the list that is used nationwide: 2 received, 4 in progress, 5 papers missing, 9 settled, 10 handed out … */
export const StatusNumber = z.int().min(1).max(10);
export type StatusNumber = z.infer<typeof StatusNumber>;

interface StatusMeaning {
  readonly name: Sentence;
  /** `running`: the office works on it. `person`: it waits for its person. `over`: nothing changes any more. */
  readonly stage: 'running' | 'person' | 'over';
}

const meanings: readonly StatusMeaning[] = [
  { name: { vi: 'Mới đăng ký', en: 'registered' }, stage: 'running' },
  { name: { vi: 'Được tiếp nhận', en: 'received' }, stage: 'running' },
  { name: { vi: 'Không được tiếp nhận', en: 'not accepted' }, stage: 'over' },
  { name: { vi: 'Đang xử lý', en: 'in progress' }, stage: 'running' },
  { name: { vi: 'Yêu cầu bổ sung giấy tờ', en: 'papers missing' }, stage: 'person' },
  { name: { vi: 'Yêu cầu thực hiện nghĩa vụ tài chính', en: 'payment due' }, stage: 'person' },
  { name: { vi: 'Công dân yêu cầu rút hồ sơ', en: 'withdrawn by the citizen' }, stage: 'over' },
  { name: { vi: 'Dừng xử lý', en: 'stopped' }, stage: 'over' },
  { name: { vi: 'Đã xử lý xong', en: 'settled' }, stage: 'running' },
  { name: { vi: 'Đã trả kết quả', en: 'result handed out' }, stage: 'over' },
];

export function statusMeaning(status: StatusNumber): StatusMeaning {
  const meaning = meanings[status - 1];
  if (!meaning) throw new Error('a status outside the national list');
  return meaning;
}

const FIRST_MS = 1_800_000;
const LONGEST_MS = 86_400_000;
/** Nobody waits for a dossier that has stood still for eight weeks; its person asks with the receipt. */
const GIVEN_UP_MS = 56 * 86_400_000;

/**
 * When a dossier is asked for next, in milliseconds since 1970; null: never again. A quarter of the time that it has
 * been as it is, half an hour at least and a day at most: what has just moved is asked for often, what rests seldom.
 */
export function nextStatusQuestion(of: {
  readonly status: StatusNumber | null;
  readonly since: number;
  readonly now: number;
  readonly random: () => number;
}): number | null {
  if (of.status !== null && statusMeaning(of.status).stage === 'over') return null;
  const age = Math.max(0, of.now - of.since);
  if (age >= GIVEN_UP_MS) return null;
  const pause = Math.min(LONGEST_MS, Math.max(FIRST_MS, age / 4));
  return of.now + Math.round(pause * (0.75 + 0.5 * of.random()));
}

/** One question of a kiosk for many of its dossiers. */
export const StatusesQuestion = z.object({ dossierIds: z.array(z.string().max(26)).min(1).max(100) });
export type StatusesQuestion = z.infer<typeof StatusesQuestion>;

/** Of those that the city has accepted from this kiosk; the others are left out. */
export const DossierStatuses = z.object({
  statuses: z
    .array(
      z.object({
        dossierId: z.string().max(26),
        status: StatusNumber,
        /** Where it stands on its way to the city's own system; `refused`: an operator of the city has to look at it. */
        handover: z.enum(['waiting', 'done', 'refused']),
      }),
    )
    .max(100),
});
export type DossierStatuses = z.infer<typeof DossierStatuses>;
