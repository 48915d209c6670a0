import { hash, timingSafeEqual } from 'node:crypto';
import {
  type DossierStatus,
  type DossierStatuses,
  ReceiptClaims,
  StatusesQuestion,
  StatusQuestion,
} from '@motcua/contract';
import type { FastifyInstance } from 'fastify';
import type { CityDatabase } from '../database/city-database.ts';
import { problem } from '../http/problem.ts';

/** 2 of the national list: received. */
const RECEIVED = 2;

/**
 * Look-up with what stands on the receipt. An unknown code and a wrong secret are one answer, in the same time: whether
 * a dossier exists is nobody's business without its secret. Each address asks seldom, and each code is asked for
 * seldom, so that the 30^10 secrets cannot be tried.
 */
export function addStatusRoutes(
  app: FastifyInstance,
  deps: { readonly database: CityDatabase; readonly lookUpsPerMinute: number },
): void {
  const { dossiers, handovers } = deps.database;
  const perCode = app.createRateLimit({
    max: deps.lookUpsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => `code ${StatusQuestion.safeParse(request.body).data?.dossierCode ?? ''}`,
  });
  // By the kiosk's certificate instead of the receipt's secret.
  app.post('/dossiers/statuses', async (request, reply) => {
    const question = StatusesQuestion.safeParse(request.body).data;
    if (question === undefined) return problem(reply, 422, 'question-refused');
    const found = await handovers.statuses(question.dossierIds, request.kioskId);
    return {
      statuses: found.map((one) => ({ ...one, status: one.status ?? RECEIVED })),
    } satisfies DossierStatuses;
  });
  app.post(
    '/status',
    { config: { open: true, rateLimit: { max: deps.lookUpsPerMinute, timeWindow: 60_000 } } },
    async (request, reply) => {
      const question = StatusQuestion.safeParse(request.body).data;
      if (question === undefined) return problem(reply, 422, 'question-refused');
      const limit = await perCode(request);
      if (!limit.isAllowed && limit.isExceeded)
        return problem(reply.header('retry-after', '60'), 429, 'too-many-requests');
      const versions = await dossiers.byCode(question.dossierCode.trim().toUpperCase());
      // Times are those of the paper in the person's hand; how far it is, the newest version says.
      const [row] = versions;
      const claims = row?.receipt ? ReceiptClaims.parse(JSON.parse(row.claims ?? 'null')) : undefined;
      const right = sameSecret(question.lookUpSecret, claims?.lookUpSecret ?? '');
      if (row === undefined || claims === undefined || !right) return problem(reply, 404, 'status-unknown');
      const { dossierCode, receivedAt, dueAt, receivingUnit, settlingUnit } = claims;
      const [found] = await handovers.statuses([row.id], null);
      const status = found?.status ?? RECEIVED;
      return { dossierCode, status, receivedAt, dueAt, receivingUnit, settlingUnit } satisfies DossierStatus;
    },
  );
}

/** Typed by hand: letters of either case, with or without the hyphen. Compared in a time that tells nothing. */
function sameSecret(given: string, wanted: string): boolean {
  const digest = (text: string) => hash('sha256', text.toUpperCase().replace(/[^A-Z0-9]/g, ''), 'buffer');
  return timingSafeEqual(digest(given), digest(wanted)) && wanted !== '';
}
