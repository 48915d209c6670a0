import type { SignedContent } from '@motcua/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ContentSource, PublishedContent } from '../content/content-source.ts';
import { problem } from '../http/problem.ts';

/** Catalogue and configuration: signed documents that kiosks ask for, mostly to hear that nothing has changed. */
export function addContentRoutes(app: FastifyInstance, source: ContentSource): void {
  app.get('/content/catalogue', async (request, reply) => answer(request, reply, await source.catalogue()));
  app.get<{ Params: { kioskId: string } }>('/content/configuration/:kioskId', async (request, reply) => {
    const { kioskId } = request.params;
    if (request.kioskId !== null && request.kioskId !== kioskId)
      return problem(reply, 403, 'kiosk-disagrees');
    return answer(request, reply, await source.configuration(kioskId));
  });
}

function answer(request: FastifyRequest, reply: FastifyReply, published: PublishedContent | null) {
  if (published === null) return problem(reply, 404, 'content-missing');
  reply.header('etag', published.etag).header('cache-control', 'no-cache');
  const known = (request.headers['if-none-match'] ?? '').split(',').map((one) => one.trim());
  if (known.includes(published.etag)) return reply.code(304).send();
  return { token: published.token } satisfies SignedContent;
}
