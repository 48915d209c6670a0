import { z } from 'zod';

export const Language = z.enum(['vi', 'en']);
export type Language = z.infer<typeof Language>;

/** A sentence in every language of the kiosk. */
export const Sentence = z.object({ vi: z.string(), en: z.string() });
export type Sentence = z.infer<typeof Sentence>;

export const Id = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'a ULID');

/** What went wrong, ready to be shown: what happened, and the next step to take. `code` is for logs and tests. */
export const Problem = z.object({ code: z.string(), what: Sentence, next: Sentence });
export type Problem = z.infer<typeof Problem>;

/** Form 01's and the national portal's ten statuses belong to the city; these belong to the kiosk. */
export const DeviceRole = z.enum([
  'ticket-printer',
  'receipt-printer',
  'document-scanner',
  'code-reader',
  'camera',
  'chip-reader',
]);
export type DeviceRole = z.infer<typeof DeviceRole>;

export const DeviceState = z.enum(['absent', 'starting', 'ready', 'busy', 'attention', 'blocked', 'failed']);
export type DeviceState = z.infer<typeof DeviceState>;

export const DeviceView = z.object({
  role: DeviceRole,
  uri: z.string(),
  state: DeviceState,
  problem: Problem.nullable(),
});
export type DeviceView = z.infer<typeof DeviceView>;
