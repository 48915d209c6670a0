import { z } from 'zod';

/** The demo's side panel: what lies beside the kiosk. The service only passes these on to the simulators. */
export const DemoState = z.object({
  cards: z.array(z.object({ id: z.string(), label: z.string() })),
  papers: z.array(z.object({ id: z.string(), label: z.string(), thumbnailUrl: z.string() })),
  /** Papers on the scanner's glass now. */
  onGlass: z.array(z.string()),
  printer: z.object({
    fault: z.enum(['none', 'paper-end', 'cover-open', 'near-end', 'offline']),
    /** What sticks out of the printer; null when torn off. */
    paperUrl: z.string().nullable(),
  }),
  gateway: z.enum(['up', 'down']),
  /** The time-stamp authority; null where OpenSSL is missing. */
  timeStamps: z.enum(['up', 'down']).nullable(),
});
export type DemoState = z.infer<typeof DemoState>;

export const DemoAction = z.discriminatedUnion('type', [
  z.object({ type: z.literal('insert-card'), cardId: z.string() }),
  z.object({ type: z.literal('lay-papers'), paperIds: z.array(z.string()).max(50) }),
  z.object({ type: z.literal('clear-glass') }),
  z.object({ type: z.literal('tear-paper') }),
  z.object({
    type: z.literal('printer-fault'),
    fault: z.enum(['none', 'paper-end', 'cover-open', 'near-end', 'offline']),
  }),
  z.object({ type: z.literal('gateway'), state: z.enum(['up', 'down']) }),
  z.object({ type: z.literal('time-stamps'), state: z.enum(['up', 'down']) }),
]);
export type DemoAction = z.infer<typeof DemoAction>;
