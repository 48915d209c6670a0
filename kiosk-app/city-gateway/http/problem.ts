import type { CityProblem } from '@motcua/contract';
import type { FastifyReply } from 'fastify';

/** What each status says in one line (RFC 9457); `code` says exactly what it was. For machines and technicians. */
const titles: Readonly<Record<number, string>> = {
  400: 'The request cannot be understood',
  401: 'A client certificate of this city is needed',
  403: 'This kiosk may not do that',
  404: 'There is nothing at this address',
  408: 'The request took too long',
  409: 'Not now: see the code',
  412: 'The protocol version is missing',
  413: 'More than this gateway takes',
  415: 'Not the content type of this address',
  422: 'Refused',
  429: 'Too many requests; try again later',
  500: 'The gateway failed; try again later',
  503: 'Not available now; try again later',
};

export function problemText(status: number, code: string): string {
  const title = titles[status] ?? 'The request was not carried out';
  const body: CityProblem = { type: 'about:blank', title, status, code };
  return JSON.stringify(body);
}

/** Answers with an `application/problem+json` document. */
export function problem(reply: FastifyReply, status: number, code: string): FastifyReply {
  if (status === 503) reply.header('retry-after', '60');
  return reply.code(status).type('application/problem+json').send(problemText(status, code));
}
